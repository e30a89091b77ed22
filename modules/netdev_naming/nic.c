// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/hashtable.h>
#include <linux/ktime.h>
#include <linux/rtnetlink.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat/slab.h"
#include "netdev_naming.h"

/* What it guards and where it may be taken: netdev_naming.h. */
DEFINE_RAW_SPINLOCK(nn_lock);

/*
 * Ids start at the microseconds since boot at which the module was loaded, and
 * the module does not go before that clock is past the last id. So no id of an
 * earlier load is given again until the machine reboots.
 */
static u64 nn_id_base;
static unsigned long nn_last_nr;	/* under RTNL */
static unsigned int nn_count;		/* written under RTNL */

/* By id, as its distance from nn_id_base; changed under RTNL, followed under RCU. */
static DEFINE_XARRAY(nn_nics);

static DEFINE_HASHTABLE(nn_by_netdev, 10);

/* A name that does not fit would be another name: leave it out. */
static void nn_string_set(char *dst, size_t size, const char *src)
{
	if (src && strlen(src) < size)
		strscpy(dst, src, size);
}

/* Whether udev finds it below /sys/devices/virtual: the device at the top is in a class. */
static bool nn_is_hardware(const struct device *dev)
{
	while (dev->parent)
		dev = dev->parent;
	return !dev->class;
}

static void nn_fixed_init(struct nn_fixed *fixed, const struct net_device *netdev)
{
	const struct device *parent = netdev->dev.parent;
	const struct device_driver *driver;

	fixed->hardware = nn_is_hardware(&netdev->dev);
	if (netdev->rtnl_link_ops)
		nn_string_set(fixed->kind, sizeof(fixed->kind), netdev->rtnl_link_ops->kind);
	if (netdev->dev.type)
		nn_string_set(fixed->devtype, sizeof(fixed->devtype), netdev->dev.type->name);
	if (!parent)
		return;
	nn_string_set(fixed->parent_bus, sizeof(fixed->parent_bus), dev_bus_name(parent));
	nn_string_set(fixed->parent_name, sizeof(fixed->parent_name), dev_name(parent));
	/* The parent may lose its driver meanwhile; the driver itself stays for now. */
	driver = READ_ONCE(parent->driver);
	if (driver)
		nn_string_set(fixed->driver, sizeof(fixed->driver), driver->name);
}

/**
 * nn_nic_create() - start to track a NIC
 * @netdev: registered in the initial network namespace
 *
 * Others can look it up from here on, but it is not in the initial namespace
 * until the caller says so.
 *
 * Context: RTNL held, nn_lock not held; may sleep.
 * Return: the NIC, or an ERR_PTR().
 */
struct nn_nic *nn_nic_create(struct net_device *netdev)
{
	struct nn_nic *nic;
	int err;

	ASSERT_RTNL();
	nic = compat_kzalloc_obj(*nic, GFP_KERNEL);
	if (!nic)
		return ERR_PTR(-ENOMEM);

	kref_init(&nic->ref);
	INIT_LIST_HEAD(&nic->wake_link);
	INIT_LIST_HEAD(&nic->stale_link);
	INIT_LIST_HEAD(&nic->node_link);
	init_waitqueue_head(&nic->wait);
	nic->netdev = netdev;
	nn_fixed_init(&nic->fixed, netdev);
	nic->id = nn_id_base + nn_last_nr + 1;
	err = xa_insert(&nn_nics, nn_last_nr + 1, nic, GFP_KERNEL);
	if (err) {
		kfree(nic);
		return ERR_PTR(err);
	}
	nn_last_nr++;
	WRITE_ONCE(nn_count, nn_count + 1);
	hash_add_rcu(nn_by_netdev, &nic->by_netdev, (unsigned long)netdev);
	return nic;
}

static void nn_nic_release(struct kref *ref)
{
	struct nn_nic *nic = container_of(ref, struct nn_nic, ref);

	kfree(nic->altnames.names);
	kfree_rcu(nic, rcu);
}

/**
 * nn_nic_put() - drop a reference
 * @nic: the NIC, or NULL
 *
 * Context: any but under nn_lock.
 */
void nn_nic_put(struct nn_nic *nic)
{
	if (nic)
		kref_put(&nic->ref, nn_nic_release);
}

/**
 * nn_nic_remove() - forget a NIC that is being unregistered
 * @nic: the NIC, whose nn_nic.netdev is NULL; handles may still refer to it
 *
 * Context: RTNL held, nn_lock not held.
 */
void nn_nic_remove(struct nn_nic *nic)
{
	ASSERT_RTNL();
	WRITE_ONCE(nn_count, nn_count - 1);
	hash_del_rcu(&nic->by_netdev);
	xa_erase(&nn_nics, nic->id - nn_id_base);
	nn_nic_put(nic);
}

