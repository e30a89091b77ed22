// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "netdev_naming.h"

/* Under RTNL. The module goes: every NIC is to be forgotten. */
static bool nn_stopping;

/* Without an event device, udev's rules do not ask for the uevent of the node. */
static void nn_netdev_announce(struct nn_nic *nic, bool by_udev)
{
	if (!by_udev) {
		raw_spin_lock(&nn_lock);
		nn_node_want_announced(nic);
		raw_spin_unlock(&nn_lock);
	}
	nn_node_run();
}

/* Registered, or moved here; at load, every NIC that there is. */
static void nn_netdev_arrive(struct net_device *netdev)
{
	enum netdev_naming_event_type type = NETDEV_NAMING_EVENT_RETURNED;
	struct nn_nic *nic;

	if (!net_eq(dev_net(netdev), &init_net))
		return;

	nic = nn_nic_find(netdev);
	if (!nic) {
		type = NETDEV_NAMING_EVENT_ADDED;
		nic = nn_nic_create(netdev);
		if (IS_ERR(nic)) {
			pr_warn("%s: cannot track the NIC: %pe\n", netdev->name, nic);
			return;
		}
	}

	raw_spin_lock(&nn_lock);
	WRITE_ONCE(nic->here, true);
	nic->ifindex = netdev->ifindex;
	strscpy_pad(nic->name, netdev->name, sizeof(nic->name));
	nn_event_emit(nic, type, NULL, 0);
	nn_node_want(nic, nic->ifindex);
	raw_spin_unlock(&nn_lock);

	nn_netdev_announce(nic, nn_event_device_add(nic, &netdev->dev));
	nn_altname_check(nic);
}

/* Returns whether it was here. */
static bool nn_netdev_left(struct nn_nic *nic, bool gone)
{
	bool here;

	raw_spin_lock(&nn_lock);
	here = nic->here;
	nic->moves++;
	WRITE_ONCE(nic->here, false);
	if (here)
		nn_node_want(nic, 0);
	if (gone) {
		nn_event_emit(nic, NETDEV_NAMING_EVENT_UNREGISTERED, NULL, 0);
		/* Pairs with smp_load_acquire() in nn_reader_gone(): the event comes first. */
		smp_store_release(&nic->netdev, NULL);
	} else if (here) {
		nn_event_emit(nic, NETDEV_NAMING_EVENT_MOVED, NULL, 0);
	}
	raw_spin_unlock(&nn_lock);
	return here;
}

/* Unregistered, or about to move elsewhere. */
static void nn_netdev_leave(struct net_device *netdev)
{
	bool gone = nn_stopping || netdev->reg_state != NETREG_REGISTERED;
	struct nn_nic *nic = nn_nic_find(netdev);

	if (!nic)
		return;
	if (nn_netdev_left(nic, gone)) {
		/* Before its parent. The rule for its uevent lets udev wait for the worker. */
		nn_event_device_remove(nic);
		nn_node_run();
	}
	if (gone)
		nn_nic_remove(nic);
}

static void nn_netdev_rename(struct net_device *netdev)
{
	struct nn_nic *nic = nn_nic_find(netdev);
	char old[IFNAMSIZ];

	if (!nic || !nic->here)
		return;
	raw_spin_lock(&nn_lock);
	memcpy(old, nic->name, sizeof(old));
	strscpy_pad(nic->name, netdev->name, sizeof(nic->name));
	nn_event_emit(nic, NETDEV_NAMING_EVENT_RENAMED, old, strlen(old));
	raw_spin_unlock(&nn_lock);

	nn_netdev_announce(nic, nn_event_device_change(nic, &netdev->dev));
}

static void nn_netdev_change_address(struct net_device *netdev)
{
	struct nn_nic *nic = nn_nic_find(netdev);

	if (!nic || !nic->here)
		return;
	raw_spin_lock(&nn_lock);
	nn_event_emit(nic, NETDEV_NAMING_EVENT_ADDRESS, netdev->dev_addr, netdev->addr_len);
	raw_spin_unlock(&nn_lock);
}

/* rtnetlink says no more than this after it changed alternative names. */
static void nn_netdev_change_state(struct net_device *netdev)
{
	struct nn_nic *nic = nn_nic_find(netdev);

	if (nic && nic->here)
		nn_altname_check(nic);
}

static int nn_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *netdev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_REGISTER:
		nn_netdev_arrive(netdev);
		break;
	case NETDEV_UNREGISTER:
		nn_netdev_leave(netdev);
		break;
	case NETDEV_CHANGENAME:
		nn_netdev_rename(netdev);
		break;
	case NETDEV_CHANGEADDR:
		nn_netdev_change_address(netdev);
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
		nn_netdev_change_state(netdev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block nn_notifier = {
	.notifier_call = nn_netdev_event,
};

/* Sees all NICs that there are already as registrations. */
int nn_notifier_init(void)
{
	return register_netdevice_notifier(&nn_notifier);
}

/* Sees all NICs that there still are as unregistrations. */
void nn_notifier_exit(void)
{
	rtnl_lock();
	nn_stopping = true;
	rtnl_unlock();
	unregister_netdevice_notifier(&nn_notifier);
}
