// SPDX-License-Identifier: GPL-2.0-only
#include <linux/anon_inodes.h>
#include <linux/build_bug.h>
#include <linux/file.h>
#include <linux/module.h>

#include "netdev_naming.h"

static_assert(sizeof(struct netdev_naming_info) == 664);
static_assert(sizeof(struct netdev_naming_altnames) == 32);

union nn_handle_arg {
	struct netdev_naming_info info;
	struct netdev_naming_altnames altnames;
	struct netdev_naming_event_size event_size;
};

static const struct waymark_ioctl nn_handle_ioctls[] = {
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_GET_INFO, union nn_handle_arg,
		      struct netdev_naming_info, parent_name, nn_info_get),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_GET_ALTNAMES, union nn_handle_arg,
		      struct netdev_naming_altnames, __reserved, nn_altnames_get),
	WAYMARK_IOCTL(NETDEV_NAMING_IOC_SET_EVENT_SIZE, union nn_handle_arg,
		      struct netdev_naming_event_size, __reserved, nn_event_size_set),
};

static long nn_handle_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	union nn_handle_arg arg;

	return waymark_ioctl(file, nn_handle_ioctls, &arg, cmd, user);
}

static int nn_handle_open(struct inode *inode, struct file *file)
{
	struct nn_reader *reader;
	struct nn_nic *nic;
	int err;

	err = nn_reader_permitted();
	if (err)
		return err;
	nic = nn_nic_get_by_minor(iminor(inode));
	if (!nic)
		return -ENODEV;
	reader = nn_reader_create(nic);
	if (IS_ERR(reader)) {
		nn_nic_put(nic);
		return PTR_ERR(reader);
	}
	file->private_data = reader;
	return stream_open(inode, file);
}

const struct file_operations nn_handle_fops = {
	.owner = THIS_MODULE,
	.open = nn_handle_open,
	.release = nn_reader_release,
	.read = nn_reader_read,
	.poll = nn_reader_poll,
	.unlocked_ioctl = nn_handle_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/**
 * nn_handle_create() - make a handle without a path
 * @call: the ioctl that asks for it, gets the descriptor
 * @nic: the NIC, whose reference is taken over in any case
 *
 * Return: 0 or an error.
 */
int nn_handle_create(struct waymark_ioctl_call *call, struct nn_nic *nic)
{
	struct nn_reader *reader;
	struct file *file;
	int fd;

	reader = nn_reader_create(nic);
	if (IS_ERR(reader)) {
		nn_nic_put(nic);
		return PTR_ERR(reader);
	}

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		goto err_destroy_reader;
	file = anon_inode_getfile("[netdev_naming]", &nn_handle_fops, reader, O_RDONLY);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		fd = PTR_ERR(file);
		goto err_destroy_reader;
	}
	stream_open(file_inode(file), file);

	call->new_file = file;
	call->new_fd = fd;
	return 0;

err_destroy_reader:
	nn_reader_destroy(reader);
	return fd;
}
