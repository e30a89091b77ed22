// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <linux/uio.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "compat/socket.h"
#include "netdev_naming.h"

/*
 * Alternative names and the identity of the physical port are in structures
 * that the kernel keeps to itself (or behind devlink), but rtnetlink tells them
 * to anybody. So the module asks as any process would, which also makes sure
 * that it never tells more than rtnetlink would.
 */

/* One question at a time; see netdev_naming.h for the order of locks. */
DEFINE_MUTEX(nn_rtnetlink_lock);

struct nn_request {
	struct nlmsghdr head;
	struct ifinfomsg link;
	struct nlattr mask_head;
	__u32 mask;
};

/* Returns -EACCES if the NIC is elsewhere. */
static int nn_place_get_here(struct nn_nic *nic, struct nn_place *place)
{
	int err = -ENODEV;

	raw_spin_lock(&nn_lock);
	if (nic->here) {
		place->net = get_net(&init_net);
		place->ifindex = nic->ifindex;
		place->moves = nic->moves;
		err = 0;
	} else if (nic->netdev) {
		err = -EACCES;
	}
	raw_spin_unlock(&nn_lock);
	return err;
}

/* Elsewhere, only RTNL keeps it from moving on and from being unregistered. */
static int nn_place_get_elsewhere(struct nn_nic *nic, struct nn_place *place)
{
	int err = -ENODEV;

	rtnl_lock();
	if (nic->netdev) {
		/* A namespace that dies sends hardware home: it is not gone. */
		place->net = maybe_get_net(dev_net(nic->netdev));
		place->ifindex = nic->netdev->ifindex;
		place->moves = nic->moves;
		err = place->net ? 0 : -EACCES;
	}
	rtnl_unlock();
	return err;
}

/* Fills in @place; put_net() its net after use. Takes RTNL if the NIC is elsewhere. */
static int nn_place_get(struct nn_nic *nic, struct file *file, struct nn_place *place)
{
	int err;

	err = nn_place_get_here(nic, place);
	if (err != -EACCES || !file)
		return err;
	err = nn_place_get_elsewhere(nic, place);
	if (err)
		return err;
	if (!net_eq(place->net, &init_net) &&
	    !file_ns_capable(file, place->net->user_ns, CAP_NET_ADMIN)) {
		put_net(place->net);
		return -EACCES;
	}
	return 0;
}

/**
 * nn_place_valid() - is the NIC still where it was?
 * @nic: the NIC
 * @place: where it was
 *
 * Context: nn_lock held.
 * Return: true if it has neither moved nor been unregistered since.
 */
bool nn_place_valid(const struct nn_nic *nic, const struct nn_place *place)
{
	lockdep_assert_held(&nn_lock);
	return nic->netdev && nic->moves == place->moves;
}

static int nn_rtnetlink_open(struct net *net, struct socket **sock)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int err;

	err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, sock);
	if (err)
		return err;

	/*
	 * Left alone, netlink would use the id of the current process, which
	 * that process may want for itself. Processes keep away from the top.
	 */
	for (addr.nl_pid = U32_MAX; addr.nl_pid > U32_MAX - 64; addr.nl_pid--) {
		err = compat_netlink_bind(*sock, &addr);
		if (err != -EADDRINUSE)
			break;
	}
	/* Processes have taken them all; that must not stop the module. */
	if (err == -EADDRINUSE) {
		addr.nl_pid = 0;
		err = compat_netlink_bind(*sock, &addr);
	}
	if (err)
		sock_release(*sock);
	return err;
}

static int nn_rtnetlink_send(struct socket *sock, unsigned int ifindex)
{
	struct nn_request request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.link = {
			.ifi_family = AF_UNSPEC,
			.ifi_index = ifindex,
		},
		.mask_head = {
			.nla_len = nla_attr_size(sizeof(__u32)),
			.nla_type = IFLA_EXT_MASK,
		},
		.mask = RTEXT_FILTER_SKIP_STATS,
	};
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec vec = { .iov_base = &request, .iov_len = sizeof(request) };
	int ret;

	BUILD_BUG_ON(sizeof(request) != NLMSG_HDRLEN + sizeof(struct ifinfomsg) +
					nla_total_size(sizeof(__u32)));
	ret = kernel_sendmsg(sock, &msg, &vec, 1, sizeof(request));
	return ret < 0 ? ret : 0;
}

