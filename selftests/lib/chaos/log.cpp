// SPDX-License-Identifier: GPL-2.0-only
#include "log.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace fuzz
{

kernel_log::kernel_log() : fd_(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC))
{
	if (fd_ >= 0)
		lseek(fd_, 0, SEEK_END);
}

kernel_log::~kernel_log()
{
	if (fd_ >= 0)
		close(fd_);
}

std::string kernel_log::report()
{
	static const char *const signs[] = {"BUG: ", "WARNING: ", "KASAN: ", "UBSAN: ", "Oops",
					    "possible circular locking", "suspicious RCU usage",
					    "sleeping function called", "ODEBUG: ", "refcount_t: ",
					    "INFO: task ", "unreferenced object"};
	char line[8192];
	std::string first;
	ssize_t got;

	while (fd_ >= 0 && (got = read(fd_, line, sizeof(line) - 1)) > 0) {
		const std::string text(line, got);

		for (const char *sign : signs)
			if (first.empty() && text.find(sign) != std::string::npos)
				first = text.substr(text.find(';') + 1);
	}
	return first.substr(0, first.find('\n'));
}

} // namespace fuzz
