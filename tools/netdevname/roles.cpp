// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname roles: what a policy means, for this machine or for a fleet. */
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "encode.hpp"
#include "reconcile.hpp"
#include "role.hpp"
#include "snapshot.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

struct roles_options {
	std::vector<std::string> directories;
	std::vector<std::string> snapshots;
	bool quiet = false;
};

struct verdict {
	std::string machine, role, state; /* "ok", "missing", "ambiguous", "refused" */
	std::string nic;		  /* who has the role, or would have */
	std::vector<std::string> others;  /* who else fits, or was refused */
	std::string reason;		  /* of the refusal */
};

/* Complains about every file that cannot be used; true if there is one. */
bool load(const roles_options &chosen, std::vector<role> &roles)
{
	std::vector<std::string> problems;

	for (const std::string &directory : chosen.directories)
		if (!std::filesystem::is_directory(directory))
			throw waymark::error(directory, "no such directory");
	roles = load_roles(chosen.directories.empty() ? role_directories() : chosen.directories,
			   problems);
	for (const std::string &problem : problems)
		std::cerr << "netdevname: " << waymark::printable(problem) << '\n';
	return !problems.empty();
}

/* What decide() says of each role on a machine. */
std::vector<verdict> evaluate(const machine &all, const std::string &host)
{
	const decision result = decide(all);
	std::vector<verdict> verdicts;

	for (const role &r : all.roles) {
		const std::string link = "by-role/" + r.name;
		verdict v{host, r.name, "missing", "", {}, ""};

		for (const outcome &nic : result.nics)
			if (nic.links.count(link)) {
				v.state = "ok";
				v.nic = all.nics[&nic - result.nics.data()].name;
			}
		for (const conflict &c : result.conflicts)
			if (c.link == link) {
				v.state = "ambiguous";
				for (std::size_t loser : c.losers)
					v.others.push_back(all.nics[loser].name);
			}
		for (const refusal &refused : result.refusals) {
			if (refused.name != link || !v.nic.empty())
				continue;
			v.state = "refused";
			v.reason = refused.reason;
			v.others.push_back(all.nics[refused.nic].name);
		}
		verdicts.push_back(std::move(v));
	}
	return verdicts;
}

void report(const std::vector<verdict> &verdicts, const roles_options &chosen,
	    const waymark::output_options &output)
{
	waymark::json list = waymark::json::array();
	waymark::table out({{"MACHINE"}, {"ROLE"}, {"STATE"}, {"NIC"}, {"ALSO MATCHES"}});

	for (const verdict &v : verdicts) {
		if (chosen.quiet && v.state == "ok")
			continue;
		if (output.as_json) {
			list.push_back({{"machine", v.machine},
					{"role", v.role},
					{"state", v.state},
					{"nic", v.nic},
					{"others", v.others},
					{"reason", v.reason}});
			continue;
		}
		std::string others;
		for (const std::string &name : v.others)
			others += (others.empty() ? "" : " ") + name;
		if (!v.reason.empty())
			others += " (" + v.reason + ")";
		out.add({v.machine, v.role, v.state, v.nic, others});
	}
	if (output.as_json)
		waymark::print_json(list, output);
	else
		out.print(std::cout);
}

void test(const roles_options &chosen, const waymark::output_options &output)
{
	std::vector<role> roles;
	std::vector<verdict> verdicts;
	bool failed = load(chosen, roles);

	if (roles.empty())
		throw waymark::error(chosen.directories.empty() ? "roles.d" : chosen.directories[0],
				     "no role");
	const auto add = [&](machine all, const std::string &host) {
		all.roles = roles;
		for (verdict &v : evaluate(all, host)) {
			failed |= v.state != "ok";
			verdicts.push_back(std::move(v));
		}
	};
	if (chosen.snapshots.empty()) {
		std::vector<std::string> problems; /* of the system's files: load() says them */

		add(look_at_machine(problems), take_snapshot().machine);
	}
	for (const std::string &path : chosen.snapshots) {
		try {
			snapshot recorded = read_snapshot(path);
			machine all;

			all.nics = std::move(recorded.nics);
			all.holders = std::move(recorded.holders);
			add(std::move(all), recorded.machine);
		} catch (const waymark::error &e) {
			std::cerr << "netdevname: " << waymark::printable(e.object()) << ": " << e.what()
				  << '\n';
			failed = true;
		}
	}
	report(verdicts, chosen, output);
	if (failed)
		throw waymark::exit_with{waymark::status::failed};
}

