// SPDX-License-Identifier: LGPL-2.1-or-later
/* Paths of a system whose root is a folder of ours: links in it are its own. */
#pragma once

#include <string>

namespace waymark::symidx
{

/*
 * Where @path ("/lib/modules/...") leads for a process whose root is @root: absolute links and
 * ".." stay below it. The result begins with @root. What is not there is taken for no link; more
 * links than the kernel follows lead nowhere. With "" for "/", the kernel follows links itself.
 */
std::string path_in_root(const std::string &root, const std::string &path);

} // namespace waymark::symidx
