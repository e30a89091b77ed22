// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The JSON value of the suite's output, for declarations. Who makes or reads one
 * includes <nlohmann/json.hpp>, which takes a compiler seconds.
 */
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace waymark
{

/* Keys keep the order in which they were added. */
using json = nlohmann::ordered_json;

} // namespace waymark
