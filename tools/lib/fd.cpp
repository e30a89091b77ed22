// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/fd.hpp"

#include <cerrno>

#include "waymark/error.hpp"

namespace waymark
{

fd fd::open(const std::string &path, int flags)
{
	int raw;

	do {
		raw = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
	} while (raw < 0 && errno == EINTR);
	if (raw < 0)
		throw error::from_errno(path, errno);
	return fd(raw);
}

} // namespace waymark
