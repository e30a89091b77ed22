// SPDX-License-Identifier: LGPL-2.1-or-later
/* Alternative names over rtnetlink; the only user of libnl. */
#pragma once

#include <memory>
#include <string>

struct nl_sock;

namespace waymark
{

class rtnl
{
public:
	rtnl(); /* throws waymark::error */

	/* Empty on success, else the reason. */
	std::string add_altname(unsigned int ifindex, const std::string &name);
	std::string remove_altname(unsigned int ifindex, const std::string &name);

	/* True if the kernel accepts @name as an alternative name, provided that it is free. */
	static bool is_valid_altname(const std::string &name);

private:
	std::string change(int type, int flags, unsigned int ifindex, const std::string &name);
	struct deleter {
		void operator()(struct nl_sock *socket) const;
	};
	std::unique_ptr<struct nl_sock, deleter> socket_;
};

} // namespace waymark
