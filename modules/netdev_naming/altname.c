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

/* Emits an event for every name in @from that is not in @to. */
static void nn_altnames_compare(struct nn_nic *nic, const struct nn_altnames *from,
				const struct nn_altnames *to, enum netdev_naming_event_type type)
{
	const char *name = NULL;

	while ((name = nn_altnames_next(from, name)))
		if (!nn_altnames_contain(to, name))
			nn_event_emit(nic, type, name,
				      strnlen(name, NETDEV_NAMING_ALTNAME_SIZE - 1));
}

/* Exchanges the names. Only a NIC that is here has events. */
static void nn_altnames_apply(struct nn_nic *nic, struct nn_altnames *altnames)
{
	nn_altnames_compare(nic, &nic->altnames, altnames, NETDEV_NAMING_EVENT_ALTNAME_REMOVED);
	nn_altnames_compare(nic, altnames, &nic->altnames, NETDEV_NAMING_EVENT_ALTNAME_ADDED);
	swap(nic->altnames, *altnames);
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

	mutex_lock(&nn_lock);
	if (!nn_place_valid(nic, place))
		err = -EAGAIN;
	else if (nic->here)
		nn_altnames_apply(nic, &altnames);
	mutex_unlock(&nn_lock);

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

static struct nn_nic *nn_altname_next_stale(void)
{
	struct nn_nic *nic, *found = NULL;

	mutex_lock(&nn_lock);
	list_for_each_entry(nic, &nn_nics, link) {
		if (nic->altnames_stale) {
			nic->altnames_stale = false;
			kref_get(&nic->ref);
			found = nic;
			break;
		}
	}
	mutex_unlock(&nn_lock);
	return found;
}

/* Turns requests that the probe has seen into NICs to look at. */
static void nn_altname_mark(void)
{
	unsigned int ifindexes[NN_ALTNAME_PENDING_MAX], count, nr;
	struct nn_nic *nic;
	bool all;

	count = nn_altname_probe_take(ifindexes, &all);
	if (!count && !all)
		return;

	/* The requests are being handled under RTNL: until they have been. */
	rtnl_lock();
	rtnl_unlock();

	mutex_lock(&nn_lock);
	list_for_each_entry(nic, &nn_nics, link) {
		for (nr = 0; nr < count && nic->ifindex != ifindexes[nr]; nr++)
			;
		if (nic->here && (all || nr < count))
			nic->altnames_stale = true;
	}
	mutex_unlock(&nn_lock);
}

static void nn_altname_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(nn_altname_works, nn_altname_work);

static void nn_altname_work(struct work_struct *work)
{
	struct nn_nic *nic;
	int err = 0;

	nn_altname_mark();
	while (err != -ENOMEM && (nic = nn_altname_next_stale())) {
		err = nn_rtnetlink_ask(nic, NULL, nn_altnames_answer, NULL);
		if (err == -ENOMEM) {
			mutex_lock(&nn_lock);
			nic->altnames_stale = true;
			mutex_unlock(&nn_lock);
		}
		nn_nic_put(nic);
	}
	/* An event comes late rather than never. */
	if (err == -ENOMEM)
		queue_delayed_work(nn_altname_queue, &nn_altname_works, NN_ALTNAME_RETRY_DELAY);
}

/**
 * nn_altname_look() - look at the NICs whose alternative names may have changed
 *
 * Context: any.
 */
void nn_altname_look(void)
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
	mutex_lock(&nn_lock);
	nic->altnames_stale = true;
	mutex_unlock(&nn_lock);
	nn_altname_look();
}

int nn_altnames_get(struct nn_call *call)
{
	struct netdev_naming_altnames *arg = call->arg;
	struct nn_altnames copy;
	int err;

	if (arg->__reserved)
		return -EINVAL;
	err = nn_rtnetlink_ask(call->reader->nic, call->file, nn_altnames_answer, &copy);
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
	nn_altname_queue = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND, 0);
	return nn_altname_queue ? 0 : -ENOMEM;
}

void nn_altname_exit(void)
{
	cancel_delayed_work_sync(&nn_altname_works);
	destroy_workqueue(nn_altname_queue);
}
