// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settled modules: those at the old end of the kernel's list that are live, so that
 * the index has all their symbols. symidx_search.settled is the newest of them.
 */
#define SYMIDX_SEARCH_OWNER

#include <linux/module.h>
#include <linux/rculist.h>
#include "generation.h"
#include "hash.h"
#include "settled.h"

/* Number of modules that should be in the index and are not. Changed under symidx_mutex. */
unsigned int symidx_missing;

/**
 * symidx_settled_update() - settle all modules that can be
 *
 * A module that is live while symidx_mutex is held stays in the index until that is
 * released, as its notification waits for the mutex.
 *
 * Context: under symidx_mutex.
 * Return: whether modules are left that are not live. The kernel does not tell when a
 * module leaves its list, nor always when one fails to load, so the caller has to try again.
 * A module that is GOING or UNFORMED leaves within moments; one that is COMING runs
 * functions of others first.
 */
enum symidx_again symidx_settled_update(void)
{
	const struct list_head *old, *settled = NULL;
	enum symidx_again again = SYMIDX_AGAIN_NEVER;
	enum module_state state;
	struct module *mod;

	lockdep_assert_held(&symidx_mutex);
	if (symidx_missing)
		return SYMIDX_AGAIN_NEVER;
	old = symidx_search.settled;
	rcu_read_lock();
	list_for_each_entry_rcu(mod, symidx_search.modules, list) {
		if (&mod->list == old) {
			if (!settled)
				settled = old;
			break;
		}
		state = READ_ONCE(mod->state);
		if (state == MODULE_STATE_LIVE) {
			if (!settled)
				settled = &mod->list;
			continue;
		}
		settled = NULL;
		if (state == MODULE_STATE_COMING)
			again = max(again, SYMIDX_AGAIN_LATER);
		else
			again = SYMIDX_AGAIN_SOON;
	}
	rcu_read_unlock();
	/* The entries come first. Pairs with smp_load_acquire() in symidx_find(). */
	smp_store_release(&symidx_search.settled, settled);
	return again;
}

/**
 * symidx_settled_reset() - no module is settled any more
 *
 * To be called before entries of a module leave the index. From then on a search looks at
 * the whole list, until symidx_settled_update().
 *
 * Context: under symidx_mutex.
 */
void symidx_settled_reset(void)
{
	lockdep_assert_held(&symidx_mutex);
	WRITE_ONCE(symidx_search.settled, NULL);
	/* The entries go later. Pairs with smp_rmb() in symidx_miss_is_final(). */
	smp_wmb();
}

/* Records how many modules the index lacks. Under symidx_mutex. */
void symidx_settled_set_missing(unsigned int missing)
{
	lockdep_assert_held(&symidx_mutex);
	WRITE_ONCE(symidx_missing, missing);
	if (missing)
		WRITE_ONCE(symidx_search.settled, NULL);
}
