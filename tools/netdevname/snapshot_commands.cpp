// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname snapshot and compare: which names an upgrade has changed. */
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "compare.hpp"
#include "reconcile.hpp"
#include "snapshot.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

/*
 * This machine, now, with the names that @before remembers and with those who have roles.
 * A role that nobody has keeps the one before.
 */
snapshot take_with_memory(const snapshot &before)
{
	std::vector<std::string> problems; /* `roles test` says them */
	const machine all = look_at_machine(problems);
	const decision result = decide(all);
	snapshot taken = take_snapshot();

	carry_former(before.nics, taken.nics);
	taken.holders = before.holders;
	for (std::size_t i = 0; i < all.nics.size(); i++)
		for (const std::string &name : result.nics[i].roles)
			taken.holders[name] = holder_from(all.nics[i]);
	return taken;
}

void save(const std::string &path)
{
	std::error_code failed;

	std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
	const snapshot machine =
		update_snapshot(path, take_with_memory, [](const waymark::error &e) {
			waymark::complain("netdevname", e, "replaced, former names are lost");
		});
	for (const nic_facts &nic : machine.nics)
		if (!nic.former.empty())
			trigger(nic.ifindex);
}

waymark::json to_json(const pairing &pair, const snapshot &before, const snapshot &after)
{
	waymark::json object = {{"state", pair.after == none	? "gone"
					  : pair.before == none ? "new"
								: "same"}};
	waymark::json changes = waymark::json::array();

	object["name"] = pair.after == none ? before.nics[pair.before].name
					    : after.nics[pair.after].name;
	if (pair.before != none && pair.after != none) {
		object["recognized_by"] = pair.by;
		for (const change &c :
		     changes_between(before.nics[pair.before], after.nics[pair.after]))
			changes.push_back({{"what", c.identity}, {"before", c.before}, {"after", c.after}});
	}
	object["changes"] = changes;
	return object;
}

void print_pair(const waymark::json &object, waymark::table &out)
{
	const std::string name = object["name"], state = object["state"];
	const std::string by = object.contains("recognized_by")
				       ? object["recognized_by"].get<std::string>()
				       : std::string();

	if (object["changes"].empty()) {
		out.add({name, state, by, ""});
		return;
	}
	bool first = true;
	for (const auto &c : object["changes"]) {
		const auto shown = [](const waymark::json &value) {
			return value.get<std::string>().empty() ? "-" : value.get<std::string>();
		};
		const std::string text = c["what"].get<std::string>() + ": " + shown(c["before"]) +
					 " -> " + shown(c["after"]);

		out.add({first ? name : "", first ? "changed" : "", first ? by : "", text});
		first = false;
	}
}

/* Fails if a NIC has another name than before, or is gone. */
void compare(const std::string &old_path, const std::string &new_path,
	     const waymark::output_options &output)
{
	const snapshot before = read_snapshot(old_path);
	const snapshot after = new_path.empty() ? take_snapshot() : read_snapshot(new_path);
	waymark::json list = waymark::json::array();
	waymark::table out({{"NAME"}, {"STATE"}, {"RECOGNIZED BY"}, {"CHANGE"}});
	bool trouble = false;

	for (const pairing &pair : pair_nics(before.nics, after.nics)) {
		const waymark::json object = to_json(pair, before, after);

		trouble |= pair.before != none &&
			   (pair.after == none ||
			    before.nics[pair.before].name != after.nics[pair.after].name);
		list.push_back(object);
		print_pair(object, out);
	}
	if (output.as_json)
		waymark::print_json({{"before", {{"machine", before.machine}, {"kernel", before.kernel}}},
				     {"after", {{"machine", after.machine}, {"kernel", after.kernel}}},
				     {"nics", list}},
				    output);
	else
		out.print(std::cout);
	if (trouble)
		throw waymark::exit_with{waymark::status::failed};
}

} // namespace

void add_snapshot(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("snapshot", "record every NIC's identities and names");
	auto path = std::make_shared<std::string>();

	CLI::Option *option = command->add_option(
		"-s,--save", *path,
		"keep it in FILE, with the names that FILE remembers, instead of printing it");
	option->expected(0, 1)->default_str(snapshot_path);
	command->callback([path, option, &output] {
		if (option->count() == 0) {
			waymark::print_json(naming::to_json(take_snapshot()), output);
			return;
		}
		save(path->empty() ? snapshot_path : *path);
	});
}

void add_compare(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("compare", "report NICs whose name changed, and why");
	auto before = std::make_shared<std::string>(snapshot_path);
	auto after = std::make_shared<std::string>();

	command->add_option("BEFORE", *before, "a snapshot; without it, the one that was kept");
	command->add_option("AFTER", *after, "a snapshot; without it, this machine now");
	command->callback([before, after, &output] { compare(*before, *after, output); });
}

} // namespace naming
