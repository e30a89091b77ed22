// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname altnames: the stable names as alternative names of the kernel. */
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "nic.hpp"
#include "reconcile.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

struct altnames_options {
	bool sync = false;
	bool remove = false;
	bool dry_run = false;
};

void show(const std::string &nic, const std::string &action, const std::string &altname,
	  const waymark::output_options &output, waymark::json &list)
{
	if (output.as_json)
		list.push_back({{"nic", nic}, {"action", action}, {"altname", altname}});
	else
		std::cout << waymark::printable(nic) << ": " << action << ' '
			  << waymark::printable(altname) << '\n';
}

void run(const altnames_options &chosen, const waymark::output_options &output)
{
	waymark::json list = waymark::json::array();
	std::vector<std::string> problems;
	bool good = true;

	if (!chosen.sync && !chosen.remove && !chosen.dry_run)
		throw waymark::error("altnames", "nothing to do without --sync, --remove or --dry-run",
				     waymark::status::usage);
	list_nics(); /* says that the module is missing, if it is */
	locked_state kept;
	const bool mirror = kept.get().mirror;
	kept.get().mirror = !chosen.remove;
	const machine all = read_machine(kept.get(), 0, problems);
	for (const std::string &problem : problems)
		std::cerr << "netdevname: " << waymark::printable(problem) << '\n';
	if (chosen.dry_run)
		kept.get().mirror = mirror;
	else
		kept.save();
	for (const altname_action &action :
	     reconcile_altnames(kept, all, decide(all), chosen.dry_run)) {
		if (action.error.empty()) {
			show(action.nic, action.what, action.altname, output, list);
			continue;
		}
		std::cerr << "netdevname: " << waymark::printable(action.altname) << ": "
			  << action.error << '\n';
		good = false;
	}
	if (output.as_json)
		waymark::print_json(list, output);
	if (!good)
		throw waymark::exit_with{waymark::status::failed};
}

} // namespace

void add_altnames(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command =
		app.add_subcommand("altnames", "mirror the stable names into the kernel");
	auto chosen = std::make_shared<altnames_options>();

	command->add_flag("-s,--sync", chosen->sync, "add what is missing, remove what we set and is outdated; from then on at every change");
	command->add_flag("-r,--remove", chosen->remove, "remove what --sync has added");
	command->add_flag("-n,--dry-run", chosen->dry_run, "only print what --sync would do");
	command->callback([chosen, &output] { run(*chosen, output); });
}

} // namespace naming
