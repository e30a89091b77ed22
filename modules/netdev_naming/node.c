// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "compat/net_class.h"
#include "compat/slab.h"
#include "netdev_naming.h"

/*
 * The device with a number that stands for a NIC. Adding and removing it waits
 * for devtmpfs and so for any process that reads a directory of /dev: nothing
 * here may run under RTNL, or under a lock that something under RTNL takes. One
 * worker calls it (node_work.c).
 */
struct nn_node {
	struct device dev;
	struct nn_nic *nic;	/* with a reference */
	unsigned int ifindex;	/* in its name, also once the NIC has another one */
	bool announced;
};

static dev_t nn_devt;
static struct cdev nn_cdev;

/* NICs by the minor of their node, of those that have one. */
static DEFINE_XARRAY_ALLOC(nn_minors);
static u32 nn_next_minor;

/* How many devices there are, also of those that are unregistered and still in use. */
static atomic_t nn_node_count = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(nn_node_released);

static struct nn_node *to_nn_node(const struct device *dev)
{
	return container_of(dev, struct nn_node, dev);
}

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", to_nn_node(dev)->nic->id);
}
static DEVICE_ATTR_RO(id);

static ssize_t ifindex_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_nn_node(dev)->ifindex);
}
static DEVICE_ATTR_RO(ifindex);

static ssize_t interface_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	char name[IFNAMSIZ];

	nn_nic_name(to_nn_node(dev)->nic, name);
	return sysfs_emit(buf, "%s\n", name);
}
static DEVICE_ATTR_RO(interface);

static ssize_t generation_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", nn_nic_generation(to_nn_node(dev)->nic));
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

static int nn_node_uevent(compat_class_const struct device *dev, struct kobj_uevent_env *env)
{
	const struct nn_node *node = to_nn_node(dev);
	char name[IFNAMSIZ];
	int err = 0;

	nn_nic_name(node->nic, name);
	if (nn_is_text(name))
		err = add_uevent_var(env, "INTERFACE=%s", name);
	if (!err)
		err = add_uevent_var(env, "IFINDEX=%u", node->ifindex);
	if (!err && node->nic->fixed.hardware)
		err = add_uevent_var(env, "NETDEV_NAMING_HARDWARE=1");
	return err;
}

/* Tagged with the namespace, or its uevents would go to every namespace. */
static compat_class_ns *nn_node_namespace(compat_class_const struct device *dev)
{
	return compat_class_net_ns(&init_net);
}

static struct class nn_class = {
	.name = NN_NAME,
	.dev_groups = nn_node_groups,
	.dev_uevent = nn_node_uevent,
	.devnode = nn_node_devnode,
	.ns_type = &net_ns_type_operations,
	.namespace = nn_node_namespace,
};

/*
 * udev's rule for the event device writes the ifindex. The write returns when
 * the uevent was sent, so that "udevadm settle" waits for it, too.
 */
static ssize_t announce_store(compat_class_attr_const struct class *class,
			      compat_class_attr_const struct class_attribute *attr,
			      const char *buf, size_t count)
{
	unsigned int ifindex;
	int err;

	err = kstrtouint(buf, 10, &ifindex);
	if (err)
		return err;
	nn_node_announce_and_wait(ifindex);
	return count;
}
static CLASS_ATTR_WO(announce);

static void nn_node_release(struct device *dev)
{
	struct nn_node *node = to_nn_node(dev);

	nn_nic_put(node->nic);
	kfree(node);
	if (atomic_dec_and_test(&nn_node_count))
		wake_up(&nn_node_released);
}

static struct nn_node *nn_node_alloc(struct nn_nic *nic, unsigned int ifindex, u32 minor)
{
	struct nn_node *node;

