// SPDX-License-Identifier: LGPL-2.1-or-later
/* The running kernel, through /dev/symbol_index. */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "symidx/index.hpp"
#include "symidx/text_arena.hpp"
#include "waymark/fd.hpp"

namespace waymark::symidx
{

inline constexpr char device_path[] = "/dev/symbol_index";

/* Opens the device; the error of a device that is not there says what to do. */
fd open_running_device();

struct running_export {
	symbol sym;
	std::string_view owner; /* a module, or "vmlinux" */
};

/*
 * What @owner exports at the moment ("": everybody), in name order; texts live
 * in @arena. Throws waymark::error, with advice if the device is not there.
 */
std::vector<running_export> list_running(const std::string &owner, text_arena &arena);

/* Who exports exactly @name; one system call, no snapshot. */
std::vector<running_export> lookup_running(const fd &device, const std::string &name,
					   text_arena &arena);

/* An index of it: the kernel's own snapshot, or one made from the listing. */
symbol_index open_running();

} // namespace waymark::symidx
