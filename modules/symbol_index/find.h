/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search of the module loader. What symbol_index.ko offers to
 * symbol_index_loader.ko and to nobody else; inline, because every call counts.
 */
#ifndef _SYMBOL_INDEX_FIND_H
#define _SYMBOL_INDEX_FIND_H

#include <linux/list.h>
#include <linux/preempt.h>
#include "compat/find_symbol.h"
#include "hash.h"

bool symidx_find_export(struct compat_find_symbol_arg *arg);
bool symidx_find_export_slowly(const char *name, bool gplok,
			       struct compat_find_symbol_answer *answer);

/*
 * How symidx_find() goes on if what it sees is not the answer. It enables preemption for it, so
 * that it jumps there and never calls: it has no registers to save and restore.
 */
bool symidx_find_again(struct compat_find_symbol_arg *arg);

/*
 * Whether no module can have what a search did not find that began when the floor was
 * @floor: all modules there are were in the index then, save for one that is only being
 * read in, and none has begun to leave it.
 */
static __always_inline bool symidx_all_searched(const struct list_head *floor)
{
	const struct list_head *newest;

	/* Who misses the entries of a module that goes sees the floor lowered. */
	smp_rmb();
	if (READ_ONCE(symidx_search.floor) != floor)
		return false;
	/* A module that comes after this was not there yet. */
	smp_rmb();
	/* Nothing in the list is NULL, the floor that is not known. */
	newest = READ_ONCE(symidx_search.modules->next);
	if (newest == floor)
		return true;
	if (READ_ONCE(list_entry(newest, struct module, list)->state) != MODULE_STATE_UNFORMED)
		return false;
	return READ_ONCE(newest->next) == floor;
}

/* Whether the module loader would take that entry, the first with the tag of the name. */
static __always_inline bool symidx_find_is(const struct symidx_entry *entry,
					   const struct compat_find_symbol_arg *arg,
					   struct symidx_key key)
{
	/* Read again: to keep it takes one register more than there are without saving any. */
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
 * Context: any that the module loader calls find_symbol() in: preemption
 * disabled, RCU read-side critical section or module_mutex held.
 * Return: whether it is found.
 */
static __always_inline bool symidx_find(struct compat_find_symbol_arg *arg)
{
	const struct symidx_entry *entry;
	const struct list_head *floor;
	struct symidx_key key;

	preempt_disable_notrace();
	/* Who sees the floor sees the entries of all modules from there on. */
	floor = smp_load_acquire(&symidx_search.floor);
	key = symidx_key(arg->name);
	entry = symidx_hash_first(key.tag);
	if (entry) {
		/* Two names of one tag, or a GPL-only symbol that is not for the importer. */
		if (unlikely(!symidx_find_is(entry, arg, key)))
			return symidx_find_again(arg);
		symidx_answer(&arg->answer, entry);
		preempt_enable_notrace();
		return true;
	}
	if (unlikely(!symidx_all_searched(floor)))
		return symidx_find_again(arg);
	preempt_enable_notrace();
	return false;
}

#endif /* _SYMBOL_INDEX_FIND_H */
