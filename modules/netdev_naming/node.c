// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cdev.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "compat/net_class.h"
#include "netdev_naming.h"

static dev_t nn_devt;
static struct cdev nn_cdev;

/*
 * Attributes must not take RTNL: it is held while the device is removed, which
 * waits for attributes that are being read.
 */
static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nn_nic *nic = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%llu\n", nic->id);
}
static DEVICE_ATTR_RO(id);

static ssize_t ifindex_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nn_nic *nic = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(nic->ifindex));
}
static DEVICE_ATTR_RO(ifindex);

static ssize_t interface_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nn_nic *nic = dev_get_drvdata(dev);
	ssize_t len;

	mutex_lock(&nn_lock);
	len = sysfs_emit(buf, "%s\n", nic->name);
	mutex_unlock(&nn_lock);
	return len;
}
static DEVICE_ATTR_RO(interface);

static ssize_t generation_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct nn_nic *nic = dev_get_drvdata(dev);
	u64 generation;

	mutex_lock(&nn_lock);
	generation = nic->generation;
	mutex_unlock(&nn_lock);
	return sysfs_emit(buf, "%llu\n", generation);
}
static DEVICE_ATTR_RO(generation);

static struct attribute *nn_node_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_ifindex.attr,
	&dev_attr_interface.attr,
	&dev_attr_generation.attr,
	NULL,
};
ATTRIBUTE_GROUPS(nn_node);

static char *nn_node_devnode(compat_class_const struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0444;
	return kasprintf(GFP_KERNEL, "netdev/%s", dev_name(dev));
}

/* As Unicode has it: neither too long, nor a surrogate, nor no character. */
static bool nn_is_character(u32 code, unsigned int bytes)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[bytes] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff) && (code < 0xfdd0 || code > 0xfdef) &&
	       (code & 0xfffe) != 0xfffe;
}

/*
 * The kernel takes nearly any byte in a name; udev (since 258.6, 259.4 and 260)
 * drops an event with control characters or anything but UTF-8 in its path.
 */
static bool nn_is_text(const char *name)
{
	while (*name) {
		u8 first = *name++;
		unsigned int bytes, i;
		u32 code;

		if (first < 0x80) {
			if (iscntrl(first))
				return false;
			continue;
		}
		if (first < 0xc0 || first >= 0xf8)
			return false;
		bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
		code = first & (0x7f >> bytes);
		for (i = 1; i < bytes; i++) {
			if ((*name & 0xc0) != 0x80)
				return false;
			code = code << 6 | (*name++ & 0x3f);
		}
		if (!nn_is_character(code, bytes))
			return false;
	}
	return true;
}

static int nn_node_uevent(compat_class_const struct device *dev, struct kobj_uevent_env *env)
{
	const struct nn_nic *nic = dev_get_drvdata(dev);
	int err = 0;

	mutex_lock(&nn_lock);
	if (nn_is_text(nic->name))
		err = add_uevent_var(env, "INTERFACE=%s", nic->name);
	if (!err)
		err = add_uevent_var(env, "IFINDEX=%u", nic->ifindex);
	mutex_unlock(&nn_lock);
	return err;
}

/* Tagged, or the uevents would go to every network namespace. */
static compat_class_ns *nn_node_namespace(compat_class_const struct device *dev)
{
	return compat_class_net_ns(&init_net);
}

static struct class nn_class = {
	.name = KBUILD_MODNAME,
	.dev_groups = nn_node_groups,
	.dev_uevent = nn_node_uevent,
	.devnode = nn_node_devnode,
	.ns_type = &net_ns_type_operations,
	.namespace = nn_node_namespace,
};

/**
 * nn_node_add() - make the node of a NIC that is in the initial namespace
 * @nic: the NIC
 * @parent: its net device
 *
 * A NIC without a node still has a name, an id and events: a failure is only
 * reported. With a name that udev does not take in a path, the node's device is
 * no child of the net device.
 *
 * Context: RTNL held, nn_lock not held (uevents and attributes take it).
 */
void nn_node_add(struct nn_nic *nic, struct device *parent)
{
	struct device *node;

	if (!nn_is_text(nic->name))
		parent = NULL;
	node = device_create(&nn_class, parent, MKDEV(MAJOR(nn_devt), nic->minor), nic,
			     "if%u", nic->ifindex);
	if (IS_ERR(node)) {
		pr_warn("%s: no node: error %ld\n", nic->name, PTR_ERR(node));
		return;
	}
	nic->node = node;
}

/**
 * nn_node_change() - tell user space that the NIC has another name
 * @nic: the NIC
 * @parent: its net device
 *
 * Context: RTNL held, nn_lock not held.
 */
void nn_node_change(struct nn_nic *nic, struct device *parent)
{
	/* There was no memory for it the last time. */
	if (!nic->node) {
		nn_node_add(nic, parent);
		return;
	}
	if (nn_is_text(nic->name) == !!nic->node->parent) {
		kobject_uevent(&nic->node->kobj, KOBJ_CHANGE);
		return;
	}
	/*
	 * To its other place. device_move() would leave the directory of the
	 * class behind. Without a "remove", udev takes the "add" for a change
	 * of the node that it knows, and keeps what it knows.
	 */
	dev_set_uevent_suppress(nic->node, true);
	device_unregister(nic->node);
	nic->node = NULL;
	nn_node_add(nic, parent);
}

/**
 * nn_node_remove() - remove the node of a NIC that leaves
 * @nic: the NIC
 *
 * Context: RTNL held, nn_lock not held.
 */
void nn_node_remove(struct nn_nic *nic)
{
	if (!nic->node)
		return;
	device_unregister(nic->node);
	nic->node = NULL;
}

int nn_node_init(void)
{
	int err;

	err = alloc_chrdev_region(&nn_devt, 0, NN_MINORS, KBUILD_MODNAME);
	if (err)
		return err;

	cdev_init(&nn_cdev, &nn_handle_fops);
	nn_cdev.owner = THIS_MODULE;
	err = cdev_add(&nn_cdev, nn_devt, NN_MINORS);
	if (err)
		goto err_free_region;

	err = class_register(&nn_class);
	if (err)
		goto err_del_cdev;
	return 0;

err_del_cdev:
	cdev_del(&nn_cdev);
err_free_region:
	unregister_chrdev_region(nn_devt, NN_MINORS);
	return err;
}

void nn_node_exit(void)
{
	class_unregister(&nn_class);
	cdev_del(&nn_cdev);
	unregister_chrdev_region(nn_devt, NN_MINORS);
}
