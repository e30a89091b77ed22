// SPDX-License-Identifier: GPL-2.0-only
/* The number of changes of the index so far. */
#include <linux/preempt.h>
#include <linux/sched.h>
#include "generation.h"

DEFINE_MUTEX(symidx_mutex);	/* see generation.h */
DECLARE_WAIT_QUEUE_HEAD(symidx_generation_wait);
seqcount_t symidx_changes = SEQCNT_ZERO(symidx_changes);

static unsigned long symidx_generation_number = 1;

/**
 * symidx_change_begin() - start a change of what readers see
 *
 * Context: under symidx_mutex. Disables preemption, so the change must not sleep.
 */
void symidx_change_begin(void)
{
	lockdep_assert_held(&symidx_mutex);
	preempt_disable();
	write_seqcount_begin(&symidx_changes);
}

/**
 * symidx_change_end() - end a change and start a new generation
 *
 * Context: under symidx_mutex.
 */
void symidx_change_end(void)
{
	/* Pairs with symidx_generation(). */
	smp_store_release(&symidx_generation_number, symidx_generation_number + 1);
	write_seqcount_end(&symidx_changes);
	preempt_enable();
	wake_up_interruptible(&symidx_generation_wait);
}

/* A reader that sees a generation sees the entries that made it. Any context. */
unsigned long symidx_generation(void)
{
	/* Pairs with smp_store_release() in symidx_change_end(). */
	return smp_load_acquire(&symidx_generation_number);
}
