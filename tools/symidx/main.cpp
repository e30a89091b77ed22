// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands.hpp"

int main(int argc, char **argv)
{
	using namespace waymark::symidx;

	return waymark::run_tool(
		"symidx", "Search what kernels export to modules, and say whether modules will load",
		argc, argv, [](CLI::App &app, waymark::output_options &output) {
			add_lookup(app, output);
			add_list(app, output);
			add_who(app, output);
			add_check(app, output);
			add_preflight(app, output);
			add_diff(app, output);
			add_build(app, output);
			add_stats(app, output);
		});
}
