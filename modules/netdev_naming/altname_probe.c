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

/* To be called when there was a request. */
static void (*nn_probe_seen)(void);

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
 * RTNL is held and the names are still the old ones. The worker takes RTNL
 * first, so it sees the new names.
 */
static int nn_probe_hit(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int ifindex;

	if (nn_probe_request(regs, &ifindex)) {
		nn_pending_add(ifindex);
		nn_probe_seen();
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

/* Called once, to see whether probes are hit. */
static noinline void nn_probe_target(void)
{
	/* Keeps the compiler from taking the call for one without effect. */
	barrier();
}

static bool nn_probe_target_hit;

static int nn_probe_hit_target(struct kprobe *probe, struct pt_regs *regs)
{
	WRITE_ONCE(nn_probe_target_hit, true);
	return 0;
}

static struct kprobe nn_probe_self = {
	.addr = (kprobe_opcode_t *)nn_probe_target,
	.pre_handler = nn_probe_hit_target,
};

#define NN_DISARM_RETRY_MS 20

static struct kprobe *nn_probes[] = { &nn_probe_add, &nn_probe_del };
static bool nn_probed, nn_self_probed;

/*
 * Disarming a probe takes memory. unregister_kprobes() does not report that it
 * had none, and leaves a probe behind that calls code which is about to go.
 */
static void nn_probes_remove(struct kprobe **probes, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		while (disable_kprobe(probes[i]) == -ENOMEM)
			msleep(NN_DISARM_RETRY_MS);
	unregister_kprobes(probes, count);
}

/*
 * Probes can be registered while all of the machine are switched off. The probe
 * stays until the module goes: if there is no memory for disarming it, the kernel
 * warns.
 */
static bool nn_probes_are_hit(void)
{
	if (register_kprobe(&nn_probe_self))
		return true;
	nn_self_probed = true;
	nn_probe_target();
	return READ_ONCE(nn_probe_target_hit);
}

/**
 * nn_altname_probe_init() - start to see requests
 * @seen: called when there was one, in the context of a kprobe
 *
 * Context: may sleep.
 */
void nn_altname_probe_init(void (*seen)(void))
{
	int err;

	nn_probe_seen = seen;
	err = register_kprobes(nn_probes, ARRAY_SIZE(nn_probes));
	nn_probed = !err;
	if (err)
		pr_notice("no events for alternative names of NICs that are down: %pe\n",
			  ERR_PTR(err));
	else if (!nn_probes_are_hit())
		pr_notice("no events for alternative names of NICs that are down: kprobes are off\n");
}

void nn_altname_probe_exit(void)
{
	struct kprobe *self = &nn_probe_self;

	if (nn_self_probed)
		nn_probes_remove(&self, 1);
	if (nn_probed)
		nn_probes_remove(nn_probes, ARRAY_SIZE(nn_probes));
}
