/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory whose first access never ends, as any user can make it. */
#ifndef HOLD_H
#define HOLD_H

#include <linux/types.h>

#define HOLD_SIZE	65536

enum hold_kind {
	HOLD_FUSE,		/* a file of a FUSE file system of a user namespace */
	HOLD_USERFAULTFD,	/* -EPERM where the kernel keeps that to the privileged */
};

/*
 * Make such memory in this process. A process is forked that tells @tell NOBODY_WAITS
 * once a fault waits, and answers no fault. @connection is for hold_release(). Zero or a
 * negative errno value.
 */
int hold_make(enum hold_kind kind, int tell, void **memory, __u32 *connection);

/* Root only: end all waiting for that FUSE connection. */
int hold_release(__u32 connection);

#endif /* HOLD_H */