/* Returns the message, or an ERR_PTR(). The reply is there once send returns. */
static struct nlmsghdr *nn_rtnetlink_receive(struct socket *sock)
{
	struct kvec vec = {};
	struct msghdr msg = {};
	struct nlmsghdr *head;
	int len, ret;

	len = kernel_recvmsg(sock, &msg, &vec, 1, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
	if (len < 0)
		return ERR_PTR(len);
	head = kvmalloc(len, GFP_KERNEL);
	if (!head)
		return ERR_PTR(-ENOMEM);

	vec.iov_base = head;
	vec.iov_len = len;
	memset(&msg, 0, sizeof(msg));
	ret = kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_DONTWAIT);
	if (ret < 0)
		goto err_free;

	ret = -EPROTO;
	if (!nlmsg_ok(head, len))
		goto err_free;
	if (head->nlmsg_type == NLMSG_ERROR && nlmsg_len(head) >= sizeof(struct nlmsgerr)) {
		ret = ((struct nlmsgerr *)nlmsg_data(head))->error ?: -EPROTO;
		goto err_free;
	}
	if (head->nlmsg_type != RTM_NEWLINK || nlmsg_len(head) < sizeof(struct ifinfomsg))
		goto err_free;
	return head;

err_free:
	kvfree(head);
	return ERR_PTR(ret);
}

static struct nlmsghdr *nn_rtnetlink_query(const struct nn_place *place)
{
	struct nlmsghdr *head;
	struct socket *sock;
	int err;

	err = nn_rtnetlink_open(place->net, &sock);
	if (err)
		return ERR_PTR(err);
	err = nn_rtnetlink_send(sock, place->ifindex);
	head = err ? ERR_PTR(err) : nn_rtnetlink_receive(sock);
	sock_release(sock);
	return head;
}

/* Sockets and their messages have errors of their own for "no memory". */
static int nn_rtnetlink_error(int err)
{
	return err == -ENFILE || err == -ENOBUFS ? -ENOMEM : err;
}

static int nn_rtnetlink_ask_once(struct nn_nic *nic, const struct nn_place *place,
				 nn_answer_fn answer, void *arg)
{
	struct nlmsghdr *head;
	int err;

	lockdep_assert_held(&nn_rtnetlink_lock);
	head = nn_rtnetlink_query(place);
	if (!IS_ERR(head)) {
		err = answer(nic, place, head, arg);
		kvfree(head);
		return err;
	}

	/* An error is only true if it was about this NIC. */
	raw_spin_lock(&nn_lock);
	err = nn_place_valid(nic, place) ? nn_rtnetlink_error(PTR_ERR(head)) : -EAGAIN;
	raw_spin_unlock(&nn_lock);
	return err;
}

/**
 * nn_rtnetlink_ask() - ask rtnetlink about a NIC
 * @nic: the NIC
 * @file: descriptor on whose behalf; NULL for the module's own, which only ever
 *	looks into the initial namespace
 * @answer: called with the RTM_NEWLINK message; has to return -EAGAIN unless
 *	nn_place_valid(), as the answer may then be about another NIC
 * @arg: for @answer
 *
 * Context: takes RTNL, so neither RTNL nor nn_lock may be held. One question at
 * a time: answers are applied in the order in which they were given.
 * Return: what @answer returns; -ENODEV if the NIC is unregistered; -EACCES if
 * it is elsewhere and the opener of @file may not look there; -EAGAIN if it moved
 * on each time that it was asked about; or another error.
 */
int nn_rtnetlink_ask(struct nn_nic *nic, struct file *file, nn_answer_fn answer, void *arg)
{
	unsigned int tries = NN_ASK_MAX;
	struct nn_place place;
	int err;

	do {
		err = nn_place_get(nic, file, &place);
		if (err)
			return err;
		err = mutex_lock_interruptible(&nn_rtnetlink_lock);
		if (!err) {
			err = nn_rtnetlink_ask_once(nic, &place, answer, arg);
			mutex_unlock(&nn_rtnetlink_lock);
		}
		put_net(place.net);
	} while (err == -EAGAIN && --tries);
	return err;
}
