// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "netdev_naming.h"

/*
 * What happens to a NIC says which node it should have; a worker makes it so,
 * one NIC after another. Whoever says so never waits for the worker, which may
 * wait for devtmpfs for as long as any process likes.
 */

/* How long to wait before another attempt. */
#define NN_NODE_RETRY_DELAY	HZ

/* How long whoever wants to know that a uevent was sent waits for the worker. */
#define NN_NODE_WAIT_MAX	(10 * HZ)

static struct workqueue_struct *nn_node_queue;
static void nn_node_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(nn_node_work, nn_node_work_fn);

/* Under nn_lock; NICs in both have a reference and one nn_nic.node_link. */
static LIST_HEAD(nn_node_dirty);	/* in the order of nn_nic.node_ticket */
static LIST_HEAD(nn_node_failed);	/* to be tried again */
static unsigned long nn_node_ticket;	/* the last one given */

/* Written under nn_lock: the last ticket of those that the worker is through with. */
static unsigned long nn_node_passed;
static DECLARE_WAIT_QUEUE_HEAD(nn_node_wait);

/* Nobody waits for a worker that has kept somebody waiting to the end. */
static bool nn_node_stuck;

/* Only the worker: nodes by ifindex. */
static DEFINE_XARRAY(nn_nodes);

static void nn_node_enqueue(struct nn_nic *nic)
{
	lockdep_assert_held(&nn_lock);
	if (!list_empty(&nic->node_link))
		return;
	kref_get(&nic->ref);
	nic->node_ticket = ++nn_node_ticket;
	list_add_tail(&nic->node_link, &nn_node_dirty);
}

/**
 * nn_node_want() - say which node a NIC should have
 * @nic: the NIC
 * @ifindex: interface index, zero for no node
 *
 * Context: nn_lock held. nn_node_run() has to follow.
 */
void nn_node_want(struct nn_nic *nic, unsigned int ifindex)
{
	nic->node_wanted = ifindex;
	nn_node_enqueue(nic);
}

/**
 * nn_node_want_announced() - ask for a uevent of the node
 * @nic: the NIC
 *
 * Context: nn_lock held. nn_node_run() has to follow.
 */
void nn_node_want_announced(struct nn_nic *nic)
{
	nic->node_announce = true;
	nn_node_enqueue(nic);
}

/**
 * nn_node_run() - let the worker see to what has been asked for
 *
 * Context: any but under nn_lock. Does not wait for the worker.
 */
void nn_node_run(void)
{
	mod_delayed_work(nn_node_queue, &nn_node_work, 0);
}

static bool nn_node_has_passed(unsigned long ticket)
{
	return (long)(READ_ONCE(nn_node_passed) - ticket) >= 0;
}

/**
 * nn_node_announce_and_wait() - send a uevent of a node
 * @ifindex: interface index of the NIC, which need not be there
 *
 * Waits until the worker is through with all that was asked for until now; not
 * for ever, and not at all for one that was too slow before and has not gone on.
 *
 * Context: may sleep; nothing that runs under RTNL may wait for the caller.
 */
void nn_node_announce_and_wait(unsigned int ifindex)
{
	struct nn_nic *nic = nn_nic_get_by_ifindex(ifindex);
	unsigned long ticket;

	raw_spin_lock(&nn_lock);
	if (nic)
		nn_node_want_announced(nic);
	ticket = nn_node_ticket;
	raw_spin_unlock(&nn_lock);
	nn_nic_put(nic);

	nn_node_run();
	if (READ_ONCE(nn_node_stuck))
		return;
	if (!wait_event_killable_timeout(nn_node_wait, nn_node_has_passed(ticket),
					 NN_NODE_WAIT_MAX))
		WRITE_ONCE(nn_node_stuck, true);
}

/* Returns the next NIC with the reference that the list had, or NULL. */
static struct nn_nic *nn_node_next(void)
{
	struct nn_nic *nic;

	raw_spin_lock(&nn_lock);
	nic = list_first_entry_or_null(&nn_node_dirty, struct nn_nic, node_link);
	WRITE_ONCE(nn_node_passed, nic ? nic->node_ticket - 1 : nn_node_ticket);
	if (nic)
		list_del_init(&nic->node_link);
	raw_spin_unlock(&nn_lock);

