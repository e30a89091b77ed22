/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/symbol_index: what the handlers of its ioctls share. */
#ifndef _SYMBOL_INDEX_CDEV_H
#define _SYMBOL_INDEX_CDEV_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <uapi/linux/symbol_index.h>
#include "common/ioctl.h"

struct cred;
struct symidx_snapshot;
struct vm_area_struct;

/**
 * struct symidx_file - an open descriptor
 * @show_addresses: whoever opened it may see them
 * @seen: generation that poll() compares with
 * @mutex: protects @snapshot
 * @snapshot: what mmap() maps, or NULL
 */
struct symidx_file {
	bool show_addresses;
	unsigned long seen;
	struct mutex mutex;	/* @snapshot */
	struct symidx_snapshot *snapshot;
};

/* main.c */
const char *symidx_vermagic(void);
bool symidx_may_show_addresses(const struct cred *cred);

/* info.c */
void symidx_build_id_init(const void *notes, size_t size);
unsigned int symidx_build_id(const u8 **id);
int symidx_ioctl_info(struct waymark_ioctl_call *call);

/* record.c */
int symidx_ioctl_lookup(struct waymark_ioctl_call *call);
int symidx_ioctl_list(struct waymark_ioctl_call *call);

/* snapshot.c */
int symidx_ioctl_snapshot(struct waymark_ioctl_call *call);
int symidx_snapshot_mmap(struct symidx_file *file, struct vm_area_struct *vma);

#endif /* _SYMBOL_INDEX_CDEV_H */
