// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run by the udev rules for the node of a NIC: prints what the rules cannot find
 * out themselves, as KEY=VALUE lines with only harmless characters.
 */
#include <syslog.h>
#include <unistd.h>

#include <cctype>
#include <cstring>
#include <iostream>

#include <CLI/CLI.hpp>

#include "encode.hpp"
#include "neighbours.hpp"
#include "waymark/error.hpp"
#include "waymark/tool.hpp"
#include "waymark/udev.hpp"

extern char **environ;

namespace
{

using naming::nic_facts;

naming::properties environment()
{
	naming::properties props;

	for (char **entry = environ; *entry; entry++)
		if (const char *equals = std::strchr(*entry, '='))
			props[std::string(*entry, equals - *entry)] = equals + 1;
	return props;
}

std::string required(const naming::properties &props, const std::string &key)
{
	const auto found = props.find(key);

	if (found == props.end() || found->second.empty())
		throw waymark::error(key, "not set; this program is for udev rules",
				     waymark::status::usage);
	return found->second;
}

void print(const std::string &key, const std::string &value)
{
	std::cout << "NETDEV_NAMING_" << key << '=' << value << '\n';
}

/* ROLE_1, ROLE_2, ...: a link has a property of its own, and the rules know eight. */
void print_each(const std::string &key, const std::vector<std::string> &names)
{
	constexpr unsigned int most = 8;
	unsigned int number = 0;

	for (const std::string &name : names) {
		const std::string component = naming::encode(name);

		if (component.empty())
			continue;
		if (++number > most) {
			syslog(LOG_ERR, "more than %u links of one kind, none for %s", most,
			       component.c_str());
			return;
		}
		print(key + "_" + std::to_string(number), component);
	}
}

/*
 * What udev knows of the network device. Its database goes by ifindex, so an answer
 * that has the ifindex of the event is not that of another NIC with this name.
 */
naming::properties network_device(const naming::placement &place, const naming::nic_info &info)
{
	const waymark::udev_context udev;
	waymark::udev_record record;

	if (place.syspath.empty() || !udev.find(place.syspath, record) ||
	    record.property("IFINDEX") != std::to_string(info.ifindex) ||
	    naming::place_of(info.ifindex).syspath != place.syspath)
		throw waymark::exit_with{waymark::status::failed};
	return record.properties;
}

void import()
{
	const naming::properties props = environment();
	const std::string node = required(props, "DEVNAME");
	const std::string name = required(props, "INTERFACE");
	const naming::nic opened = naming::nic::open(node);
	const naming::nic_info info = opened.info(node);
	const naming::placement place = naming::place_of(info.ifindex);

	if (info.moved || info.name != name)
		throw waymark::exit_with{waymark::status::failed};

	naming::neighbourhood all(naming::facts_of(info, network_device(place, info), place));
	const nic_facts &self = all.self();
	for (const auto &[directory, component] : self.links) {
		std::string key;

		for (char c : directory)
			key += std::toupper(static_cast<unsigned char>(c));
		print(key, component);
	}
	print("RANK", std::to_string(all.rank()));
	if (const std::string roles = naming::role_list(self); !roles.empty())
		print("ROLES", roles);
	print_each("ROLE", self.order.roles);
	print_each("FORMER", self.former);
	std::cout.flush();
	all.update_others();
	all.set_altnames();
}

void print_name()
{
	const naming::properties props = environment();
	std::string name;

	/* It is not there when udev does not take what is in it. */
	if (props.count("INTERFACE")) {
		name = required(props, "INTERFACE");
	} else {
		const std::string node = required(props, "DEVNAME");

		name = naming::nic::open(node).info(node).name;
	}
	print("NAME", naming::encode(name));
}

} // namespace

int main(int argc, char **argv)
{
	openlog("netdev-naming", LOG_PID, LOG_DAEMON);
	return waymark::run_tool("netdev-naming-id", "Names of a NIC, for udev rules.", argc, argv,
				 [](CLI::App &app, waymark::output_options &) {
					 app.add_subcommand("import", "print the stable names")
						 ->callback(import);
					 app.add_subcommand("leave", "pass on the roles of a NIC that left")
						 ->callback(naming::update_heirs);
					 app.add_subcommand("name", "print the name, escaped")
						 ->callback(print_name);
				 });
}
