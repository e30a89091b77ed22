// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname lint: finds names in configuration files that do not work there. */
#include <net/if.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "lint/judge.hpp"
#include "nic.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

/* Of this machine. Without the module there are no roles at work, and no altnames to know. */
void add_live_names(lint::names &known)
{
	std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> list(if_nameindex(),
									       &if_freenameindex);

	if (!list)
		throw waymark::error::from_errno("if_nameindex", errno);
	for (const struct if_nameindex *at = list.get(); at->if_name; at++)
		known.kernel.insert(at->if_name);
	known.live = true;
	try {
		for (const nic_entry &entry : list_nics()) {
			const nic opened = nic::try_open_id(entry.id);

			if (!opened)
				continue;
			for (const std::string &name : opened.altnames(entry.name))
				known.altnames.insert(name);
		}
	} catch (const waymark::error &) {
		/* The module is not loaded, or a NIC is gone: roles are judged all the same. */
	}
}

void print(const std::vector<lint::finding> &findings, const waymark::output_options &output)
{
	waymark::json list = waymark::json::array();

	for (const lint::finding &f : findings) {
		if (output.as_json) {
			list.push_back({{"file", f.file},
					{"line", f.line},
					{"name", f.name},
					{"problem", to_string(f.what)},
					{"text", f.text}});
			continue;
		}
		std::string where = f.file;
		if (f.line)
			where += ":" + std::to_string(f.line);
		std::cout << waymark::printable(where + ": " + f.text) << '\n';
	}
	if (output.as_json)
		waymark::print_json(list, output);
}

void lint_all(const std::string &root, const waymark::output_options &output)
{
	std::vector<std::string> problems;
	lint::names known;

	known.roles = load_roles(role_directories(root), problems);
	for (role &r : known.roles)
		r.file.erase(0, root.size());
	if (root.empty())
		add_live_names(known);
	const lint::configuration found = lint::read_configuration(root);
	for (const std::string &problem : problems)
		waymark::complain("netdevname", waymark::error("", problem));
	for (const waymark::error &e : found.unreadable)
		waymark::complain("netdevname", e);

	const std::vector<lint::finding> findings = lint::judge(found, known);
	print(findings, output);
	if (!findings.empty() || !problems.empty() || !found.unreadable.empty())
		throw waymark::exit_with{waymark::status::failed};
}

} // namespace

void add_lint(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand(
		"lint", "find names in configuration files that do not work there");
	auto root = std::make_shared<std::string>();

	command->add_option("-R,--root", *root,
			    "read the files below this directory, and ignore the NICs of this machine")
		->check(CLI::ExistingDirectory);
	command->callback([root, &output] {
		/* Names of files lose it, so it has to be what they begin with. */
		if (!root->empty())
			*root = std::filesystem::canonical(*root).string();
		lint_all(*root == "/" ? "" : *root, output);
	});
}

} // namespace naming
