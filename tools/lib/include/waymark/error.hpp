// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One way to fail: an exception that names the object and the reason, printed
 * by run_tool() as "tool: object: reason" (or as {"error": …} under -j).
 */
#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

namespace waymark
{

/* Exit statuses of every tool; the man pages document the same numbers. */
enum class status : int {
	done = 0,   /* everything that was asked for was done */
	failed = 1, /* not found, refused, or a problem was found */
	usage = 2,  /* the command line makes no sense */
	/* Of a command that runs another one, as env(1) has them. */
	not_started = 125,    /* an argument for it cannot be made */
	not_executable = 126, /* it cannot be run */
	not_found = 127,      /* it is not there */
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
