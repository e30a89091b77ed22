// SPDX-License-Identifier: LGPL-2.1-or-later
/* Whole files: read, replaced in one step, and locked while they are rewritten. */
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "waymark/fd.hpp"

namespace waymark
{

/* No file of the suite is longer; what is comes from somewhere else. */
inline constexpr std::size_t file_size_max = 64 << 20;

/* The contents of @path. Throws waymark::error that names it, also if it is too large. */
std::string read_file(const std::string &path);

/* The same for a sysfs attribute: without newlines at the end, empty if it cannot be read. */
std::string read_attribute(const std::string &path);

/*
 * Makes @bytes the contents of @path, atomically and durably: readers see the old file
 * or the new one, and so does the next boot. A new file gets mode 0644, an existing one
 * keeps its mode. Throws waymark::error if it cannot be written, or if @path is a
 * device, a directory or anything else that is not a regular file.
 */
void replace_file(const std::string &path, std::string_view bytes);

/*
 * Exclusive lock for those who read @path, change what they read, and replace it.
 * The constructor waits for the lock, the destructor releases it.
 *
 * The lock is a file of its own, @path with ".lock" behind it, which exists while the
 * lock is held. Only its owner may open it: anybody who can open a file can lock it, and
 * then keep everybody else waiting.
 */
class file_lock
{
public:
	explicit file_lock(const std::string &path); /* throws waymark::error */
	~file_lock();
	file_lock(const file_lock &) = delete;
	file_lock &operator=(const file_lock &) = delete;

private:
	std::string name_;
	fd file_;
};

} // namespace waymark