	WRITE_ONCE(nn_node_stuck, false);
	wake_up_all(&nn_node_wait);
	return nic;
}

static void nn_node_forget(struct nn_node *node, struct nn_nic *nic)
{
	xa_erase(&nn_nodes, nn_node_ifindex(node));
	nic->node = NULL;
	nn_node_remove(node);
}

static int nn_node_make(struct nn_nic *nic, unsigned int ifindex)
{
	struct nn_nic *other = xa_load(&nn_nodes, ifindex);
	struct nn_node *node;
	int err;

	/*
	 * The NIC that had the ifindex before has left, or this one could not
	 * have it: the worker only has not come to it yet.
	 */
	if (other)
		nn_node_forget(other->node, other);

	err = xa_reserve(&nn_nodes, ifindex, GFP_KERNEL);
	if (err)
		return err;
	node = nn_node_add(nic, ifindex);
	if (IS_ERR(node)) {
		xa_release(&nn_nodes, ifindex);
		return PTR_ERR(node);
	}
	xa_store(&nn_nodes, ifindex, nic, GFP_KERNEL);
	nic->node = node;
	return 0;
}

/* From the node that there is to the one that there should be. */
static int nn_node_reconcile(struct nn_nic *nic)
{
	unsigned int wanted;
	bool announce;
	int err = 0;

	raw_spin_lock(&nn_lock);
	wanted = nic->node_wanted;
	announce = nic->node_announce;
	nic->node_announce = false;
	raw_spin_unlock(&nn_lock);

	if (nic->node && nn_node_ifindex(nic->node) != wanted)
		nn_node_forget(nic->node, nic);
	if (!wanted)
		return 0;
	if (!nic->node)
		err = nn_node_make(nic, wanted);
	if (!err && announce)
		err = nn_node_announce(nic->node);
	if (err && announce) {
		raw_spin_lock(&nn_lock);
		nic->node_announce = true;
		raw_spin_unlock(&nn_lock);
	}
	return err;
}

static void nn_node_retry_later(struct nn_nic *nic, int err)
{
	char name[IFNAMSIZ];

	nn_nic_name(nic, name);
	pr_warn_ratelimited("%s: no node yet, trying again: %pe\n", name, ERR_PTR(err));

	raw_spin_lock(&nn_lock);
	if (list_empty(&nic->node_link)) {
		kref_get(&nic->ref);
		list_add_tail(&nic->node_link, &nn_node_failed);
	}
	raw_spin_unlock(&nn_lock);
}

static void nn_node_work_fn(struct work_struct *work)
{
	struct nn_nic *nic;
	bool failed;
	int err;

	raw_spin_lock(&nn_lock);
	while ((nic = list_first_entry_or_null(&nn_node_failed, struct nn_nic, node_link))) {
		nic->node_ticket = ++nn_node_ticket;
		list_move_tail(&nic->node_link, &nn_node_dirty);
	}
	raw_spin_unlock(&nn_lock);

	while ((nic = nn_node_next())) {
		err = nn_node_reconcile(nic);
		if (err)
			nn_node_retry_later(nic, err);
		nn_nic_put(nic);
	}

	raw_spin_lock(&nn_lock);
	failed = !list_empty(&nn_node_failed);
	raw_spin_unlock(&nn_lock);
	if (failed)
		queue_delayed_work(nn_node_queue, &nn_node_work, NN_NODE_RETRY_DELAY);
}

int nn_node_work_init(void)
{
	nn_node_queue = alloc_ordered_workqueue(NN_NAME "_node", 0);
	return nn_node_queue ? 0 : -ENOMEM;
}

/* No NIC is known any more, so that all nodes go. Waits for devtmpfs, without RTNL. */
void nn_node_work_exit(void)
{
	nn_node_run();
	flush_delayed_work(&nn_node_work);
	destroy_workqueue(nn_node_queue);
	WARN_ON(!list_empty(&nn_node_failed) || !xa_empty(&nn_nodes));
	xa_destroy(&nn_nodes);
}
