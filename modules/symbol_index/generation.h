/* SPDX-License-Identifier: GPL-2.0-only */
/* Which state of the index this is, and whether it changes. */
#ifndef _SYMBOL_INDEX_GENERATION_H
#define _SYMBOL_INDEX_GENERATION_H

#include <linux/mutex.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/*
 * Serializes all changes. Taken before module_mutex. The module notifier takes it, so
 * no system call does: a reader that is stopped or throttled while it holds the mutex would
 * keep every module from loading.
 */
extern struct mutex symidx_mutex;
extern wait_queue_head_t symidx_generation_wait;

/* Private to the functions below. */
extern seqcount_t symidx_changes;

void symidx_change_begin(void);
void symidx_change_end(void);
unsigned long symidx_generation(void);

/*
 * A reader that needs more than one RCU read-side critical section for a consistent view
 * asks for a number before the first one, and after each whether it is still valid. Neither
 * waits: a change keeps preemption disabled.
 */
static inline unsigned int symidx_view_begin(void)
{
	return read_seqcount_begin(&symidx_changes);
}

static inline bool symidx_view_changed(unsigned int view)
{
	return read_seqcount_retry(&symidx_changes, view);
}

#endif /* _SYMBOL_INDEX_GENERATION_H */
