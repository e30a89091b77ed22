// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname info: everything that the kernel reports about one NIC. */
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "nic.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

const char *address_type_name(unsigned int type)
{
	static const char *const names[] = {"permanent", "random", "stolen", "set"};

	return type < 4 ? names[type] : "unknown";
}

waymark::json to_json(const nic_info &info, const std::vector<std::string> &altnames)
{
	waymark::json object = {{"id", info.id},
				{"generation", info.generation},
				{"name", info.name},
				{"ifindex", info.ifindex},
				{"moved", info.moved},
				{"netns", info.netns},
				{"link_type", info.link_type},
				{"address", info.address},
				{"address_type", address_type_name(info.address_type)},
				{"permanent_address", info.permanent_address},
				{"driver", info.driver},
				{"kind", info.kind},
				{"devtype", info.devtype},
				{"parent_bus", info.parent_bus},
				{"parent_name", info.parent_name},
				{"dev_port", info.dev_port},
				{"dev_id", info.dev_id},
				{"phys_port_name", info.port_name},
				{"phys_port_id", info.port_id},
				{"phys_switch_id", info.switch_id}};

	object["altnames"] = altnames;
	return object;
}

/* Skips properties that the NIC lacks. */
void print(const waymark::json &object)
{
	for (const auto &[key, value] : object.items()) {
		std::string text;

		if (value.is_string())
			text = value.get<std::string>();
		else if (value.is_array())
			for (const auto &item : value)
				text += (text.empty() ? "" : " ") + item.get<std::string>();
		else
			text = value.dump();
		if (!text.empty())
			std::cout << key << ": " << waymark::printable(text) << '\n';
	}
}

void run(const std::string &name, const waymark::output_options &output)
{
	const nic opened = nic::open(name);
	const nic_info info = opened.info(name);
	std::vector<std::string> altnames;

	/* In another network namespace the caller may not be allowed to see them. */
	if (!info.moved)
		altnames = opened.altnames(name);
	const waymark::json object = to_json(info, altnames);
	if (output.as_json)
		waymark::print_json(object, output);
	else
		print(object);
}

} // namespace

void add_info(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("info", "print everything that the kernel reports about one NIC");
	auto name = std::make_shared<std::string>();

	command->add_option("NAME", *name, "a path below /dev/netdev, or any name of a NIC")->required();
	command->callback([name, &output] { run(*name, output); });
}

} // namespace naming
