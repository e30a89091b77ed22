// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx who: who exports a symbol, and who imports it. */
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

struct who_arguments {
	source_options source;
	std::vector<std::string> names;
};

struct answer {
	std::vector<std::string_view> exporters;
	std::vector<std::string_view> importers;
};

/*
 * All references to one name are the same number, also to a name that nobody
 * exports; so a text is compared once a string, not once an import.
 */
std::optional<std::uint32_t> reference_of(const symbol_index &idx, const std::string &name)
{
	if (const auto pos = idx.find(name))
		return idx.name_ref(*pos);
	for (std::uint32_t i = 0; i < idx.nr_imports(); i++)
		if (idx.import_at(i) == name)
			return idx.import_ref(i);
	return std::nullopt;
}

answer ask(const symbol_index &idx, const std::string &name)
{
	const symbol_range range = idx.find_all(name);
	const auto ref = reference_of(idx, name);
	answer out;

	for (std::uint32_t pos = range.first; pos < range.last; pos++)
		out.exporters.push_back(idx.module_at(idx.symbol_at(pos).owner).name);
	if (!ref)
		return out;
	for (std::uint32_t pos = 0; pos < idx.nr_modules(); pos++) {
		const module_info mod = idx.module_at(pos);

		for (std::uint32_t i = 0; i < mod.nr_imports; i++)
			if (idx.import_ref(mod.first_import + i) == *ref) {
				out.importers.push_back(mod.name);
				break;
			}
	}
	return out;
}

void print(const std::string &name, const char *word, const std::vector<std::string_view> &modules)
{
	std::cout << printable(name) << ' ' << word << ':';
	if (modules.empty())
		std::cout << " nobody";
	for (std::string_view module : modules)
		std::cout << ' ' << printable(std::string(module));
	std::cout << '\n';
}

void who(const who_arguments &args, const output_options &output)
{
	const symbol_index idx = args.source.open_file();
	json all = json::array();
	bool known = true;

	for (const std::string &name : args.names) {
		const answer found = ask(idx, name);

		known &= !found.exporters.empty();
		if (output.as_json) {
			all.push_back({{"name", name},
				       {"exported_by", found.exporters},
				       {"imported_by", found.importers}});
			continue;
		}
		print(name, "exported by", found.exporters);
		print(name, "imported by", found.importers);
	}
	if (output.as_json)
		print_json({{"kernel", idx.release()}, {"symbols", all}}, output);
	if (!known)
		throw exit_with{status::failed};
}

} // namespace

void add_who(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<who_arguments>();
	CLI::App *command =
		app.add_subcommand("who", "which modules export and which import a symbol");

	args->source.add_to(*command);
	command->add_option("NAME", args->names, "symbols")->required();
	command->callback([args, &output] { who(*args, output); });
}

} // namespace waymark::symidx
