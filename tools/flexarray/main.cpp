// SPDX-License-Identifier: GPL-2.0-or-later
/* flexarray: the flex_arrays of the running kernel. */
#include "commands.hpp"

int main(int argc, char **argv)
{
	return waymark::run_tool("flexarray", "The flex_arrays of the running kernel.", argc, argv,
				 [](CLI::App &app, waymark::output_options &output) {
					 flexarray::add_list(app, output);
					 flexarray::add_show(app, output);
					 flexarray::add_top(app, output);
				 });
}
