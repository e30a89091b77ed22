/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of all devices: one table per kind of descriptor, one function that
 * keeps the contract of Documentation/uapi.rst.
 *
 * Everything is inline, so that each module carries its own copy and none needs
 * another one to load.
 */
#ifndef WAYMARK_COMMON_IOCTL_H
#define WAYMARK_COMMON_IOCTL_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/*
 * The numbers of one kind of descriptor lie in a block of their own, which
 * starts at a multiple of this.
 */
#define WAYMARK_IOCTL_BLOCK	0x40

/* The first two members of every argument. */
struct waymark_ioctl_head {
	u32 size;
	u32 flags;
};

/**
 * struct waymark_ioctl_call - an ioctl being handled
 * @file: the descriptor that was called
 * @arg: the argument, a copy that the handler turns into the reply
 * @new_file: set by a handler that makes a descriptor. It is installed as @new_fd
 *	once the reply has reached the caller, and dropped if that fails
 * @new_fd: its number, reserved by get_unused_fd_flags()
 */
struct waymark_ioctl_call {
	struct file *file;
	void *arg;
	struct file *new_file;
	int new_fd;
};

/**
 * struct waymark_ioctl - an ioctl of a device
 * @cmd: its number
 * @size: bytes of its argument, as this module knows it
 * @min_size: bytes of its argument, as first published
 * @handler: does it. Returns 0; -EMSGSIZE if a buffer of the caller is too small,
 *	with the size that it needs in the reply; or another negative errno, upon
 *	which nothing is written back
 *
 * The handler neither reads nor writes the size and the flags.
 */
struct waymark_ioctl {
	unsigned int cmd;
	u32 size;
	u32 min_size;
	int (*handler)(struct waymark_ioctl_call *call);
};

/* Fails to build unless an argument of that type is as the contract wants it. */
#define WAYMARK_IOCTL_CHECK(_cmd, _union, _type)				\
	(BUILD_BUG_ON_ZERO(_IOC_DIR(_cmd) != _IOC_NONE) +			\
	 BUILD_BUG_ON_ZERO(_IOC_SIZE(_cmd) != 0) +				\
	 BUILD_BUG_ON_ZERO(sizeof(_type) > sizeof(_union)) +			\
	 BUILD_BUG_ON_ZERO(sizeof(_type) > PAGE_SIZE) +				\
	 BUILD_BUG_ON_ZERO(sizeof(_type) % sizeof(u64)) +			\
	 BUILD_BUG_ON_ZERO(offsetof(_type, size)) +				\
	 BUILD_BUG_ON_ZERO(offsetof(_type, flags) != sizeof(u32)) +		\
	 BUILD_BUG_ON_ZERO(sizeof_field(_type, size) != sizeof(u32)) +		\
	 BUILD_BUG_ON_ZERO(sizeof_field(_type, flags) != sizeof(u32)))

/**
 * WAYMARK_IOCTL() - an entry of a table of ioctls
 * @_cmd: its number
 * @_union: the type that the device keeps on the stack for all arguments
 * @_type: the type of this argument
 * @_last: last member of @_type when it was first published
 * @_handler: see struct waymark_ioctl
 */
#define WAYMARK_IOCTL(_cmd, _union, _type, _last, _handler)			\
	[_IOC_NR(_cmd) % WAYMARK_IOCTL_BLOCK] = {				\
		.cmd = (_cmd),							\
		.size = sizeof(_type) +						\
			WAYMARK_IOCTL_CHECK(_cmd, _union, _type),		\
		.min_size = offsetofend(_type, _last),				\
		.handler = (_handler),						\
	}

static inline const struct waymark_ioctl *
waymark_ioctl_find(const struct waymark_ioctl *table, unsigned int count, unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd) % WAYMARK_IOCTL_BLOCK;

	if (nr >= count)
		return NULL;
	table += array_index_nospec(nr, count);
	/* The whole number counts: its type, its block, no direction and no size. */
	return table->handler && table->cmd == cmd ? table : NULL;
}

/* Copies the argument in; stores the size that the caller knows in @size. */
static inline int waymark_ioctl_read(const struct waymark_ioctl *op, void *arg,
				     const void __user *user, u32 *size)
{
	struct waymark_ioctl_head *head = arg;
	int err;

	if (get_user(*size, (const u32 __user *)user))
		return -EFAULT;
	if (*size < op->min_size)
		return -EINVAL;
	/* Bound the zero tail that has to be scanned. */
	if (*size > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(arg, op->size, user, *size);
	if (err)
		return err;
	return head->flags ? -EOPNOTSUPP : 0;
}

/* Copies the reply out and hands over the new descriptor, if there is one. */
static inline int waymark_ioctl_reply(const struct waymark_ioctl_call *call, void __user *user,
				      u32 size, int ret)
{
	struct waymark_ioctl_head *head = call->arg;

	head->size = size;
	head->flags = 0;
	if ((!ret || ret == -EMSGSIZE) && copy_to_user(user, call->arg, size))
		ret = -EFAULT;
	if (!call->new_file)
		return ret;
	if (ret) {
		put_unused_fd(call->new_fd);
		fput(call->new_file);
	} else {
		/* From here on another thread can use and close it: nothing may fail. */
		fd_install(call->new_fd, call->new_file);
	}
	return ret;
}

static inline long __waymark_ioctl(struct file *file, const struct waymark_ioctl *table,
				   unsigned int count, void *arg, unsigned int cmd,
				   void __user *user)
{
	const struct waymark_ioctl *op = waymark_ioctl_find(table, count, cmd);
	struct waymark_ioctl_call call = { .file = file, .arg = arg };
	u32 size;
	int ret;

	if (!op)
		return -ENOTTY;
	ret = waymark_ioctl_read(op, arg, user, &size);
	if (ret)
		return ret;
	ret = op->handler(&call);
	return waymark_ioctl_reply(&call, user, min(size, op->size), ret);
}

/**
 * waymark_ioctl() - find and call the handler of an ioctl
 * @_file: the descriptor
 * @_table: array of all ioctls of this kind of descriptor, made by WAYMARK_IOCTL()
 * @_arg: pointer to the union that holds the argument; need not be initialized
 * @_cmd: number of the ioctl
 * @_user: the caller's argument, an unsigned long
 *
 * Context: may sleep; no lock that a page fault of the caller may delay.
 * Return: 0, or an errno as Documentation/uapi.rst and the uapi headers list them.
 */
#define waymark_ioctl(_file, _table, _arg, _cmd, _user)				\
({										\
	BUILD_BUG_ON(ARRAY_SIZE(_table) > WAYMARK_IOCTL_BLOCK);			\
	__waymark_ioctl(_file, _table, ARRAY_SIZE(_table), _arg, _cmd,		\
			(void __user *)(_user));				\
})

#endif /* WAYMARK_COMMON_IOCTL_H */
