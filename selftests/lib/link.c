// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link.h"

#define VETH_PEER	1	/* VETH_INFO_PEER, linux/veth.h */

struct request {
	struct nlmsghdr head;
	struct ifinfomsg link;
	char attrs[1024];
};

static void request_init(struct request *req, int type, int flags, int ifindex)
{
	memset(req, 0, sizeof(*req));
	req->head.nlmsg_len = NLMSG_LENGTH(sizeof(req->link));
	req->head.nlmsg_type = type;
	req->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	req->link.ifi_index = ifindex;
}

static struct rtattr *request_end(struct request *req)
{
	return (struct rtattr *)((char *)req + NLMSG_ALIGN(req->head.nlmsg_len));
}

static struct rtattr *request_put(struct request *req, int type, const void *data, size_t len)
{
	struct rtattr *attr = request_end(req);

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	req->head.nlmsg_len = NLMSG_ALIGN(req->head.nlmsg_len) + RTA_ALIGN(attr->rta_len);
	return attr;
}

static void request_put_string(struct request *req, int type, const char *string)
{
	request_put(req, type, string, strlen(string) + 1);
}

static void request_close(struct request *req, struct rtattr *nest)
{
	nest->rta_len = (char *)request_end(req) - (char *)nest;
}

static int request_send(struct request *req)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[2048];
	} reply;
	int fd, ret;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -errno;
	ret = -EPROTO;
	if (send(fd, req, req->head.nlmsg_len, 0) < 0 || recv(fd, &reply, sizeof(reply), 0) < 0)
		ret = -errno;
	else if (reply.head.nlmsg_type == NLMSG_ERROR)
		ret = reply.error.error;
	close(fd);
	return ret;
}

int link_add(const char *kind, const char *name, int ifindex)
{
	/* To a NIC with a random address udev gives another one, which is an event. */
	static const __u8 address[6] = { 0x02, 0, 0, 0, 0, 0x01 };
	struct request req;
	struct rtattr *info;

	request_init(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifindex);
	request_put_string(&req, IFLA_IFNAME, name);
	request_put(&req, IFLA_ADDRESS, address, sizeof(address));
	info = request_put(&req, IFLA_LINKINFO, NULL, 0);
	request_put_string(&req, IFLA_INFO_KIND, kind);
	request_close(&req, info);
	return request_send(&req) ?: link_index(name);
}

int link_add_veth(const char *name, const char *peer)
{
	struct rtattr *info, *data, *nest;
	struct ifinfomsg peer_link = {};
	struct request req;

	request_init(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	request_put_string(&req, IFLA_IFNAME, name);
	info = request_put(&req, IFLA_LINKINFO, NULL, 0);
	request_put_string(&req, IFLA_INFO_KIND, "veth");
	data = request_put(&req, IFLA_INFO_DATA, NULL, 0);
	nest = request_put(&req, VETH_PEER, &peer_link, sizeof(peer_link));
	request_put_string(&req, IFLA_IFNAME, peer);
	request_close(&req, nest);
	request_close(&req, data);
	request_close(&req, info);
	return request_send(&req) ?: link_index(name);
}

int link_add_vlan(const char *name, int lower, int vid)
{
	struct rtattr *info, *data;
	__u16 id = vid;
	struct request req;

	request_init(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	request_put_string(&req, IFLA_IFNAME, name);
	request_put(&req, IFLA_LINK, &lower, sizeof(lower));
	info = request_put(&req, IFLA_LINKINFO, NULL, 0);
	request_put_string(&req, IFLA_INFO_KIND, "vlan");
	data = request_put(&req, IFLA_INFO_DATA, NULL, 0);
	request_put(&req, IFLA_VLAN_ID, &id, sizeof(id));
	request_close(&req, data);
	request_close(&req, info);
	return request_send(&req) ?: link_index(name);
}

int link_del(int ifindex)
{
	struct request req;

	request_init(&req, RTM_DELLINK, 0, ifindex);
	return request_send(&req);
}

int link_rename(int ifindex, const char *name)
{
	struct request req;

	request_init(&req, RTM_NEWLINK, 0, ifindex);
	request_put_string(&req, IFLA_IFNAME, name);
	return request_send(&req);
}

int link_set_address(int ifindex, const __u8 address[6])
{
	struct request req;

	request_init(&req, RTM_NEWLINK, 0, ifindex);
	request_put(&req, IFLA_ADDRESS, address, 6);
	return request_send(&req);
}

int link_set_mtu(int ifindex, __u32 mtu)
{
	struct request req;

	request_init(&req, RTM_NEWLINK, 0, ifindex);
	request_put(&req, IFLA_MTU, &mtu, sizeof(mtu));
	return request_send(&req);
}

int link_set_up(int ifindex, bool up)
{
	struct request req;

	request_init(&req, RTM_NEWLINK, 0, ifindex);
	req.link.ifi_change = IFF_UP;
	req.link.ifi_flags = up ? IFF_UP : 0;
	return request_send(&req);
}

static int link_change_altname(int ifindex, int type, const char *altname)
{
	struct request req;
	struct rtattr *list;

	request_init(&req, type, type == RTM_NEWLINKPROP ? NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND
							 : 0, ifindex);
	list = request_put(&req, IFLA_PROP_LIST | NLA_F_NESTED, NULL, 0);
	request_put_string(&req, IFLA_ALT_IFNAME, altname);
	request_close(&req, list);
	return request_send(&req);
}

int link_add_altname(int ifindex, const char *altname)
{
	return link_change_altname(ifindex, RTM_NEWLINKPROP, altname);
}

int link_del_altname(int ifindex, const char *altname)
{
	return link_change_altname(ifindex, RTM_DELLINKPROP, altname);
}

int link_move(int ifindex, int netns)
{
	struct request req;

	request_init(&req, RTM_NEWLINK, 0, ifindex);
	request_put(&req, IFLA_NET_NS_FD, &netns, sizeof(netns));
	return request_send(&req);
}

int link_index(const char *name)
{
	int ifindex = if_nametoindex(name);

	return ifindex ?: -errno;
}

int netns_current(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int netns_enter(int netns)
{
	return setns(netns, CLONE_NEWNET) ? -errno : 0;
}

int netns_new(void)
{
	int old = netns_current(), fresh;

	if (old < 0)
		return old;
	if (unshare(CLONE_NEWNET)) {
		fresh = -errno;
	} else {
		fresh = netns_current();
		if (setns(old, CLONE_NEWNET)) {
			close(fresh);
			fresh = -errno;
		}
	}
	close(old);
	return fresh;
}
