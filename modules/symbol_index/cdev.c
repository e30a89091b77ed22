// SPDX-License-Identifier: GPL-2.0-only
/* /dev/symbol_index */
#include <linux/build_bug.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include "compat/slab.h"
#include "cdev.h"
#include "generation.h"
#include "running.h"

union symidx_arg {
	struct symbol_index_info info;
	struct symbol_index_lookup lookup;
	struct symbol_index_list list;
	struct symbol_index_snapshot snapshot;
};

static_assert(sizeof(struct symbol_index_info) == 112);
static_assert(sizeof(struct symbol_index_lookup) == 40);
static_assert(sizeof(struct symbol_index_list) == 64);
static_assert(sizeof(struct symbol_index_snapshot) == 24);
static_assert(sizeof(struct symbol_index_record) == 32);

#define SYMIDX_IOCTL(_cmd, _type, _last, _handler)				\
	WAYMARK_IOCTL(_cmd, union symidx_arg, struct _type, _last, _handler)

static const struct waymark_ioctl symidx_ioctls[] = {
	SYMIDX_IOCTL(SYMBOL_INDEX_IOC_INFO, symbol_index_info, update_max_ns, symidx_ioctl_info),
	SYMIDX_IOCTL(SYMBOL_INDEX_IOC_LOOKUP, symbol_index_lookup, generation,
		     symidx_ioctl_lookup),
	SYMIDX_IOCTL(SYMBOL_INDEX_IOC_LIST, symbol_index_list, generation, symidx_ioctl_list),
	SYMIDX_IOCTL(SYMBOL_INDEX_IOC_SNAPSHOT, symbol_index_snapshot, generation,
		     symidx_ioctl_snapshot),
};

static long symidx_cdev_ioctl(struct file *filp, unsigned int cmd, unsigned long user)
{
	union symidx_arg arg;

	return waymark_ioctl(filp, symidx_ioctls, &arg, cmd, user);
}

/*
 * The user whose limit counts. Somebody who maps more users into a user namespace of his
 * own is still one user: the one who owns the outermost of his namespaces.
 */
static kuid_t symidx_charged_user(const struct cred *cred)
{
	struct user_namespace *ns = cred->user_ns;

	if (ns == &init_user_ns)
		return cred->uid;
	while (ns->parent != &init_user_ns)
		ns = ns->parent;
	return ns->owner;
}

static int symidx_cdev_open(struct inode *inode, struct file *filp)
{
	struct symidx_file *file;

	/* Nothing can be written, and a mapping must stay read-only. */
	if (filp->f_mode & FMODE_WRITE)
		return -EACCES;
	file = compat_kzalloc_obj(*file, GFP_KERNEL_ACCOUNT);
	if (!file)
		return -ENOMEM;
	file->show_addresses = symidx_may_show_addresses(filp->f_cred);
	file->charged = symidx_charged_user(filp->f_cred);
	file->seen = symidx_generation();
	mutex_init(&file->mutex);
	filp->private_data = file;
	return nonseekable_open(inode, filp);
}

static int symidx_cdev_release(struct inode *inode, struct file *filp)
{
	struct symidx_file *file = filp->private_data;

	symidx_snapshot_release(file);
	mutex_destroy(&file->mutex);
	kfree(file);
	return 0;
}

static int symidx_cdev_mmap(struct file *filp, struct vm_area_struct *vma)
{
	return symidx_snapshot_mmap(filp->private_data, vma);
}

static __poll_t symidx_cdev_poll(struct file *filp, poll_table *wait)
{
	struct symidx_file *file = filp->private_data;

	poll_wait(filp, &symidx_generation_wait, wait);
	return READ_ONCE(file->seen) != symidx_generation() ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations symidx_fops = {
	.owner = THIS_MODULE,
	.open = symidx_cdev_open,
	.release = symidx_cdev_release,
	.unlocked_ioctl = symidx_cdev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.poll = symidx_cdev_poll,
	.mmap = symidx_cdev_mmap,
};

static struct miscdevice symidx_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "symbol_index",
	.fops = &symidx_fops,
	.mode = 0444,
};

int symidx_cdev_init(void)
{
	return misc_register(&symidx_device);
}

void symidx_cdev_exit(void)
{
	misc_deregister(&symidx_device);
}
