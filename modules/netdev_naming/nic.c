// SPDX-License-Identifier: GPL-2.0-only
#include <linux/flex_array.h>
#include <linux/hashtable.h>
#include <linux/idr.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat/slab.h"
#include "netdev_naming.h"

/* What it guards and where it may be taken: netdev_naming.h. */
DEFINE_MUTEX(nn_lock);
LIST_HEAD(nn_nics);

/* Indexed by minor, NULL where there is no NIC. */
static DEFINE_FLEX_ARRAY_OF(struct nn_nic *, nn_table, NN_MINORS);
static DEFINE_IDA(nn_minors);
static unsigned int nn_next_minor;
static u64 nn_last_id;

static DEFINE_HASHTABLE(nn_by_netdev, 10);

/*
 * Minors go round: a process that has just resolved a path, but not yet opened
 * the node, must not end up at the NIC that took over the minor.
 */
static int nn_minor_alloc(void)
{
	int minor;

	minor = ida_alloc_range(&nn_minors, nn_next_minor, NN_MINORS - 1, GFP_KERNEL);
	if (minor == -ENOSPC && nn_next_minor)
		minor = ida_alloc_range(&nn_minors, 0, nn_next_minor - 1, GFP_KERNEL);
	if (minor >= 0)
		nn_next_minor = (minor + 1) % NN_MINORS;
	return minor;
}

/* A name that does not fit would be another name: leave it out. */
static void nn_string_set(char *dst, size_t size, const char *src)
{
	if (src && strlen(src) < size)
		strscpy(dst, src, size);
}

static void nn_fixed_init(struct nn_fixed *fixed, const struct net_device *netdev)
{
	const struct device *parent = netdev->dev.parent;

	if (netdev->rtnl_link_ops)
		nn_string_set(fixed->kind, sizeof(fixed->kind), netdev->rtnl_link_ops->kind);
	if (netdev->dev.type)
		nn_string_set(fixed->devtype, sizeof(fixed->devtype), netdev->dev.type->name);
	if (!parent)
		return;
	nn_string_set(fixed->parent_bus, sizeof(fixed->parent_bus), dev_bus_name(parent));
	nn_string_set(fixed->parent_name, sizeof(fixed->parent_name), dev_name(parent));
	if (parent->driver)
		nn_string_set(fixed->driver, sizeof(fixed->driver), parent->driver->name);
}

/**
 * nn_nic_create() - start to know a NIC
 * @netdev: registered in the initial network namespace
 *
 * Context: RTNL and nn_lock held.
 * Return: the NIC, or an ERR_PTR().
 */
struct nn_nic *nn_nic_create(struct net_device *netdev)
{
	struct nn_nic **slot, *nic;
	int err;

	nic = compat_kzalloc_obj(*nic, GFP_KERNEL);
	if (!nic)
		return ERR_PTR(-ENOMEM);

	err = nn_minor_alloc();
	if (err < 0)
		goto err_free_nic;
	nic->minor = err;

	slot = flex_array_ptr_alloc(&nn_table, nic->minor, GFP_KERNEL | __GFP_ZERO);
	if (!slot) {
		err = -ENOMEM;
		goto err_free_minor;
	}
	*slot = nic;

	kref_init(&nic->ref);
	INIT_LIST_HEAD(&nic->readers);
	nic->id = ++nn_last_id;
	nic->netdev = netdev;
	nn_fixed_init(&nic->fixed, netdev);
	hash_add(nn_by_netdev, &nic->by_netdev, (unsigned long)netdev);
	list_add_tail(&nic->link, &nn_nics);
	return nic;

err_free_minor:
	ida_free(&nn_minors, nic->minor);
err_free_nic:
	kfree(nic);
	return ERR_PTR(err);
}

static void nn_nic_release(struct kref *ref)
{
	struct nn_nic *nic = container_of(ref, struct nn_nic, ref);

	kfree(nic->altnames.names);
	kfree(nic);
}

/**
 * nn_nic_put() - drop a reference
 * @nic: the NIC, or NULL
 */
void nn_nic_put(struct nn_nic *nic)
{
	if (nic)
		kref_put(&nic->ref, nn_nic_release);
}

/**
 * nn_nic_remove() - forget a NIC that is being unregistered
 * @nic: the NIC; handles may still refer to it
 *
 * Context: RTNL and nn_lock held.
 */
void nn_nic_remove(struct nn_nic *nic)
{
	struct nn_nic **slot = flex_array_ptr(&nn_table, nic->minor);

	*slot = NULL;
	ida_free(&nn_minors, nic->minor);
	hash_del(&nic->by_netdev);
	list_del(&nic->link);
	/* Readers look without nn_lock. */
	WRITE_ONCE(nic->netdev, NULL);
	nic->here = false;
}

/**
 * nn_nic_find() - find a NIC by its net device
 * @netdev: the address is all that matters
 *
 * Context: nn_lock held.
 * Return: the NIC without a reference, or NULL.
 */
struct nn_nic *nn_nic_find(const struct net_device *netdev)
{
	struct nn_nic *nic;

	lockdep_assert_held(&nn_lock);
	hash_for_each_possible(nn_by_netdev, nic, by_netdev, (unsigned long)netdev)
		if (nic->netdev == netdev)
			return nic;
	return NULL;
}

static struct nn_nic *nn_nic_get_here(struct nn_nic *nic)
{
	if (!nic || !nic->here)
		return NULL;
	kref_get(&nic->ref);
	return nic;
}

/**
 * nn_nic_get_by_minor() - find the NIC of a node
 * @minor: minor number
 *
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_minor(unsigned int minor)
{
	struct nn_nic **slot, *nic;

	mutex_lock(&nn_lock);
	slot = flex_array_ptr(&nn_table, minor);
	nic = nn_nic_get_here(slot ? *slot : NULL);
	mutex_unlock(&nn_lock);
	return nic;
}

/**
 * nn_nic_get_by_id() - find a NIC by its id
 * @id: id
 *
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_id(u64 id)
{
	struct nn_nic *nic, *found = NULL;

	mutex_lock(&nn_lock);
	list_for_each_entry(nic, &nn_nics, link) {
		if (nic->id == id) {
			found = nn_nic_get_here(nic);
			break;
		}
	}
	mutex_unlock(&nn_lock);
	return found;
}

/**
 * nn_nic_get_by_ifindex() - find a NIC of the initial namespace
 * @ifindex: interface index
 *
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_ifindex(int ifindex)
{
	struct nn_nic *nic;

	/* nn_lock comes first: it keeps the net device from going away. */
	mutex_lock(&nn_lock);
	rcu_read_lock();
	nic = nn_nic_get_here(nn_nic_find(dev_get_by_index_rcu(&init_net, ifindex)));
	rcu_read_unlock();
	mutex_unlock(&nn_lock);
	return nic;
}

/**
 * nn_nic_get_by_name() - find a NIC of the initial namespace
 * @name: kernel name or alternative name
 *
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_name(const char *name)
{
	struct nn_nic *nic;

	mutex_lock(&nn_lock);
	rcu_read_lock();
	nic = nn_nic_get_here(nn_nic_find(dev_get_by_name_rcu(&init_net, name)));
	rcu_read_unlock();
	mutex_unlock(&nn_lock);
	return nic;
}

/* Free what is left once no NIC is. */
void nn_nic_exit(void)
{
	WARN_ON(!list_empty(&nn_nics));
	flex_array_free_parts(&nn_table.array);
	ida_destroy(&nn_minors);
}
