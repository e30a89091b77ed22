// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname list: every NIC with every name that reaches it. */
#include <algorithm>
#include <climits>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "nic.hpp"
#include "reconcile.hpp"
#include "waymark/table.hpp"
#include "waymark/udev.hpp"

namespace naming
{

namespace
{

constexpr char node_directory[] = "/dev/netdev/";

struct link {
	std::string path; /* below /dev/netdev */
	std::string held_by; /* node of the NIC that has it; empty: this one */
};

struct row {
	nic_info info;
	std::string node;
	std::vector<link> links;
	std::vector<std::string> altnames;
	std::vector<refusal> refused; /* what it does not get, and why */
};

std::string target_of(const std::string &path)
{
	std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
							 &std::free);

	return real ? real.get() : "";
}

std::vector<link> links_of(const waymark::udev_record &record)
{
	std::vector<link> links;

	for (const std::string &path : record.links) {
		const std::string target = target_of(path);
		link claimed;

		claimed.path = path;
		if (path.rfind(node_directory, 0) == 0)
			claimed.path.erase(0, sizeof(node_directory) - 1);
		if (target != record.devnode)
			claimed.held_by = target.empty() ? "nobody" : target;
		links.push_back(std::move(claimed));
	}
	std::sort(links.begin(), links.end(),
		  [](const link &a, const link &b) { return a.path < b.path; });
	return links;
}

/* False if the NIC went away meanwhile. */
bool read_row(const nic_entry &entry, const std::vector<waymark::udev_record> &records, row &out)
{
	const nic opened = nic::try_open_id(entry.id);
	const std::string sysname = "if" + std::to_string(entry.ifindex);

	if (!opened || opened.try_info(out.info))
		return false;
	try {
		out.altnames = opened.altnames(entry.name);
	} catch (const waymark::error &) {
		return false;
	}
	out.node = node_directory + sysname;
	for (const waymark::udev_record &record : records)
		if (record.sysname == sysname)
			out.links = links_of(record);
	return true;
}

/* What others hold although this NIC has the same identity, and what nobody gives it. */
void add_decision(std::vector<row> &rows)
{
	std::vector<std::string> problems; /* `roles test` says them */
	const machine all = look_at_machine(problems);
	const decision result = decide(all);
	const auto row_of = [&](std::size_t nic) {
		return std::find_if(rows.begin(), rows.end(), [&](const row &r) {
			return r.info.ifindex == all.nics[nic].ifindex;
		});
	};

	for (const conflict &c : result.conflicts)
		for (std::size_t loser : c.losers)
			if (const auto found = row_of(loser); found != rows.end())
				found->links.push_back(
					{c.link, node_directory + ("if" + std::to_string(all.nics[c.winner].ifindex))});
	for (const refusal &r : result.refusals)
		if (const auto found = row_of(r.nic); found != rows.end())
			found->refused.push_back(r);
	for (row &r : rows)
		std::sort(r.links.begin(), r.links.end(),
			  [](const link &a, const link &b) { return a.path < b.path; });
}

std::vector<row> read_rows()
{
	/* The list first: it is the one that says that the module is missing. */
	const std::vector<nic_entry> entries = list_nics();
	const std::vector<waymark::udev_record> records =
		waymark::udev_context().enumerate("netdev_naming");
	std::vector<row> rows;

	for (const nic_entry &entry : entries) {
		row r;

		if (read_row(entry, records, r))
			rows.push_back(std::move(r));
	}
	add_decision(rows);
	return rows;
}

waymark::json to_json(const row &r)
{
	waymark::json links = waymark::json::array(), conflicts = waymark::json::array();
	waymark::json refused = waymark::json::array();

	for (const link &l : r.links) {
		if (l.held_by.empty())
			links.push_back(l.path);
		else
			conflicts.push_back({{"link", l.path}, {"held_by", l.held_by}});
	}
	for (const refusal &one : r.refused)
		refused.push_back({{"name", one.name}, {"reason", one.reason}});
	return {{"name", r.info.name},
		{"ifindex", r.info.ifindex},
		{"node", r.node},
		{"driver", r.info.driver},
		{"kind", r.info.kind},
		{"address", r.info.address},
		{"permanent_address", r.info.permanent_address},
		{"links", links},
		{"conflicts", conflicts},
		{"refused", refused},
		{"altnames", r.altnames}};
}

void print_table(const std::vector<row> &rows)
{
	using waymark::table;
	table out({{"NAME"}, {"INDEX", table::align::right}, {"DRIVER"}, {"ALSO KNOWN AS"}});

	for (const row &r : rows) {
		std::vector<std::string> names;

		for (const link &l : r.links)
			names.push_back(l.held_by.empty() ? l.path
							  : l.path + " (held by " + l.held_by + ")");
		for (const std::string &name : r.altnames)
			names.push_back("altname " + name);
		for (const refusal &one : r.refused)
			names.push_back(one.name + " refused: " + one.reason);
		if (names.empty())
			names.emplace_back("-");
		for (std::size_t i = 0; i < names.size(); i++) {
			if (i == 0)
				out.add({r.info.name, std::to_string(r.info.ifindex),
					 r.info.driver.empty() ? r.info.kind : r.info.driver,
					 names[i]});
			else
				out.add({"", "", "", names[i]});
		}
	}
	out.print(std::cout);
}

} // namespace

void add_list(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("list", "list all NICs with all their names");

	command->callback([&output] {
		const std::vector<row> rows = read_rows();

		if (!output.as_json) {
			print_table(rows);
			return;
		}
		waymark::json list = waymark::json::array();
		for (const row &r : rows)
			list.push_back(to_json(r));
		waymark::print_json(list, output);
	});
}

} // namespace naming
