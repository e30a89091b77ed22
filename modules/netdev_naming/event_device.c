// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "compat/net_class.h"
#include "netdev_naming.h"

/*
 * The event device of a NIC is a child of the net device, because udev handles
 * the events of a child after those of its parent. udev's rule for it asks for
 * the uevent of the node (node.c), which thus comes when udev is through with
 * the net device.
 *
 * It has no device number: adding and removing a device with a number waits for
 * devtmpfs, which waits for any process that reads a directory of /dev, and all
 * of this runs under RTNL. Nor do its uevents have IFINDEX, by which udev would
 * store what it knows of this device in the place of the net device.
 */
static compat_class_ns *nn_event_namespace(compat_class_const struct device *dev)
{
	return compat_class_net_ns(&init_net);
}

/* Tagged with the namespace, or its uevents would go to every namespace. */
static struct class nn_event_class = {
	.name = NN_NAME "_event",
	.ns_type = &net_ns_type_operations,
	.namespace = nn_event_namespace,
};

/**
 * nn_event_device_add() - add the event device of a NIC
 * @nic: a NIC that is in the initial namespace and has no event device
 * @parent: its net device
 *
 * Context: RTNL held, nn_lock not held.
 * Return: true if there is one now; false if the node has to be announced
 * without, for lack of memory or because udev would not accept the path.
 */
bool nn_event_device_add(struct nn_nic *nic, struct device *parent)
{
	struct device *dev;

	ASSERT_RTNL();
	if (!nn_is_text(nic->name))
		return false;
	dev = device_create(&nn_event_class, parent, MKDEV(0, 0), NULL, "if%u", nic->ifindex);
	if (IS_ERR(dev)) {
		pr_warn("%s: cannot order its events: %pe\n", nic->name, dev);
		return false;
	}
	nic->event_device = dev;
	return true;
}

/**
 * nn_event_device_change() - send a uevent, as the NIC has another name
 * @nic: the NIC
 * @parent: its net device
 *
 * Context: RTNL held, nn_lock not held.
 * Return: as nn_event_device_add().
 */
bool nn_event_device_change(struct nn_nic *nic, struct device *parent)
{
	ASSERT_RTNL();
	if (!nic->event_device)
		return nn_event_device_add(nic, parent);
	if (nn_is_text(nic->name))
		return !kobject_uevent(&nic->event_device->kobj, KOBJ_CHANGE);

	/* udev accepts no event with this path, neither "change" nor "remove". */
	dev_set_uevent_suppress(nic->event_device, true);
	nn_event_device_remove(nic);
	return false;
}

/**
 * nn_event_device_remove() - remove the event device of a NIC, if it has one
 * @nic: the NIC
 *
 * Context: RTNL held, nn_lock not held.
 */
void nn_event_device_remove(struct nn_nic *nic)
{
	ASSERT_RTNL();
	if (!nic->event_device)
		return;
	device_unregister(nic->event_device);
	nic->event_device = NULL;
}

int nn_event_device_init(void)
{
	return class_register(&nn_event_class);
}

void nn_event_device_exit(void)
{
	class_unregister(&nn_event_class);
}
