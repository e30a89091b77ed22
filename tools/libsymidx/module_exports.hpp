// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "symidx/elf_file.hpp"
#include "symidx/load_rules.hpp"
#include "symidx/module_file.hpp"

namespace waymark::symidx
{

/* Whether exports of modules of that machine are known to be relative references. */
bool has_relative_exports(const elf_file &elf);

/* Fills the exports of @out; a module of a machine for which has_relative_exports() is true. */
void read_exports_by_table(const elf_file &elf, const load_rules &rules, module_file &out);

} // namespace waymark::symidx
