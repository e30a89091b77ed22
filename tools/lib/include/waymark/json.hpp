// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The JSON value of the suite's output, for declarations. Code that builds or reads one
 * includes <nlohmann/json.hpp>, which takes seconds to compile.
 */
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace waymark
{

/* Keys keep the order in which they were added. */
using json = nlohmann::ordered_json;

/*
 * @value as text in ASCII alone, so that no string in it acts on a terminal. On one
 * line if @indent is negative. A string that is not UTF-8 has its odd bytes as "\xNN",
 * so that two names that differ still do.
 */
std::string to_text(const json &value, int indent = -1, char fill = ' ');

} // namespace waymark
