/* SPDX-License-Identifier: GPL-2.0-only */
/* Each asks the device at @path and judges all of what it wrote. */
#ifndef WAYMARK_ISOLATION_REPLIES_H
#define WAYMARK_ISOLATION_REPLIES_H

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

struct netdev_naming_event;
int reply_event(const struct netdev_naming_event *event);

#endif
