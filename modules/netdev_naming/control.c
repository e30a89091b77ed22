// SPDX-License-Identifier: GPL-2.0-only
#include <linux/build_bug.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/string.h>

#include "netdev_naming.h"

static_assert(sizeof(struct netdev_naming_entry) == 40);
static_assert(sizeof(struct netdev_naming_enumerate) == 48);
static_assert(sizeof(struct netdev_naming_open_by_ifindex) == 16);
static_assert(sizeof(struct netdev_naming_open_by_name) == 144);
static_assert(sizeof(struct netdev_naming_open_by_id) == 24);
static_assert(sizeof(struct netdev_naming_event) == 200);
static_assert(sizeof(struct netdev_naming_event_size) == 16);

static int nn_control_open_handle(struct waymark_ioctl_call *call, struct nn_nic *nic, __s32 *fd)
{
	int err;

	if (!nic)
		return -ENOENT;
	err = nn_handle_create(call, nic);
	if (!err)
		*fd = call->new_fd;
	return err;
}

static int nn_control_open_by_ifindex(struct waymark_ioctl_call *call)
{
	struct netdev_naming_open_by_ifindex *arg = call->arg;

	if (!arg->ifindex || arg->ifindex > INT_MAX)
		return -EINVAL;
	return nn_control_open_handle(call, nn_nic_get_by_ifindex(arg->ifindex), &arg->fd);
}

static int nn_control_open_by_name(struct waymark_ioctl_call *call)
{
	struct netdev_naming_open_by_name *arg = call->arg;

	if (!arg->name[0] || strnlen(arg->name, sizeof(arg->name)) == sizeof(arg->name) ||
	    arg->__reserved)
		return -EINVAL;
	return nn_control_open_handle(call, nn_nic_get_by_name(arg->name), &arg->fd);
}

static int nn_control_open_by_id(struct waymark_ioctl_call *call)
{
	struct netdev_naming_open_by_id *arg = call->arg;

	if (arg->__reserved)
		return -EINVAL;
	return nn_control_open_handle(call, nn_nic_get_by_id(arg->id), &arg->fd);
}

union nn_control_arg {
	struct netdev_naming_enumerate enumerate;
	struct netdev_naming_open_by_ifindex by_ifindex;
	struct netdev_naming_open_by_name by_name;
	struct netdev_naming_open_by_id by_id;
	struct netdev_naming_event_size event_size;
};

static const struct waymark_ioctl nn_control_ioctls[] = {
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_ENUMERATE, union nn_control_arg,
		      struct netdev_naming_enumerate, total, nn_enumerate),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, union nn_control_arg,
		      struct netdev_naming_open_by_ifindex, fd, nn_control_open_by_ifindex),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_OPEN_BY_NAME, union nn_control_arg,
		      struct netdev_naming_open_by_name, __reserved, nn_control_open_by_name),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_OPEN_BY_ID, union nn_control_arg,
		      struct netdev_naming_open_by_id, __reserved, nn_control_open_by_id),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_SET_EVENT_SIZE, union nn_control_arg,
		      struct netdev_naming_event_size, __reserved, nn_event_size_set),
};

static long nn_control_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	union nn_control_arg arg;

	return waymark_ioctl(file, nn_control_ioctls, &arg, cmd, user);
}

static int nn_control_open(struct inode *inode, struct file *file)
{
	struct nn_reader *reader;
	int err;

	err = nn_reader_permitted();
	if (err)
		return err;
	reader = nn_reader_create(NULL);
	if (IS_ERR(reader))
		return PTR_ERR(reader);
	file->private_data = reader;
	return stream_open(inode, file);
}

static const struct file_operations nn_control_fops = {
	.owner = THIS_MODULE,
	.open = nn_control_open,
	.release = nn_reader_release,
	.read = nn_reader_read,
	.poll = nn_reader_poll,
	.unlocked_ioctl = nn_control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice nn_control_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "netdev_naming_control",
	.nodename = "netdev/control",
	.mode = 0444,
	.fops = &nn_control_fops,
};

int nn_control_init(void)
{
	return misc_register(&nn_control_device);
}

void nn_control_exit(void)
{
	misc_deregister(&nn_control_device);
}
