// SPDX-License-Identifier: LGPL-2.1-or-later
/* Module.symvers: what modpost writes of a finished kernel build. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "symidx/index.hpp"

namespace waymark::symidx
{

struct symvers_export {
	symbol sym;              /* crc 0: the kernel has no MODVERSIONS */
	std::string_view module; /* path in the build tree, or "vmlinux" */
};

/* Views into @text. Throws waymark::error naming @object and the line. */
std::vector<symvers_export> parse_symvers(std::string_view text, const std::string &object);

} // namespace waymark::symidx
