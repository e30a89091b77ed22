// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx lookup: exact names. */
#include <iostream>

#include <linux/symbol_index.h>

#include "commands.hpp"
#include "source.hpp"
#include "waymark/fd.hpp"
#include "waymark/ioctl.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

/* A symbol and its owner that own their texts. */
struct found_symbol {
	symbol sym;
	std::string name;
	std::string name_space;
	std::string owner;
};

struct lookup_arguments {
	source_options source;
	std::vector<std::string> names;
};

/* The kernel's word is checked as well: offsets stay within what it wrote. */
std::string record_text(const std::vector<char> &buffer, std::uint32_t offset)
{
	if (offset >= buffer.size())
		throw error(device_path, "answers with a damaged record");
	const char *start = buffer.data() + offset;
	return {start, ::strnlen(start, buffer.size() - offset)};
}

found_symbol decode(const std::vector<char> &buffer)
{
	symbol_index_record record;
	found_symbol out;

	std::memcpy(&record, buffer.data(), sizeof(record));
	out.name = record_text(buffer, record.name_offset);
	out.owner = record_text(buffer, record.owner_offset);
	out.name_space = record_text(buffer, record.namespace_offset);
	out.sym.gpl = record.flags & SYMBOL_INDEX_RECORD_GPL_ONLY;
	if (record.flags & SYMBOL_INDEX_RECORD_CRC)
		out.sym.crc = record.crc;
	if (record.flags & SYMBOL_INDEX_RECORD_ADDRESS)
		out.sym.value = record.address;
	return out;
}

/* By LOOKUP, so that a name costs one system call and no snapshot. */
std::vector<found_symbol> ask_kernel(const fd &device, const std::string &name)
{
	std::vector<char> buffer(4096);

	for (;;) {
		symbol_index_lookup lookup{};

		lookup.name = reinterpret_cast<std::uintptr_t>(name.c_str());
		lookup.buffer = reinterpret_cast<std::uintptr_t>(buffer.data());
		lookup.buffer_size = static_cast<std::uint32_t>(buffer.size());
		const int errnum = try_ioctl(device, SYMBOL_INDEX_IOC_LOOKUP, lookup);

		if (errnum == ENOENT || errnum == ENAMETOOLONG || (errnum == EINVAL && name.empty()))
			return {};
		if (errnum == ENOSPC && lookup.buffer_size > buffer.size()) {
			buffer.resize(lookup.buffer_size);
			continue;
		}
		if (errnum)
			throw error::from_errno(name, errnum);
		return {decode(buffer)};
	}
}

std::vector<found_symbol> ask_index(const symbol_index &idx, const std::string &name)
{
	const symbol_range range = idx.find_all(name);
	std::vector<found_symbol> out;

	for (std::uint32_t pos = range.first; pos < range.last; pos++) {
		found_symbol one;

		one.sym = idx.symbol_at(pos);
		one.name = one.sym.name;
		one.name_space = one.sym.name_space;
		one.owner = idx.module_at(one.sym.owner).name;
		out.push_back(one);
	}
	return out;
}

void print(const std::vector<found_symbol> &found, const output_options &output)
{
	table out({{"SYMBOL"}, {"OWNER"}, {"LICENCE"}, {"CRC"}, {"NAMESPACE"}, {"ADDRESS"}});
	json list = json::array();

	for (found_symbol one : found) {
		one.sym.name = one.name;
		one.sym.name_space = one.name_space;
		if (output.as_json)
			list.push_back(symbol_json(one.sym, one.owner));
		else
			out.add({one.name, one.owner, one.sym.gpl ? "GPL" : "any",
				 one.sym.crc ? hex32(*one.sym.crc) : "-",
				 one.name_space.empty() ? "-" : one.name_space,
				 one.sym.value && *one.sym.value ? hex64(*one.sym.value) : "-"});
	}
	if (output.as_json)
		print_json({{"symbols", list}}, output);
	else if (!found.empty())
		out.print(std::cout);
}

void lookup(const lookup_arguments &args, const output_options &output)
{
	std::vector<found_symbol> found;
	std::vector<std::string> missing;
	const bool live = args.source.is_running_kernel();
	const fd device = live ? open_running_device() : fd();
	const auto idx = live ? nullptr : std::make_unique<symbol_index>(args.source.open_file());

	for (const std::string &name : args.names) {
		const auto some = live ? ask_kernel(device, name) : ask_index(*idx, name);

		if (some.empty())
			missing.push_back(name);
		found.insert(found.end(), some.begin(), some.end());
	}
	print(found, output);
	for (const std::string &name : missing)
		std::cerr << "symidx: " << printable(name) << ": "
			  << (live ? "the running kernel exports no such symbol\n"
				   : "this kernel exports no such symbol\n");
	if (!missing.empty())
		throw exit_with{status::failed};
}

} // namespace

void add_lookup(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<lookup_arguments>();
	CLI::App *command =
		app.add_subcommand("lookup", "who exports a symbol, by its exact name");

	args->source.add_to(*command);
	command->add_option("NAME", args->names, "symbols")->required();
	command->callback([args, &output] { lookup(*args, output); });
}

} // namespace waymark::symidx
