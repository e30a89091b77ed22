// SPDX-License-Identifier: GPL-2.0-or-later
/* The subcommands; each adds itself to the app, its options and its callback. */
#pragma once

#include "waymark/tool.hpp"

namespace waymark::symidx
{

void add_build(CLI::App &app, output_options &output);
void add_check(CLI::App &app, output_options &output);
void add_diff(CLI::App &app, output_options &output);
void add_list(CLI::App &app, output_options &output);
void add_lookup(CLI::App &app, output_options &output);
void add_preflight(CLI::App &app, output_options &output);
void add_stats(CLI::App &app, output_options &output);
void add_who(CLI::App &app, output_options &output);

} // namespace waymark::symidx
