// SPDX-License-Identifier: LGPL-2.1-or-later
/* ioctl(2) on the suite's devices: sets the size field, retries EINTR. */
#pragma once

#include <sys/ioctl.h>

#include <cerrno>
#include <string>

#include "waymark/error.hpp"
#include "waymark/fd.hpp"

namespace waymark
{

/* Returns 0 or an errno value. Sets @arg.size to the size that this build knows. */
template <typename T>
int try_ioctl(const fd &dev, unsigned long request, T &arg)
{
	arg.size = sizeof(arg);
	for (;;) {
		if (::ioctl(dev.get(), request, &arg) >= 0)
			return 0;
		if (errno != EINTR)
			return errno;
	}
}

/* Throws waymark::error naming @object. */
template <typename T>
void call_ioctl(const fd &dev, unsigned long request, T &arg, const std::string &object)
{
	if (int errnum = try_ioctl(dev, request, arg))
		throw error::from_errno(object, errnum);
}

} // namespace waymark
