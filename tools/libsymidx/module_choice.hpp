// SPDX-License-Identifier: LGPL-2.1-or-later
/* Of several files of one module name, modprobe loads one only. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waymark::symidx
{

/*
 * For each of @paths (below @folder) the position of the file that stands for the module of its
 * name, its own if it is taken itself. What modules.dep lists goes first, as depmod.d(5) may
 * order folders at will; where that does not tell, updates/ goes before the rest, as by default.
 */
std::vector<std::size_t> choose_modules(const std::string &folder,
					const std::vector<std::string_view> &paths);

} // namespace waymark::symidx
