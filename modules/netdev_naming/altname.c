// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "netdev_naming.h"

/* How long to wait for memory. */
#define NN_ALTNAME_RETRY_DELAY	HZ

static struct workqueue_struct *nn_altname_queue;

/* NICs whose names have to be read again, each with a reference; under nn_lock. */
static LIST_HEAD(nn_stale);

static int nn_altnames_parse(const struct nlmsghdr *head, struct nn_altnames *altnames)
{
	const struct nlattr *list, *attr;
	size_t len;
	int rem;

	memset(altnames, 0, sizeof(*altnames));
	list = nlmsg_find_attr(head, sizeof(struct ifinfomsg), IFLA_PROP_LIST);
	if (!list || !nla_len(list))
		return 0;

	/* Longer than the names by the headers of the attributes. */
	altnames->names = kmalloc(nla_len(list), GFP_KERNEL);
	if (!altnames->names)
		return -ENOMEM;
	nla_for_each_nested(attr, list, rem) {
		if (nla_type(attr) != IFLA_ALT_IFNAME)
			continue;
		len = strnlen(nla_data(attr), nla_len(attr));
		memcpy(altnames->names + altnames->length, nla_data(attr), len);
		altnames->length += len;
		altnames->names[altnames->length++] = '\0';
		altnames->count++;
	}
	return 0;
}

static const char *nn_altnames_next(const struct nn_altnames *altnames, const char *name)
{
	name = name ? name + strlen(name) + 1 : altnames->names;
	return name < altnames->names + altnames->length ? name : NULL;
}

static bool nn_altnames_contain(const struct nn_altnames *altnames, const char *name)
{
	const char *other = NULL;

	while ((other = nn_altnames_next(altnames, other)))
		if (!strcmp(name, other))
			return true;
	return false;
}

struct nn_altname_change {
	enum netdev_naming_event_type type;
	const char *name;
};

/* Every name in @from that is not in @to. */
static unsigned int nn_altnames_compare(const struct nn_altnames *from,
					const struct nn_altnames *to,
					enum netdev_naming_event_type type,
					struct nn_altname_change *change)
{
	const char *name = NULL;
	unsigned int count = 0;

	while ((name = nn_altnames_next(from, name))) {
		if (!nn_altnames_contain(to, name))
			change[count++] = (struct nn_altname_change) { type, name };
		cond_resched();
	}
	return count;
}

/*
 * Exchanges the names. Only a NIC that is here has events. What has changed is
 * found out before nn_lock is taken.
 */
static int nn_altnames_apply(struct nn_nic *nic, const struct nn_place *place,
			     struct nn_altnames *altnames)
{
	struct nn_altname_change *changes;
	unsigned int count, nr;
	int err = 0;

	lockdep_assert_held(&nn_rtnetlink_lock);
	changes = kvmalloc_array(nic->altnames.count + altnames->count + 1, sizeof(*changes),
				 GFP_KERNEL);
	if (!changes)
		return -ENOMEM;
	count = nn_altnames_compare(&nic->altnames, altnames,
				    NETDEV_NAMING_EVENT_ALTNAME_REMOVED, changes);
	count += nn_altnames_compare(altnames, &nic->altnames,
				     NETDEV_NAMING_EVENT_ALTNAME_ADDED, changes + count);

	raw_spin_lock(&nn_lock);
	if (!nn_place_valid(nic, place)) {
		err = -EAGAIN;
	} else if (nic->here) {
		for (nr = 0; nr < count; nr++)
			nn_event_emit(nic, changes[nr].type, changes[nr].name,
				      strnlen(changes[nr].name, NETDEV_NAMING_ALTNAME_SIZE - 1));
		swap(nic->altnames, *altnames);
	}
	raw_spin_unlock(&nn_lock);
	kvfree(changes);
	return err;
}

/**
 * nn_altnames_read() - read the alternative names of a NIC
 * @nic: the NIC
 * @place: where it is
 * @head: what rtnetlink says of it
 * @copy: gets a copy of the names, to be given back by kfree(); may be NULL
 *
 * Return: 0; -EAGAIN if the NIC has moved meanwhile; -ENOMEM.
 * Context: in the course of nn_rtnetlink_ask().
 */
int nn_altnames_read(struct nn_nic *nic, const struct nn_place *place,
		     const struct nlmsghdr *head, struct nn_altnames *copy)
{
	struct nn_altnames altnames;
	int err;

	err = nn_altnames_parse(head, &altnames);
	if (err)
		return err;
	if (copy) {
		*copy = altnames;
		copy->names = kmemdup(altnames.names, altnames.length, GFP_KERNEL);
		if (altnames.length && !copy->names) {
			kfree(altnames.names);
			return -ENOMEM;
		}
	}

	err = nn_altnames_apply(nic, place, &altnames);
	kfree(altnames.names);
	if (err && copy)
		kfree(copy->names);
	return err;
}

