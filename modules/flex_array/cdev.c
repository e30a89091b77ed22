// SPDX-License-Identifier: GPL-2.0-only
/* /dev/flex_array */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/flex_array.h>

#include "common/ioctl.h"
#include "internal.h"

static_assert(sizeof(struct flex_array_info) == 192);
static_assert(offsetof(struct flex_array_info, owner) == 64);
static_assert(sizeof(struct flex_array_list) == 40);

/* Records gathered at a time: as many as a page holds. */
#define FLEX_ARRAY_LIST_CHUNK	((u32)(PAGE_SIZE / sizeof(struct flex_array_info)))
/* The first published record, and the largest one that a caller may ask for. */
#define FLEX_ARRAY_RECORD_MIN	offsetofend(struct flex_array_info, creator)
#define FLEX_ARRAY_RECORD_MAX	4096

union flex_array_arg {
	struct flex_array_info info;
	struct flex_array_list list;
};

static int flex_array_ioctl_info(struct waymark_ioctl_call *call)
{
	struct flex_array_info *info = call->arg;

	return flex_array_registry_info(info->id, info);
}

static int flex_array_copy_record(void __user *to, u32 record_size, struct flex_array_info *info)
{
	info->size = min_t(u32, record_size, sizeof(*info));
	if (copy_to_user(to, info, info->size) ||
	    clear_user(to + info->size, record_size - info->size))
		return -EFAULT;
	return 0;
}

static int flex_array_ioctl_list(struct waymark_ioctl_call *call)
{
	struct flex_array_list *list = call->arg;
	void __user *to = u64_to_user_ptr(list->records);
	struct flex_array_info *chunk;
	u32 got, i;
	int ret = 0;

	if (!list->capacity || list->record_size < FLEX_ARRAY_RECORD_MIN ||
	    list->record_size > FLEX_ARRAY_RECORD_MAX || list->reserved)
		return -EINVAL;
	chunk = kcalloc(FLEX_ARRAY_LIST_CHUNK, sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	list->count = 0;
	do {
		got = flex_array_registry_list(list->cursor, chunk,
					       min(list->capacity - list->count,
						   FLEX_ARRAY_LIST_CHUNK));
		for (i = 0; i < got && !ret; i++, to += list->record_size)
			ret = flex_array_copy_record(to, list->record_size, &chunk[i]);
		if (ret || !got)
			break;
		list->cursor = chunk[got - 1].id;
		list->count += got;
		cond_resched();
	} while (list->count < list->capacity && !fatal_signal_pending(current));
	kfree(chunk);
	return ret;
}

#define FLEX_ARRAY_IOCTL(_cmd, _type, _last, _handler)				\
	WAYMARK_IOCTL(_cmd, union flex_array_arg, struct _type, _last, _handler)

static const struct waymark_ioctl flex_array_ioctls[] = {
	FLEX_ARRAY_IOCTL(FLEX_ARRAY_IOC_INFO, flex_array_info, creator, flex_array_ioctl_info),
	FLEX_ARRAY_IOCTL(FLEX_ARRAY_IOC_LIST, flex_array_list, reserved, flex_array_ioctl_list),
};

static long flex_array_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	union flex_array_arg arg;

	return waymark_ioctl(file, flex_array_ioctls, &arg, cmd, user);
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
