// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log from a moment on, searched for reports. */
#pragma once

#include <string>

namespace fuzz
{

class kernel_log
{
public:
	kernel_log();
	~kernel_log();
	/* The first report since the last call, or empty. */
	std::string report();

private:
	int fd_;
};

} // namespace fuzz
