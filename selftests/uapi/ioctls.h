/* SPDX-License-Identifier: GPL-2.0-only */
/* Every ioctl of every device, with the role of each of its fields. */
#ifndef WAYMARK_UAPI_IOCTLS_H
#define WAYMARK_UAPI_IOCTLS_H

#include <stddef.h>
#include <linux/types.h>

#define NIC		"uapi0"
#define NIC_ALTNAME	"uapi-other"

enum descriptor { HANDLE, CONTROL, SYMBOLS, ARRAYS, DESCRIPTORS };

enum role {
	OUT = 1,	/* set by the kernel, ignored on input */
	IN_OUT,		/* read and replaced */
	RESERVED,	/* must be zero */
};

/* Fields that are not listed are set by the caller, and stay as they are. */
struct field {
	enum role role;
	size_t start;
	size_t end;
};

/* What the requests of this machine are about. */
struct subjects {
	int fds[DESCRIPTORS];
	int ifindex;
	__u64 nic;		/* id */
	__u64 array;		/* id */
	unsigned char buffer[65536];
};

/* Offsets are 0 where an ioctl has no such field. */
struct request {
	const char *name;
	enum descriptor on;
	unsigned int cmd;
	size_t min_size;	/* as first published */
	size_t size;
	void (*fill)(struct subjects *subjects, void *arg);
	struct field fields[6];
	size_t fd;		/* the descriptor that it makes */
	size_t capacity;	/* bytes of the buffer, */
	size_t length;		/* and bytes that it needs */
};

extern const struct request requests[];
extern const unsigned int request_count;
extern const unsigned int types[DESCRIPTORS];	/* the second argument of _IO() */

/* 0, or what went wrong. */
const char *subjects_find(struct subjects *subjects);
void subjects_release(struct subjects *subjects);

#endif
