// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "netdev_naming.h"

/*
 * The kernel notifies nobody of an alternative name that a NIC gets or loses
 * while it is down, neither in the kernel nor over rtnetlink. udev gives NICs
 * their alternative names at just that time. So the two functions that handle
 * the requests are probed. Where that is not possible, the change is seen when
 * the NIC comes up or somebody asks for its alternative names.
 */
static DEFINE_RAW_SPINLOCK(nn_pending_lock);
static unsigned int nn_pending[NN_ALTNAME_PENDING_MAX];	/* ifindexes */
static unsigned int nn_pending_count;
static bool nn_pending_all;			/* did not fit, or not known */

static void nn_pending_add(unsigned int ifindex)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&nn_pending_lock, flags);
	if (ifindex && nn_pending_count < NN_ALTNAME_PENDING_MAX)
		nn_pending[nn_pending_count++] = ifindex;
	else
		nn_pending_all = true;
	raw_spin_unlock_irqrestore(&nn_pending_lock, flags);
}

/**
 * nn_altname_probe_take() - which NICs have been the subject of a request?
 * @ifindexes: room for NN_ALTNAME_PENDING_MAX of them, in the initial namespace
 * @all: set if it may have been any
 *
 * Return: number of @ifindexes.
 */
unsigned int nn_altname_probe_take(unsigned int *ifindexes, bool *all)
{
	unsigned long flags;
	unsigned int count;

	raw_spin_lock_irqsave(&nn_pending_lock, flags);
	count = nn_pending_count;
	memcpy(ifindexes, nn_pending, count * sizeof(*ifindexes));
	*all = nn_pending_all;
	nn_pending_count = 0;
	nn_pending_all = false;
	raw_spin_unlock_irqrestore(&nn_pending_lock, flags);
	return count;
}

#ifdef CONFIG_HAVE_FUNCTION_ARG_ACCESS_API
/* int handler(struct sk_buff *skb, struct nlmsghdr *nlh, ...) */
static bool nn_probe_request(struct pt_regs *regs, unsigned int *ifindex)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 0);
	const struct nlmsghdr *head = (void *)regs_get_kernel_argument(regs, 1);
	const struct ifinfomsg *link = nlmsg_data(head);

	if (!net_eq(sock_net(skb->sk), &init_net) || nlmsg_len(head) < (int)sizeof(*link))
		return false;
	*ifindex = link->ifi_index > 0 ? link->ifi_index : 0;
	return true;
}
#else
static bool nn_probe_request(struct pt_regs *regs, unsigned int *ifindex)
{
	*ifindex = 0;
	return true;
}
#endif

/*
 * RTNL is held and the names are still the old ones. Who looks has to wait for
 * RTNL, and so sees the new ones.
 */
static int nn_probe_hit(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int ifindex;

	if (nn_probe_request(regs, &ifindex)) {
		nn_pending_add(ifindex);
		nn_altname_look();
	}
	return 0;
}

static struct kprobe nn_probe_add = {
	.symbol_name = "rtnl_newlinkprop",
	.pre_handler = nn_probe_hit,
};

static struct kprobe nn_probe_del = {
	.symbol_name = "rtnl_dellinkprop",
	.pre_handler = nn_probe_hit,
};

#define NN_DISARM_RETRY_MS 20

static struct kprobe *nn_probes[] = { &nn_probe_add, &nn_probe_del };
static bool nn_probed;

void nn_altname_probe_init(void)
{
	int err = register_kprobes(nn_probes, ARRAY_SIZE(nn_probes));

	nn_probed = !err;
	if (err)
		pr_notice("alternative names of NICs that are down: no events (error %d)\n", err);
}

/*
 * To disarm a probe takes memory. unregister_kprobes() tells nobody that it had
 * none, and leaves a probe behind that calls code which is about to go.
 */
void nn_altname_probe_exit(void)
{
	unsigned int i;

	if (!nn_probed)
		return;
	for (i = 0; i < ARRAY_SIZE(nn_probes); i++)
		while (disable_kprobe(nn_probes[i]) == -ENOMEM)
			msleep(NN_DISARM_RETRY_MS);
	unregister_kprobes(nn_probes, ARRAY_SIZE(nn_probes));
}
