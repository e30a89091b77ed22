// SPDX-License-Identifier: LGPL-2.1-or-later
/* A file descriptor that closes itself; opened O_CLOEXEC, always. */
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace waymark
{

class fd
{
public:
	fd() noexcept = default;
	explicit fd(int raw) noexcept : raw_(raw) {}
	fd(fd &&other) noexcept : raw_(std::exchange(other.raw_, -1)) {}
	fd &operator=(fd &&other) noexcept
	{
		std::swap(raw_, other.raw_);
		return *this;
	}
	fd(const fd &) = delete;
	fd &operator=(const fd &) = delete;
	~fd()
	{
		if (raw_ >= 0)
			::close(raw_);
	}

	int get() const noexcept { return raw_; }
	int release() noexcept { return std::exchange(raw_, -1); }
	explicit operator bool() const noexcept { return raw_ >= 0; }

	/* Throws waymark::error naming @path; @flags as for open(2). */
	static fd open(const std::string &path, int flags = O_RDONLY);

private:
	int raw_ = -1;
};

} // namespace waymark