	node = compat_kzalloc_obj(*node, GFP_KERNEL);
	if (!node)
		return NULL;
	kref_get(&nic->ref);
	node->nic = nic;
	node->ifindex = ifindex;
	atomic_inc(&nn_node_count);
	device_initialize(&node->dev);
	node->dev.class = &nn_class;
	node->dev.devt = MKDEV(MAJOR(nn_devt), minor);
	node->dev.release = nn_node_release;
	/* The first "add" comes when udev's rule asks for it, see nn_node_announce(). */
	dev_set_uevent_suppress(&node->dev, true);
	return node;
}

/**
 * nn_node_add() - make the node of a NIC
 * @nic: the NIC
 * @ifindex: interface index, for the name of the node
 *
 * Minors go round: a process that has just resolved a path, but not yet opened
 * the node, must not end up at the NIC that took over the minor.
 *
 * Context: the worker.
 * Return: the node, or an ERR_PTR().
 */
struct nn_node *nn_node_add(struct nn_nic *nic, unsigned int ifindex)
{
	struct nn_node *node;
	u32 minor;
	int err;

	err = xa_alloc_cyclic(&nn_minors, &minor, nic, XA_LIMIT(0, NN_MINORS - 1),
			      &nn_next_minor, GFP_KERNEL);
	if (err < 0)
		return ERR_PTR(err);
	node = nn_node_alloc(nic, ifindex, minor);
	if (!node) {
		err = -ENOMEM;
		goto err_free_minor;
	}
	err = dev_set_name(&node->dev, "if%u", ifindex);
	if (!err)
		err = device_add(&node->dev);
	if (err)
		goto err_put_node;
	/* Whoever writes to "uevent", as "udevadm trigger" does, waits for what it caused. */
	dev_set_uevent_suppress(&node->dev, false);
	return node;

err_put_node:
	put_device(&node->dev);
err_free_minor:
	xa_erase(&nn_minors, minor);
	return ERR_PTR(err);
}

/**
 * nn_node_remove() - remove a node
 * @node: the node
 *
 * Context: the worker.
 */
void nn_node_remove(struct nn_node *node)
{
	u32 minor = MINOR(node->dev.devt);

	device_unregister(&node->dev);
	xa_erase(&nn_minors, minor);
}

unsigned int nn_node_ifindex(const struct nn_node *node)
{
	return node->ifindex;
}

/**
 * nn_node_announce() - send a uevent of a node
 * @node: the node
 *
 * To be called when udev is through with the net device, as the rule for the node
 * asks what udev knows of it.
 *
 * Context: the worker.
 * Return: 0 or an error, and no uevent then.
 */
int nn_node_announce(struct nn_node *node)
{
	int err;

	err = kobject_uevent(&node->dev.kobj, node->announced ? KOBJ_CHANGE : KOBJ_ADD);
	if (!err)
		node->announced = true;
	return err;
}

/**
 * nn_nic_get_by_minor() - find the NIC of a node
 * @minor: minor number
 *
 * Context: any but under nn_lock.
 * Return: the NIC with a reference, or NULL.
 */
struct nn_nic *nn_nic_get_by_minor(unsigned int minor)
{
	struct nn_nic *nic;

	rcu_read_lock();
	nic = nn_nic_get_here(xa_load(&nn_minors, minor));
	rcu_read_unlock();
	return nic;
}

int nn_node_init(void)
{
	int err;

	err = alloc_chrdev_region(&nn_devt, 0, NN_MINORS, NN_NAME);
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

/* From here on, uevents can be asked for. */
int nn_node_start(void)
{
	return class_create_file_ns(&nn_class, &class_attr_announce,
				    compat_class_net_ns(&init_net));
}

/* Waits for whoever writes to "announce". */
void nn_node_stop(void)
{
	class_remove_file_ns(&nn_class, &class_attr_announce, compat_class_net_ns(&init_net));
}

/* No NIC has a node any more. */
void nn_node_exit(void)
{
	wait_event(nn_node_released, !atomic_read(&nn_node_count));
	class_unregister(&nn_class);
	cdev_del(&nn_cdev);
	unregister_chrdev_region(nn_devt, NN_MINORS);
	WARN_ON(!xa_empty(&nn_minors));
	xa_destroy(&nn_minors);
}
