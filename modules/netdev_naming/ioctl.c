// SPDX-License-Identifier: GPL-2.0-only
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "netdev_naming.h"

/* What every argument starts with. */
struct nn_ioctl_head {
	u32 size;
	u32 flags;
};

static int nn_ioctl_finish(struct nn_call *call, void __user *uarg, size_t len, int ret)
{
	/* -EMSGSIZE says how much room is needed. */
	if ((!ret || ret == -EMSGSIZE) && copy_to_user(uarg, call->arg, len))
		ret = -EFAULT;
	if (!call->new_file)
		return ret;
	if (ret) {
		put_unused_fd(call->new_fd);
		fput(call->new_file);
	} else {
		fd_install(call->new_fd, call->new_file);
	}
	return ret;
}

/**
 * nn_ioctl_dispatch() - find and call the handler of an ioctl
 * @file: the descriptor
 * @table: all ioctls of the device
 * @nr: number of entries of @table
 * @cmd: number of the ioctl
 * @arg: user's argument
 *
 * Return: 0 or an error as the uapi header lists them.
 */
long nn_ioctl_dispatch(struct file *file, const struct nn_ioctl *table, unsigned int nr,
		       unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;
	struct nn_call call = {
		.file = file,
		.reader = file->private_data,
	};
	struct nn_ioctl_head *head;
	u32 size;
	int ret;

	while (nr && table->cmd != cmd) {
		table++;
		nr--;
	}
	if (!nr)
		return -ENOTTY;

	if (get_user(size, (u32 __user *)uarg))
		return -EFAULT;
	if (size < table->min_size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;

	head = kzalloc(table->size, GFP_KERNEL);
	if (!head)
		return -ENOMEM;
	call.arg = head;
	ret = copy_struct_from_user(head, table->size, uarg, size);
	if (ret)
		goto out_free;
	if (head->flags) {
		ret = -EOPNOTSUPP;
		goto out_free;
	}

	ret = table->handler(&call);
	head->size = table->size;
	ret = nn_ioctl_finish(&call, uarg, min_t(size_t, size, table->size), ret);
out_free:
	kfree(head);
	return ret;
}
