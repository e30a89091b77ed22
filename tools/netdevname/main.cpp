// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname: network devices by names that last. */
#include "commands.hpp"

int main(int argc, char **argv)
{
	return waymark::run_tool("netdevname", "Network devices by names that last.", argc, argv,
				 [](CLI::App &app, waymark::output_options &output) {
					 naming::add_list(app, output);
					 naming::add_resolve(app, output);
					 naming::add_info(app, output);
					 naming::add_monitor(app, output);
					 naming::add_run(app, output);
					 naming::add_snapshot(app, output);
					 naming::add_compare(app, output);
					 naming::add_roles(app, output);
					 naming::add_altnames(app, output);
					 naming::add_lint(app, output);
				 });
}
