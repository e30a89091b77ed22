/* SPDX-License-Identifier: GPL-2.0-only */
/* A process without any privilege, and what it reports. */
#ifndef NOBODY_H
#define NOBODY_H

#include <stdbool.h>

#include <linux/types.h>
#include <sys/types.h>

#define NOBODY_ID	65534

enum nobody_word {
	NOBODY_READY = 1,	/* value: depends on what it does */
	NOBODY_WAITS,		/* a page fault waits for memory that never comes */
	NOBODY_RETURNED,	/* the system call has returned; value: errno */
	NOBODY_FAILED,		/* value: errno */
};

struct nobody_report {
	__u32 word;
	__u32 value;
};

struct nobody {
	pid_t pid;
	int reports;
};

/*
 * Starts a process that becomes the user nobody, runs @act and then waits to be ended.
 * @cgroup: where it runs, or NULL. Zero or a negative errno value.
 */
int nobody_start(struct nobody *nobody, const char *cgroup,
		 void (*act)(int tell, const void *arg), const void *arg);
void nobody_tell(int tell, enum nobody_word word, __u32 value);
/* The value of the next report if it is @word; -EPROTO for another, -ETIMEDOUT. */
long nobody_expect(struct nobody *nobody, enum nobody_word word, int seconds);
/* False if it does not die within half a minute; it is then left behind. */
bool nobody_end(struct nobody *nobody);

#endif /* NOBODY_H */
