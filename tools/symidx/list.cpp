// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx list: symbols by prefix, owner, namespace and gate. */
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

struct list_arguments {
	source_options source;
	std::string prefix;
	std::string owner;
	std::string name_space;
	bool any_namespace = false;
	bool gpl = false;
	bool non_gpl = false;
};

bool is_wanted(const list_arguments &args, const symbol &sym)
{
	if (args.gpl && !sym.gpl)
		return false;
	if (args.non_gpl && sym.gpl)
		return false;
	if (args.any_namespace && sym.name_space.empty())
		return false;
	return args.name_space.empty() || sym.name_space == args.name_space;
}

void list(list_arguments &args, const output_options &output)
{
	const symbol_index idx = args.source.open();
	const symbol_range range = idx.prefix(args.prefix);
	std::optional<std::uint32_t> owner;
	table out({{"SYMBOL"}, {"OWNER"}, {"LICENCE"}, {"CRC"}, {"NAMESPACE"}});
	json all = json::array();
	std::size_t count = 0;

	std::replace(args.owner.begin(), args.owner.end(), '-', '_');
	if (!args.owner.empty()) {
		owner = idx.find_module(args.owner);
		if (!owner)
			throw error(args.owner, args.source.is_running_kernel()
							? "no loaded module of that name exports "
							  "anything"
							: "this kernel has no such module");
	}
	for (std::uint32_t pos = range.first; pos < range.last; pos++) {
		const symbol sym = idx.symbol_at(pos);

		if ((owner && sym.owner != *owner) || !is_wanted(args, sym))
			continue;
		const std::string_view module = idx.module_at(sym.owner).name;

		count++;
		if (output.as_json)
			all.push_back(symbol_json(sym, module));
		else
			out.add({std::string(sym.name), std::string(module), sym.gpl ? "GPL" : "any",
				 sym.crc ? hex32(*sym.crc) : "-",
				 sym.name_space.empty() ? "-" : std::string(sym.name_space)});
	}
	if (output.as_json)
		print_json({{"kernel", idx.release()}, {"symbols", all}}, output);
	else if (count)
		out.print(std::cout);
	if (!count)
		throw exit_with{status::failed};
}

} // namespace

void add_list(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<list_arguments>();
	CLI::App *command = app.add_subcommand("list", "symbols by prefix, owner, namespace, licence");

	args->source.add_to(*command);
	command->add_option("PREFIX", args->prefix, "what their names start with; default: all");
	command->add_option("--module", args->owner, "exported by this module (or vmlinux)")
		->type_name("NAME");
	auto *one = command->add_option("--namespace", args->name_space, "of this namespace");
	one->type_name("NAME");
	command->add_flag("--namespaced", args->any_namespace, "of any namespace")->excludes(one);
	auto *gpl = command->add_flag("--gpl", args->gpl, "for GPL-compatible modules only");
	command->add_flag("--non-gpl", args->non_gpl, "for any module")->excludes(gpl);
	command->callback([args, &output] { list(*args, output); });
}

} // namespace waymark::symidx