/**
 * nn_nic_find() - find a NIC by its net device
 * @netdev: the address is all that matters
 *
 * Context: RTNL or the RCU read lock held.
 * Return: the NIC without a reference, or NULL.
 */
struct nn_nic *nn_nic_find(const struct net_device *netdev)
{
	struct nn_nic *nic;

	hash_for_each_possible_rcu(nn_by_netdev, nic, by_netdev, (unsigned long)netdev,
				   lockdep_rtnl_is_held())
		if (READ_ONCE(nic->netdev) == netdev)
			return nic;
	return NULL;
}

/**
 * nn_nic_next() - walk over all NICs in the order of their ids
 * @nic: the one before, whose reference is dropped; NULL to start
 *
 * Context: may sleep. NICs that come or go meanwhile may be seen or not.
 * Return: the next one with a reference, or NULL.
 */
struct nn_nic *nn_nic_next(struct nn_nic *nic)
{
	unsigned long nr = nic ? nic->id - nn_id_base : 0;

	nn_nic_put(nic);
	rcu_read_lock();
	do {
		nic = xa_find_after(&nn_nics, &nr, ULONG_MAX, XA_PRESENT);
	} while (nic && !kref_get_unless_zero(&nic->ref));
	rcu_read_unlock();
	cond_resched();
	return nic;
}

/* How many there are, or were a moment ago. */
unsigned int nn_nic_count(void)
{
	return READ_ONCE(nn_count);
}

/**
 * nn_nic_get_here() - take a reference if the NIC is in the initial namespace
 * @nic: the NIC, or NULL
 *
 * Context: RCU read lock held.
 * Return: the NIC, or NULL.
 */
struct nn_nic *nn_nic_get_here(struct nn_nic *nic)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "the NIC may be freed");
	if (!nic || !READ_ONCE(nic->here) || !kref_get_unless_zero(&nic->ref))
		return NULL;
	return nic;
}

/**
 * nn_nic_get_by_id() - find a NIC by its id
 * @id: id
 *
 * Context: any.
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_id(u64 id)
{
	struct nn_nic *nic;

	if (id <= nn_id_base || id - nn_id_base > ULONG_MAX)
		return NULL;
	rcu_read_lock();
	nic = nn_nic_get_here(xa_load(&nn_nics, id - nn_id_base));
	rcu_read_unlock();
	return nic;
}

static struct nn_nic *nn_nic_get_by_netdev(const struct net_device *netdev)
{
	return netdev ? nn_nic_get_here(nn_nic_find(netdev)) : NULL;
}

/**
 * nn_nic_get_by_ifindex() - find a NIC of the initial namespace
 * @ifindex: interface index
 *
 * Context: any.
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_ifindex(unsigned int ifindex)
{
	struct nn_nic *nic;

	if (ifindex > INT_MAX)
		return NULL;
	rcu_read_lock();
	nic = nn_nic_get_by_netdev(dev_get_by_index_rcu(&init_net, ifindex));
	rcu_read_unlock();
	return nic;
}

/**
 * nn_nic_get_by_name() - find a NIC of the initial namespace
 * @name: kernel name or alternative name
 *
 * Context: any.
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_name(const char *name)
{
	struct nn_nic *nic;

	rcu_read_lock();
	nic = nn_nic_get_by_netdev(dev_get_by_name_rcu(&init_net, name));
	rcu_read_unlock();
	return nic;
}

/**
 * nn_nic_name() - the name that a NIC has, or had last in the initial namespace
 * @nic: the NIC
 * @name: room for IFNAMSIZ bytes
 *
 * Context: any but under nn_lock.
 */
void nn_nic_name(const struct nn_nic *nic, char *name)
{
	raw_spin_lock(&nn_lock);
	memcpy(name, nic->name, IFNAMSIZ);
	raw_spin_unlock(&nn_lock);
}

/**
 * nn_nic_generation() - the number of events of a NIC so far
 * @nic: the NIC
 *
 * Context: any but under nn_lock.
 * Return: the number.
 */
u64 nn_nic_generation(const struct nn_nic *nic)
{
	u64 generation;

	raw_spin_lock(&nn_lock);
	generation = nic->generation;
	raw_spin_unlock(&nn_lock);
	return generation;
}

static u64 nn_boottime_us(void)
{
	return ktime_to_us(ktime_get_boottime());
}

void nn_nic_init(void)
{
	nn_id_base = nn_boottime_us();
}

/* No NIC is known any more. */
void nn_nic_exit(void)
{
	WARN_ON(!xa_empty(&nn_nics));
	xa_destroy(&nn_nics);
	/* The next load has to start above the last id. */
	while (nn_boottime_us() <= nn_id_base + nn_last_nr)
		msleep(20);
}
