// SPDX-License-Identifier: GPL-2.0-only
/* /dev/flex_array: one table of ioctls. */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/flex_array.h>

#include "internal.h"

static_assert(sizeof(struct flex_array_info) == 192);
static_assert(offsetof(struct flex_array_info, owner) == 64);
static_assert(sizeof(struct flex_array_list) == 32);

/* Records gathered at a time: no more than a page holds. */
#define FLEX_ARRAY_LIST_CHUNK	((u32)(PAGE_SIZE / sizeof(struct flex_array_info)))
#define FLEX_ARRAY_RECORD_MAX	65536

union flex_array_argument {
	struct {
		__u32 size;
		__u32 flags;
	} head;
	struct flex_array_info info;
	struct flex_array_list list;
};

static int flex_array_ioctl_info(union flex_array_argument *arg)
{
	return flex_array_registry_info(arg->info.id, &arg->info);
}

static int flex_array_copy_record(void __user *to, u32 record_size,
				  const struct flex_array_info *info)
{
	u32 known = min_t(u32, record_size, sizeof(*info));

	if (copy_to_user(to, info, known) || clear_user(to + known, record_size - known))
		return -EFAULT;
	return 0;
}

static int flex_array_ioctl_list(union flex_array_argument *arg)
{
	struct flex_array_list *list = &arg->list;
	void __user *to = u64_to_user_ptr(list->records);
	struct flex_array_info *chunk;
	u32 room = list->count, got, i;
	int ret = 0;

	if (!room || list->record_size < sizeof(*chunk) ||
	    list->record_size > FLEX_ARRAY_RECORD_MAX)
		return -EINVAL;
	chunk = kcalloc(FLEX_ARRAY_LIST_CHUNK, sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	list->count = 0;
	do {
		got = flex_array_registry_list(list->cursor, chunk,
					       min(room - list->count, FLEX_ARRAY_LIST_CHUNK));
		for (i = 0; i < got && !ret; i++, to += list->record_size)
			ret = flex_array_copy_record(to, list->record_size, &chunk[i]);
		if (ret || !got)
			break;
		list->cursor = chunk[got - 1].id;
		list->count += got;
		cond_resched();
	} while (list->count < room && !fatal_signal_pending(current));
	kfree(chunk);
	return ret;
}

struct flex_array_ioctl_op {
	unsigned int size;	/* of the structure as this module knows it */
	unsigned int min_size;	/* as it was published first */
	int (*handler)(union flex_array_argument *arg);
};

static const struct flex_array_ioctl_op flex_array_ioctl_ops[] = {
	[FLEX_ARRAY_CMD_INFO] = {
		sizeof(struct flex_array_info),
		offsetofend(struct flex_array_info, creator),
		flex_array_ioctl_info,
	},
	[FLEX_ARRAY_CMD_LIST] = {
		sizeof(struct flex_array_list),
		offsetofend(struct flex_array_list, count),
		flex_array_ioctl_list,
	},
};

static long flex_array_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	const struct flex_array_ioctl_op *op;
	void __user *argument = (void __user *)user;
	union flex_array_argument arg = {};
	u32 size;
	int ret;

	if (_IOC_TYPE(cmd) != FLEX_ARRAY_IOC_TYPE || _IOC_DIR(cmd) != _IOC_NONE ||
	    _IOC_SIZE(cmd) || _IOC_NR(cmd) >= ARRAY_SIZE(flex_array_ioctl_ops))
		return -ENOTTY;
	op = &flex_array_ioctl_ops[_IOC_NR(cmd)];

	if (get_user(size, (u32 __user *)argument))
		return -EFAULT;
	if (size < op->min_size || size > PAGE_SIZE)
		return size < op->min_size ? -EINVAL : -E2BIG;
	ret = copy_struct_from_user(&arg, op->size, argument, size);
	if (ret)
		return ret;
	if (arg.head.flags)
		return -EOPNOTSUPP;

	ret = op->handler(&arg);
	if (ret)
		return ret;
	arg.head.size = op->size;
	if (copy_to_user(argument, &arg, min(size, op->size)))
		return -EFAULT;
	return 0;
}

static const struct file_operations flex_array_fops = {
	.owner = THIS_MODULE,
	.open = nonseekable_open,
	.unlocked_ioctl = flex_array_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice flex_array_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "flex_array",
	.fops = &flex_array_fops,
	.mode = 0640,
};

int flex_array_cdev_init(void)
{
	return misc_register(&flex_array_misc);
}

void flex_array_cdev_exit(void)
{
	misc_deregister(&flex_array_misc);
}
