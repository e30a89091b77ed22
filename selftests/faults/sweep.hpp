// SPDX-License-Identifier: GPL-2.0-only
/* One operation, with a fault at one place of it after the other. */
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "../lib/chaos/log.hpp"

namespace faults
{

struct operation {
	std::string name;
	/* Only what has code of this module on its stack fails; empty: of any module. */
	std::string module;
	std::function<int()> act;		/* 0 or an errno */
	std::function<void()> undo = {};	/* after a success */
	std::vector<int> errnos = {};		/* clean failures; empty: any */
	std::function<void()> prepare = {};	/* before each time; no fault in it */
	bool slow = false;			/* takes long, and many allocations */
	std::string skip = {};			/* why it cannot be done here */
};

/* What is wrong, or empty; says on stdout what was done. */
std::string sweep(const operation &what, fuzz::kernel_log &log);

} // namespace faults
