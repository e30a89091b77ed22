// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run by the udev rules for the node of a NIC: prints what the rules cannot find
 * out themselves, as KEY=VALUE lines with only harmless characters.
 */
#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "claims.hpp"
#include "encode.hpp"
#include "events.hpp"
#include "nic.hpp"
#include "waymark/error.hpp"
#include "waymark/tool.hpp"

extern char **environ;

namespace
{

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

unsigned int index_of(const naming::properties &props)
{
	return std::strtoul(required(props, "IFINDEX").c_str(), nullptr, 10);
}

void import()
{
	const naming::properties props = environment();

	if (!naming::nic_here(index_of(props), required(props, "INTERFACE"), std::cout))
		throw waymark::exit_with{waymark::status::failed};
}

void print(const std::string &key, const std::string &value)
{
	std::cout << "NETDEV_NAMING_" << key << '=' << value << '\n';
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

bool module_is_there()
{
	const int control = open("/dev/netdev/control", O_RDONLY | O_CLOEXEC);

	return control >= 0 && close(control) == 0;
}

/*
 * When the module is unloaded, all NICs leave, and nobody is there to inherit. When it is loaded
 * again at once, what was asked of the one that went is asked of the new one.
 */
void leave()
{
	const unsigned int ifindex = index_of(environment());

	for (bool last : {false, true}) {
		try {
			return naming::nic_gone(ifindex);
		} catch (const waymark::error &error) {
			if (!module_is_there())
				return;
			if (last) {
				/* udevd says no more than that this program failed */
				syslog(LOG_WARNING, "if%u: names not passed on: %s", ifindex,
				       error.what());
				throw;
			}
		}
	}
}

} // namespace

int main(int argc, char **argv)
{
	openlog("netdev-naming", LOG_PID, LOG_DAEMON);
	return waymark::run_tool("netdev-naming-id", "Names of a NIC, for udev rules.", argc, argv,
				 [](CLI::App &app, waymark::output_options &) {
					 app.add_subcommand("import", "print the stable names")
						 ->callback(import);
					 app.add_subcommand("leave", "pass on the names of a NIC that left")
						 ->callback(leave);
					 app.add_subcommand("settle", "coldplug is over: look at everything")
						 ->callback(naming::look_after_all);
					 auto names = std::make_shared<std::vector<std::string>>();
					 CLI::App *yield = app.add_subcommand(
						 "yield", "give up alternative names that a NIC is to get");
					 yield->add_option("NAME", *names);
					 yield->callback([names] {
						 naming::make_room(index_of(environment()), *names);
					 });
					 app.add_subcommand("name", "print the name, escaped")
						 ->callback(print_name);
				 });
}
