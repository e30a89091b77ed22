// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of netdevname, one file each. */
#pragma once

#include "waymark/tool.hpp"

namespace naming
{

void add_list(CLI::App &app, waymark::output_options &output);
void add_resolve(CLI::App &app, waymark::output_options &output);
void add_info(CLI::App &app, waymark::output_options &output);
void add_monitor(CLI::App &app, waymark::output_options &output);
void add_run(CLI::App &app, waymark::output_options &output);
void add_snapshot(CLI::App &app, waymark::output_options &output);
void add_compare(CLI::App &app, waymark::output_options &output);
void add_altnames(CLI::App &app, waymark::output_options &output);
void add_lint(CLI::App &app, waymark::output_options &output);
void add_roles(CLI::App &app, waymark::output_options &output);

} // namespace naming
