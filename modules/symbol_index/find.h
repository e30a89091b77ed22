/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search for the module loader. symbol_index.ko offers it to symbol_index_loader.ko
 * only; inline, because every call counts.
 */
#ifndef _SYMBOL_INDEX_FIND_H
#define _SYMBOL_INDEX_FIND_H

#include <linux/list.h>
#include <linux/preempt.h>
#include "compat/find_symbol.h"
#include "hash.h"

bool symidx_find_export(struct compat_find_symbol_arg *arg);
bool symidx_find_in_tables(const char *name, bool gplok,
			   struct compat_find_symbol_answer *answer);

#ifdef CONFIG_PROVE_RCU
void symidx_assert_caller(void);
#else
static __always_inline void symidx_assert_caller(void) { }
#endif

/**
 * symidx_find_slow() - slow path of symidx_find()
 * @arg: the question; the answer is filled in if it is found
 *
 * Context: entered with preemption disabled. Enables it, so that the caller can tail-call
 * it without saving registers.
 * Return: whether it is found.
 */
bool symidx_find_slow(struct compat_find_symbol_arg *arg);

/*
 * True if a miss is final: the settled modules are the same as when the search began, and
 * find_symbol() sees no module above them.
 */
static __always_inline bool symidx_miss_is_final(const struct list_head *settled)
{
	const struct list_head *newest;

	/*
	 * Pairs with smp_wmb() in symidx_settled_reset(): if the entries of a departing module
	 * are gone, we see that no module is settled.
	 */
	smp_rmb();
	if (READ_ONCE(symidx_search.settled) != settled)
		return false;
	/* A module that enters the list from here on was not there when the search began. */
	smp_rmb();
	/* NULL, which means that none is settled, is never in the list. */
	newest = READ_ONCE(symidx_search.modules->next);
	if (newest == settled)
		return true;
	if (READ_ONCE(list_entry(newest, struct module, list)->state) != MODULE_STATE_UNFORMED)
		return false;
	return READ_ONCE(newest->next) == settled;
}

/* Would the module loader take @entry? It is the first one that has the tag of the name. */
static __always_inline bool symidx_find_is(const struct symidx_entry *entry,
					   const struct compat_find_symbol_arg *arg,
					   struct symidx_key key)
{
	/* Read the name again: there is no register left to keep it in. */
	return symidx_key_is(key, READ_ONCE(arg->name), symidx_name(entry)) &&
	       symidx_entry_fits(entry, arg->gplok);
}

static __always_inline void symidx_answer(struct compat_find_symbol_answer *answer,
					  const struct symidx_entry *entry)
{
	compat_find_symbol_set(answer, entry->run->owner, entry->sym, entry->crc, entry->flags);
}

/**
 * symidx_find() - find the symbol that the module loader would find
 * @arg: the question; the answer is filled in if it is found
 *
 * The caller must hold module_mutex, be in an RCU read-side critical section or have
 * preemption disabled, as every caller of find_symbol() does. That keeps the owner of the
 * answer. It also lets this module be unloaded: symidx_find_slow() runs its last
 * instructions with preemption enabled and without a reference to this module, but the
 * removal of a module waits for all three. symidx_assert_caller() checks it.
 *
 * Context: see above.
 * Return: whether it is found.
 */
static __always_inline bool symidx_find(struct compat_find_symbol_arg *arg)
{
	const struct symidx_entry *entry;
	const struct list_head *settled;
	struct symidx_key key;

	symidx_assert_caller();
	preempt_disable_notrace();
	/*
	 * Pairs with smp_store_release() in symidx_settled_update(): we see the entries of all
	 * settled modules.
	 */
	settled = smp_load_acquire(&symidx_search.settled);
	key = symidx_key(arg->name);
	entry = symidx_hash_first(key.tag);
	if (entry) {
		/* Two names of one tag, or a GPL-only symbol that the importer may not use. */
		if (unlikely(!symidx_find_is(entry, arg, key)))
			return symidx_find_slow(arg);
		symidx_answer(&arg->answer, entry);
		preempt_enable_notrace();
		return true;
	}
	if (unlikely(!symidx_miss_is_final(settled)))
		return symidx_find_slow(arg);
	preempt_enable_notrace();
	return false;
}

#endif /* _SYMBOL_INDEX_FIND_H */
