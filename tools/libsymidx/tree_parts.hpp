// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "symidx/module_set.hpp"
#include "symidx/tree.hpp"
#include "symidx/writer.hpp"

namespace waymark::symidx
{

/* A module of a tree: one of the two. */
struct tree_module {
	const read_module_result *read; /* its file, just read */
	const writer_module *known;     /* what an older index says of it */
};

/* Where @files of find_modules() are: below a root of their own, links lead elsewhere. */
std::vector<std::string> files_behind(const build_options &options, std::vector<std::string> files);

/* Those that are for this machine, of each name the one that is taken. */
void add_modules(const build_options &options, const std::vector<std::string> &files,
		 const std::vector<tree_module> &modules, writer_input &in, build_result &out);

/* What one module exports shall not cost the others their index. */
void write_what_fits(const build_options &options, writer_input &in, build_result &out);

} // namespace waymark::symidx
