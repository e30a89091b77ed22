// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of flexarray, one file each. */
#pragma once

#include "waymark/tool.hpp"

namespace flexarray
{

void add_list(CLI::App &app, waymark::output_options &output);
void add_show(CLI::App &app, waymark::output_options &output);
void add_top(CLI::App &app, waymark::output_options &output);

} // namespace flexarray
