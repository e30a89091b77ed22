// SPDX-License-Identifier: GPL-2.0-or-later
/* A verdict as text and as JSON, the same in every command. */
#pragma once

#include <string>

#include "symidx/checker.hpp"
#include "waymark/json.hpp"

namespace waymark::symidx
{

json verdict_json(const std::string &file, const verdict &v);

/* On standard output; with @quiet, only one that will not load. */
void print_verdict(const std::string &file, const verdict &v, bool quiet);

} // namespace waymark::symidx
