/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes without privilege that call us in a loop. */
#ifndef READERS_H
#define READERS_H

#include <stdbool.h>

#define READERS		8

struct readers;

enum readers_what {
	READERS_NICS,		/* ENUMERATE, read, GET_INFO, open and close */
	READERS_SYMBOLS,	/* SNAPSHOT, LIST */
};

/* @throttled: each in a cgroup of its own with one per cent of a processor. */
struct readers *readers_start(enum readers_what what, bool throttled, int *err);
/* Returns once all of them are at it, or none is any more. */
int readers_run(struct readers *readers, bool on);
/* SIGSTOP them wherever they are, or SIGCONT. */
int readers_stop(struct readers *readers, bool on);
void readers_end(struct readers *readers);

#endif /* READERS_H */
