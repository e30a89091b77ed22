// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname resolve: prints the current kernel names for paths and names. */
#include <cerrno>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "nic.hpp"

namespace naming
{

namespace
{

struct resolved {
	std::string name;
	unsigned int ifindex = 0;
};

/* A path takes one open(2); a bare name has to be looked up. */
resolved resolve(const std::string &argument)
{
	char name[NETDEVNAME_NAME_SIZE] = "";
	resolved result;
	int rc;

	if (argument.find('/') != std::string::npos) {
		rc = netdevname_resolve(argument.c_str(), name, &result.ifindex);
		if (rc && errno == ENOENT) {
			/* As people write a label; only a link that is not there is escaped. */
			const std::string escaped = escaped_link(argument);

			errno = missing_reason(ENOENT);
			if (!escaped.empty())
				rc = netdevname_resolve(escaped.c_str(), name, &result.ifindex);
		}
	} else {
		const nic opened = nic::open(argument);

		rc = netdevname_get_name(opened.get(), name, &result.ifindex);
	}
	if (rc)
		throw waymark::error(argument, reason_of(missing_reason(errno)));
	result.name = name;
	return result;
}

void run(const std::vector<std::string> &arguments, const waymark::output_options &output)
{
	waymark::json list = waymark::json::array();
	bool failed = false;

	/* One bad name does not hide the others. */
	for (const std::string &argument : arguments) {
		try {
			const resolved result = resolve(argument);

			if (output.as_json)
				list.push_back({{"argument", argument},
						{"name", result.name},
						{"ifindex", result.ifindex}});
			else
				/* It becomes a word of a command line. */
				std::cout << plain_name(result.name, argument) << '\n';
		} catch (const waymark::error &e) {
			waymark::complain("netdevname", e);
			if (output.as_json)
				list.push_back({{"argument", argument}, {"error", e.what()}});
			failed = true;
		}
	}
	if (output.as_json)
		waymark::print_json(list, output);
	if (failed)
		throw waymark::exit_with{waymark::status::failed};
}

} // namespace

void add_resolve(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("resolve", "print the current kernel name");
	auto arguments = std::make_shared<std::vector<std::string>>();

	command->add_option("NAME", *arguments, "a path below /dev/netdev, or any name of a NIC")
		->required();
	command->callback([arguments, &output] { run(*arguments, output); });
}

} // namespace naming