static int nn_altnames_answer(struct nn_nic *nic, const struct nn_place *place,
			      const struct nlmsghdr *head, void *copy)
{
	return nn_altnames_read(nic, place, head, copy);
}

static void nn_altname_set_stale(struct nn_nic *nic)
{
	raw_spin_lock(&nn_lock);
	if (list_empty(&nic->stale_link)) {
		kref_get(&nic->ref);
		list_add_tail(&nic->stale_link, &nn_stale);
	}
	raw_spin_unlock(&nn_lock);
}

/* Returns a NIC with the reference that the list had, or NULL. */
static struct nn_nic *nn_altname_next_stale(void)
{
	struct nn_nic *nic;

	raw_spin_lock(&nn_lock);
	nic = list_first_entry_or_null(&nn_stale, struct nn_nic, stale_link);
	if (nic)
		list_del_init(&nic->stale_link);
	raw_spin_unlock(&nn_lock);
	return nic;
}

/* Turns requests that the probe has seen into NICs to look at. */
static void nn_altname_mark(void)
{
	unsigned int ifindexes[NN_ALTNAME_PENDING_MAX], count, nr;
	struct nn_nic *nic = NULL;
	bool all;

	count = nn_altname_probe_take(ifindexes, &all);
	if (!count && !all)
		return;

	/* The requests are being handled under RTNL: until they have been. */
	rtnl_lock();
	rtnl_unlock();

	for (nr = 0; nr < count && !all; nr++) {
		nic = nn_nic_get_by_ifindex(ifindexes[nr]);
		if (nic)
			nn_altname_set_stale(nic);
		nn_nic_put(nic);
	}
	if (!all)
		return;
	while ((nic = nn_nic_next(nic)))
		if (READ_ONCE(nic->here))
			nn_altname_set_stale(nic);
}

static void nn_altname_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(nn_altname_works, nn_altname_work);

/* There was no memory, or the NIC was on the move. */
static bool nn_altname_again(int err)
{
	return err == -ENOMEM || err == -EAGAIN;
}

static void nn_altname_work(struct work_struct *work)
{
	struct nn_nic *nic;
	int err = 0;

	nn_altname_mark();
	while (!nn_altname_again(err) && (nic = nn_altname_next_stale())) {
		err = nn_rtnetlink_ask(nic, NULL, nn_altnames_answer, NULL);
		if (nn_altname_again(err))
			nn_altname_set_stale(nic);
		nn_nic_put(nic);
	}
	/* An event comes late rather than never. */
	if (nn_altname_again(err))
		queue_delayed_work(nn_altname_queue, &nn_altname_works, NN_ALTNAME_RETRY_DELAY);
}

/* Context: any, also that of a kprobe. */
static void nn_altname_look(void)
{
	mod_delayed_work(nn_altname_queue, &nn_altname_works, 0);
}

/**
 * nn_altname_check() - alternative names of a NIC may have changed
 * @nic: the NIC
 *
 * Context: RTNL held, so the look itself has to wait.
 */
void nn_altname_check(struct nn_nic *nic)
{
	ASSERT_RTNL();
	nn_altname_set_stale(nic);
	nn_altname_look();
}

int nn_altnames_get(struct waymark_ioctl_call *call)
{
	struct netdev_naming_altnames *arg = call->arg;
	struct nn_altnames copy;
	int err;

	if (arg->__reserved)
		return -EINVAL;
	err = nn_rtnetlink_ask(nn_call_reader(call)->nic, call->file, nn_altnames_answer, &copy);
	if (err)
		return err;

	arg->length = copy.length;
	arg->count = copy.count;
	if (arg->capacity < copy.length)
		err = -EMSGSIZE;
	else if (copy.length && copy_to_user(u64_to_user_ptr(arg->names), copy.names, copy.length))
		err = -EFAULT;
	kfree(copy.names);
	return err;
}

int nn_altname_init(void)
{
	nn_altname_queue = alloc_workqueue(NN_NAME, WQ_UNBOUND, 0);
	if (!nn_altname_queue)
		return -ENOMEM;
	nn_altname_probe_init(nn_altname_look);
	return 0;
}

/* No NIC is known any more: there is nothing to look at, nor to try again. */
void nn_altname_exit(void)
{
	struct nn_nic *nic;

	nn_altname_probe_exit();
	cancel_delayed_work_sync(&nn_altname_works);
	while ((nic = nn_altname_next_stale()))
		nn_nic_put(nic);
	destroy_workqueue(nn_altname_queue);
}
