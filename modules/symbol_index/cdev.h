/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/symbol_index: what the handlers of its ioctls share. */
#ifndef _SYMBOL_INDEX_CDEV_H
#define _SYMBOL_INDEX_CDEV_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <uapi/linux/symbol_index.h>
#include "common/ioctl.h"

struct symidx_hold;
struct vm_area_struct;

/**
 * struct symidx_file - an open descriptor
 * @show_addresses: its opener may see them
 * @charged: the user whose limit its snapshots count against
 * @seen: generation that poll() compares with
 * @mutex: protects @hold
 * @hold: the snapshot that mmap() maps, or NULL
 */
struct symidx_file {
	bool show_addresses;
	kuid_t charged;
	unsigned long seen;
	struct mutex mutex;	/* @hold */
	struct symidx_hold *hold;
};

int symidx_cdev_init(void);
void symidx_cdev_exit(void);

/* info.c */
int symidx_ioctl_info(struct waymark_ioctl_call *call);

/* record.c */
int symidx_ioctl_lookup(struct waymark_ioctl_call *call);
int symidx_ioctl_list(struct waymark_ioctl_call *call);

/* snapshot.c */
int symidx_ioctl_snapshot(struct waymark_ioctl_call *call);
int symidx_snapshot_mmap(struct symidx_file *file, struct vm_area_struct *vma);
void symidx_snapshot_release(struct symidx_file *file);

#endif /* _SYMBOL_INDEX_CDEV_H */
