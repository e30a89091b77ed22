// SPDX-License-Identifier: GPL-2.0-or-later
/* What symidx check is given: files, folders, and names of installed modules. */
#pragma once

#include <string>
#include <vector>

#include "symidx/index.hpp"

namespace waymark::symidx
{

/*
 * The files that @words mean, in their order: a file, all modules below a folder, or, of what is
 * neither and has no slash, the module of that name in @idx, which is installed below @root
 * (nullptr: it is not known where). Throws waymark::error for a folder without modules. A word
 * that means nothing stays what it is.
 */
std::vector<std::string> files_to_check(const std::vector<std::string> &words, const symbol_index &idx,
					const std::string *root);

} // namespace waymark::symidx
