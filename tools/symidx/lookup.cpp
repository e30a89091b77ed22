// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx lookup: exact names. */
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "source.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

struct lookup_arguments {
	source_options source;
	std::vector<std::string> names;
};

std::vector<running_export> ask_index(const symbol_index &idx, const std::string &name)
{
	const symbol_range range = idx.find_all(name);
	std::vector<running_export> out;

	for (std::uint32_t pos = range.first; pos < range.last; pos++) {
		const symbol sym = idx.symbol_at(pos);

		out.push_back({sym, idx.module_at(sym.owner).name});
	}
	return out;
}

void print(const std::vector<running_export> &found, const output_options &output)
{
	table out({{"SYMBOL"}, {"OWNER"}, {"LICENCE"}, {"CRC"}, {"NAMESPACE"}, {"ADDRESS"}});
	json list = json::array();

	for (const auto &[sym, owner] : found) {
		if (output.as_json)
			list.push_back(symbol_json(sym, owner));
		else
			out.add({std::string(sym.name), std::string(owner), sym.gpl ? "GPL" : "any",
				 sym.crc ? hex32(*sym.crc) : "-",
				 sym.name_space.empty() ? "-" : std::string(sym.name_space),
				 sym.value && *sym.value ? hex64(*sym.value) : "-"});
	}
	if (output.as_json)
		print_json({{"symbols", list}}, output);
	else if (!found.empty())
		out.print(std::cout);
}

void lookup(const lookup_arguments &args, const output_options &output)
{
	const bool live = args.source.is_running_kernel();
	const fd device = live ? open_running_device() : fd();
	const auto idx = live ? nullptr : std::make_unique<symbol_index>(args.source.open_file());
	std::vector<running_export> found;
	std::vector<std::string> missing;
	text_arena arena;

	for (const std::string &name : args.names) {
		const auto some =
			live ? lookup_running(device, name, arena) : ask_index(*idx, name);

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
