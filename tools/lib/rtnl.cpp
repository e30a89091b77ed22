// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/rtnl.hpp"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "waymark/error.hpp"

namespace waymark
{

namespace
{

/* ALTIFNAMSIZ of the kernel without the NUL. */
constexpr std::size_t altname_max = 127;

struct message_deleter {
	void operator()(struct nl_msg *message) const { nlmsg_free(message); }
};

} // namespace

void rtnl::deleter::operator()(struct nl_sock *socket) const
{
	nl_socket_free(socket);
}

rtnl::rtnl() : socket_(nl_socket_alloc())
{
	if (!socket_)
		throw error("rtnetlink", "out of memory");
	if (const int rc = nl_connect(socket_.get(), NETLINK_ROUTE); rc < 0)
		throw error("rtnetlink", nl_geterror(rc));
}

std::string rtnl::change(int type, int flags, unsigned int ifindex, const std::string &name)
{
	std::unique_ptr<struct nl_msg, message_deleter> message(nlmsg_alloc_simple(type, flags));
	struct ifinfomsg header = {};

	header.ifi_index = static_cast<int>(ifindex);
	if (!message || nlmsg_append(message.get(), &header, sizeof(header), NLMSG_ALIGNTO) < 0)
		return "out of memory";
	/* The kernel insists on the flag; older libraries do not set it. */
	struct nlattr *list = nla_nest_start(message.get(), IFLA_PROP_LIST | NLA_F_NESTED);
	if (!list || nla_put_string(message.get(), IFLA_ALT_IFNAME, name.c_str()) < 0)
		return "out of memory";
	nla_nest_end(message.get(), list);

	/* nl_send_sync() frees the message, also on an error. */
	const int rc = nl_send_sync(socket_.get(), message.release());
	return rc < 0 ? nl_geterror(rc) : "";
}

std::string rtnl::add_altname(unsigned int ifindex, const std::string &name)
{
	return change(RTM_NEWLINKPROP, NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND, ifindex, name);
}

std::string rtnl::remove_altname(unsigned int ifindex, const std::string &name)
{
	/* No flags: in a deletion, the bit of NLM_F_EXCL means NLM_F_BULK. */
	return change(RTM_DELLINKPROP, 0, ifindex, name);
}

bool rtnl::is_valid_altname(const std::string &name)
{
	return !name.empty() && name.size() <= altname_max && name != "." && name != ".." &&
	       name.find_first_of("/ \t\n\v\f\r") == std::string::npos;
}

} // namespace waymark
