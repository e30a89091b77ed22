// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The exception of all tools. It names the object and the reason, which run_tool()
 * prints as "tool: object: reason", and as {"error": …} under -j.
 */
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

namespace waymark
{

/* Exit statuses of every tool; the man pages document the same numbers. */
enum class status : int {
	done = 0,   /* success */
	failed = 1, /* not found, refused, or a problem was found */
	usage = 2,  /* invalid command line */
	/* Of a command that runs another one, as env(1) has them. */
	not_started = 125,    /* an argument for it cannot be resolved */
	not_executable = 126, /* it cannot be run */
	not_found = 127,      /* it does not exist */
};

class error : public std::runtime_error
{
public:
	error(std::string object, const std::string &reason, status st = status::failed)
		: std::runtime_error(reason), object_(std::move(object)), status_(st)
	{
	}

	/* From an errno value; the reason is its strerror(3) text. */
	static error from_errno(std::string object, int errnum)
	{
		return error(std::move(object), std::system_category().message(errnum));
	}

	const std::string &object() const noexcept { return object_; }
	status exit_status() const noexcept { return status_; }

private:
	std::string object_;
	status status_;
};

} // namespace waymark
