// SPDX-License-Identifier: LGPL-2.1-or-later
/* Of several files of one module name, modprobe loads one only. */
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace waymark::symidx
{

using module_list = std::unordered_set<std::string>;

/* The files that depmod chose: what stands before the colons of modules.dep. */
module_list listed_in_dep(const std::string &path);

/* What a build made: modules.order. Packages may leave older copies of it in the same tree. */
module_list listed_in_order(const std::string &path);

/*
 * For each of @paths the position of the file that stands for the module of its name, its own if
 * it is taken itself. What is @listed goes first, as depmod.d(5) may order folders at will; where
 * that does not tell, updates/ goes before the rest, as by default.
 */
std::vector<std::size_t> choose_modules(const module_list &listed,
					const std::vector<std::string_view> &paths);

} // namespace waymark::symidx
