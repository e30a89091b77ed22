/* SPDX-License-Identifier: GPL-2.0-only */
/* Each asks the device at @path and judges all of what it wrote. */
#ifndef WAYMARK_ISOLATION_REPLIES_H
#define WAYMARK_ISOLATION_REPLIES_H

#include <stddef.h>

enum verdict {
	CLEAN,
	FAILED,		/* the call; its errno is printed */
	POISON,		/* bytes that were never written: a run of poison */
	ADDRESS,	/* of the kernel */
	FOREIGN,	/* something of another network namespace */
	VISIBLE,	/* what should be refused is not */
	NOT_ZERO,	/* bytes that mean nothing and are not zero */
	STRAY,		/* bytes outside of what the reply says it is */
};

int reply_info(const char *path);
int reply_altnames(const char *path);	/* of the NIC of nic.h */
int reply_enumerate(const char *path);
int reply_open_by_ifindex(const char *path);
int reply_open_by_name(const char *path);
int reply_open_by_id(const char *path);
int reply_symbol_info(const char *path);
int reply_symbol_lookup(const char *path);
int reply_symbol_list(const char *path);
int reply_snapshot(const char *path);
int reply_array_list(const char *path);
int reply_array_info(const char *path);

/*
 * Bytes that a broken kernel would have written: once that ioctl has succeeded, they are put
 * where they are wrong, and whoever judges the reply has to say so.
 */
struct reply_plant {
	unsigned long number;	/* of the ioctl; 0: nothing is planted */
	size_t pointer;		/* in its argument, to the buffer that is meant; or one of these */
	size_t offset;
	const char *bytes;
	size_t count;
};

#define PLANT_IN_ARGUMENT	0
#define PLANT_IN_MAP		((size_t)-1)	/* of the snapshot */
#define PLANT_BEHIND_MAP	((size_t)-2)

extern struct reply_plant reply_plant;

/* How many of all that can be wrong goes unnoticed, each said; @node: of the NIC of nic.h */
int planted_missed(const char *node);

struct netdev_naming_event;
int reply_event(const struct netdev_naming_event *event);

#endif
