// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname altnames: the stable names as alternative names of the kernel. */
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "altname_plan.hpp"
#include "commands.hpp"
#include "nic.hpp"
#include "waymark/rtnl.hpp"
#include "waymark/table.hpp"
#include "waymark/udev.hpp"

namespace naming
{

namespace
{

struct altnames_options {
	bool sync = false;
	bool dry_run = false;
};

/* Links that lead to the node, without /dev/netdev/. */
std::vector<std::string> names_by_links(const waymark::udev_record &record)
{
	static const std::string directory = "/dev/netdev/";
	std::vector<std::string> links;

	for (const std::string &link : record.links) {
		const bool ours = link.compare(0, directory.size(), directory) == 0;
		unsigned int ifindex = 0;

		/* One that another NIC holds is not a name of this one. */
		if (ours && !netdevname_resolve(link.c_str(), nullptr, &ifindex) &&
		    "if" + std::to_string(ifindex) == record.sysname)
			links.push_back(link.substr(directory.size()));
	}
	return links;
}

void show(const std::string &nic, const std::string &action, const std::string &altname,
	  const waymark::output_options &output, waymark::json &list)
{
	if (output.as_json)
		list.push_back({{"nic", nic}, {"action", action}, {"altname", altname}});
	else
		std::cout << waymark::printable(nic) << ": " << action << ' '
			  << waymark::printable(altname) << '\n';
}

/* True if everything could be done. */
bool sync_one(waymark::rtnl &kernel, const waymark::udev_record &record, const altnames_options &chosen,
	      const waymark::output_options &output, waymark::json &list)
{
	std::vector<std::string> present;
	nic_info info;
	bool good = true;

	try {
		const nic opened = nic::open(record.devnode);

		info = opened.info(record.devnode);
		present = opened.altnames(record.devnode);
	} catch (const waymark::error &) {
		return true; /* gone meanwhile */
	}
	const altname_plan plan = plan_altnames(names_by_links(record), present);
	const auto apply = [&](const char *action, const std::string &altname, auto call) {
		const std::string reason = chosen.dry_run ? "" : call(altname);

		if (reason.empty()) {
			show(info.name, action, altname, output, list);
			return;
		}
		std::cerr << "netdevname: " << waymark::printable(altname) << ": " << reason << '\n';
		good = false;
	};

	for (const std::string &name : plan.remove)
		apply("remove", name,
		      [&](const std::string &n) { return kernel.remove_altname(info.ifindex, n); });
	for (const std::string &name : plan.add)
		apply("add", name,
		      [&](const std::string &n) { return kernel.add_altname(info.ifindex, n); });
	return good;
}

void run(const altnames_options &chosen, const waymark::output_options &output)
{
	waymark::json list = waymark::json::array();
	waymark::rtnl kernel;
	bool good = true;

	if (!chosen.sync && !chosen.dry_run)
		throw waymark::error("altnames", "nothing to do without --sync or --dry-run",
				     waymark::status::usage);
	list_nics(); /* says that the module is missing, if it is */
	for (const waymark::udev_record &record :
	     waymark::udev_context().enumerate("netdev_naming"))
		if (record.sysname.compare(0, 2, "if") == 0)
			good &= sync_one(kernel, record, chosen, output, list);
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

	command->add_flag("-s,--sync", chosen->sync, "add what is missing, remove what is outdated");
	command->add_flag("-n,--dry-run", chosen->dry_run, "only print what --sync would do");
	command->callback([chosen, &output] { run(*chosen, output); });
}

} // namespace naming