/* The cards that are refused a role have it from now on. */
void accept(const std::vector<std::string> &names)
{
	std::vector<std::string> problems;
	const machine all = look_at_machine(problems);
	const decision result = decide(all);
	std::map<std::string, role_holder> accepted;

	for (const std::string &name : names) {
		const auto refused = std::find_if(
			result.refusals.begin(), result.refusals.end(),
			[&](const refusal &r) { return r.name == "by-role/" + name; });
		const auto asked = std::find_if(all.roles.begin(), all.roles.end(),
						[&](const role &r) { return r.name == name; });

		if (asked == all.roles.end())
			throw waymark::error(name, "no such role");
		if (refused == result.refusals.end())
			throw waymark::error(name, "no card is refused this role");
		if (asked->replace == replacement::never)
			throw waymark::error(name, "its file says Replace=never");
		accepted[name] = holder_from(all.nics[refused->nic]);
	}
	update_snapshot(
		snapshot_path,
		[&](snapshot kept) {
			for (const auto &[name, holder] : accepted)
				kept.holders[name] = holder;
			return kept;
		},
		/* It is called where the error is caught. */
		[](const waymark::error &) { throw; });
	for (const nic_facts &nic : all.nics)
		trigger(nic.ifindex);
}

struct proposal {
	std::string key, value;
	std::set<std::string> names; /* of the NICs that it leads to */
};

/* What a condition can match exactly, of one NIC. */
std::map<std::string, std::string> matchable(const nic_facts &nic)
{
	std::map<std::string, std::string> values;
	const auto property = [&](const char *key, const char *name) {
		if (const auto found = nic.props.find(name); found != nic.props.end())
			values[key] = found->second;
	};

	property("Path", "ID_PATH");
	property("Slot", "ID_NET_NAME_SLOT");
	if (!nic.label.empty())
		values["Label"] = nic.label;
	if (!nic.onboard_index.empty())
		values["OnboardIndex"] = nic.onboard_index;
	if (!nic.port_name.empty())
		values["PortName"] = nic.port_name;
	if (!nic.driver.empty())
		values["Driver"] = nic.driver;
	return values;
}

/* The identities that are present, and unique, on every machine. */
std::vector<proposal> common(const std::vector<snapshot> &machines)
{
	using identity = std::pair<std::string, std::string>;
	std::map<identity, std::pair<std::size_t, std::set<std::string>>> good;

	for (const snapshot &machine : machines) {
		std::map<identity, std::vector<std::string>> here;

		for (const nic_facts &nic : machine.nics)
			for (const auto &[key, value] : matchable(nic))
				here[{key, value}].push_back(nic.name);
		for (const auto &[what, names] : here) {
			if (names.size() != 1)
				continue;
			good[what].first++;
			good[what].second.insert(names[0]);
		}
	}
	std::vector<proposal> proposals;
	for (const auto &[what, found] : good)
		if (found.first == machines.size())
			proposals.push_back({what.first, what.second, found.second});
	return proposals;
}

/* As a role file has to have it: quoted, and with the glob characters harmless. */
std::string quoted(const std::string &value)
{
	std::string out;

	for (char c : value)
		out += c == '*' || c == '?' || c == '[' ? std::string("[") + c + "]"
							: std::string(1, c);
	if (out.find_first_of(" \t") == std::string::npos)
		return out;
	return out.find('"') == std::string::npos ? '"' + out + '"' : '\'' + out + '\'';
}

void suggest(const roles_options &chosen, const waymark::output_options &output)
{
	std::vector<snapshot> machines;
	waymark::json list = waymark::json::array();
	waymark::table out({{"MATCH"}, {"NIC NOW CALLED"}});

	for (const std::string &path : chosen.snapshots)
		machines.push_back(read_snapshot(path));
	if (machines.empty())
		machines.push_back(take_snapshot());
	for (const proposal &p : common(machines)) {
		std::string names;

		for (const std::string &name : p.names)
			names += (names.empty() ? "" : " ") + name;
		out.add({p.key + "=" + quoted(p.value), names});
		list.push_back({{"match", p.key + "=" + quoted(p.value)}, {"names", p.names}});
	}
	if (list.empty())
		throw waymark::error("", "no identity is present and unique on all " +
						 std::to_string(machines.size()) + " machines");
	if (output.as_json)
		waymark::print_json(list, output);
	else
		out.print(std::cout);
}

} // namespace

void add_roles(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("roles", "evaluate role files");
	CLI::App *test_command = command->add_subcommand("test", "which NIC gets which role");
	CLI::App *accept_command = command->add_subcommand(
		"accept", "let the card that is refused a role have it");
	CLI::App *suggest_command =
		command->add_subcommand("suggest", "identities that all machines have once");
	auto chosen = std::make_shared<roles_options>();

	command->require_subcommand(1);
	test_command->add_option("-r,--roles", chosen->directories,
				 "read *.role from here instead of the system's directories")
		->expected(1)
		->allow_extra_args(false);
	test_command->add_flag("-q,--quiet", chosen->quiet, "show only what is not in order");
	test_command->add_option("SNAPSHOT", chosen->snapshots,
				 "files of netdevname snapshot; without one, this machine now");
	test_command->callback([chosen, &output] { test(*chosen, output); });
	auto accepted = std::make_shared<std::vector<std::string>>();
	accept_command->add_option("ROLE", *accepted, "names of roles")->required();
	accept_command->callback([accepted] { accept(*accepted); });
	suggest_command->add_option("SNAPSHOT", chosen->snapshots,
				    "files of netdevname snapshot; without one, this machine now");
	suggest_command->callback([chosen, &output] { suggest(*chosen, output); });
}

} // namespace naming
