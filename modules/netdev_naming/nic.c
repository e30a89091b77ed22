// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hashtable.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

#include "compat/slab.h"
#include "netdev_naming.h"

/* What it guards and where it may be taken: netdev_naming.h. */
DEFINE_MUTEX(nn_lock);
LIST_HEAD(nn_nics);

static u64 nn_last_id;

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
 * Context: RTNL and nn_lock held.
 * Return: the NIC, or an ERR_PTR().
 */
struct nn_nic *nn_nic_create(struct net_device *netdev)
{
	struct nn_nic *nic;

	nic = compat_kzalloc_obj(*nic, GFP_KERNEL);
	if (!nic)
		return ERR_PTR(-ENOMEM);

	kref_init(&nic->ref);
	INIT_LIST_HEAD(&nic->readers);
	INIT_LIST_HEAD(&nic->node_link);
	nic->id = ++nn_last_id;
	nic->netdev = netdev;
	nn_fixed_init(&nic->fixed, netdev);
	hash_add(nn_by_netdev, &nic->by_netdev, (unsigned long)netdev);
	list_add_tail(&nic->link, &nn_nics);
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

/**
 * nn_nic_get_here() - take a reference if the NIC is in the initial namespace
 * @nic: the NIC, or NULL
 *
 * Context: RCU read lock or nn_lock held.
 * Return: the NIC, or NULL.
 */
struct nn_nic *nn_nic_get_here(struct nn_nic *nic)
{
	if (!nic || !READ_ONCE(nic->here) || !kref_get_unless_zero(&nic->ref))
		return NULL;
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
	mutex_lock(&nn_lock);
	memcpy(name, nic->name, IFNAMSIZ);
	mutex_unlock(&nn_lock);
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

	mutex_lock(&nn_lock);
	generation = nic->generation;
	mutex_unlock(&nn_lock);
	return generation;
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
}
