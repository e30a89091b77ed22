// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chains of entries whose names have the same hash.
 *
 * Readers follow them under RCU. An entry that leaves its chain keeps its link
 * until no reader can stand on it, and is not reused before that. The lists are not the
 * kernel's hlist: its second link per entry would be written for each neighbour when a
 * module loads, and no reader uses it.
 */
#define SYMIDX_SEARCH_OWNER

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "compat/export_namespace.h"
#include "generation.h"
#include "hash.h"

struct symidx_search symidx_search ____cacheline_aligned;
EXPORT_SYMBOL_FOR_LOADER(symidx_search);

/* A link of a chain, for those who change it. */
#define symidx_link_locked(_link)	\
	rcu_dereference_protected(_link, lockdep_is_held(&symidx_mutex))

/* @symbols: those of the kernel proper; modules that load later bring as many. */
int symidx_hash_init(u32 symbols, struct list_head *modules)
{
	u32 buckets = roundup_pow_of_two(2 * max(symbols, 512U));

	symidx_search.buckets = kvcalloc(buckets, sizeof(*symidx_search.buckets), GFP_KERNEL);
	if (!symidx_search.buckets)
		return -ENOMEM;
	symidx_search.mask = buckets - 1;
	symidx_search.modules = modules;
	return 0;
}

void symidx_hash_exit(void)
{
	kvfree(symidx_search.buckets);
	symidx_search.buckets = NULL;
}

size_t symidx_hash_memory(void)
{
	return sizeof(*symidx_search.buckets) * (symidx_search.mask + 1);
}

/**
 * symidx_hash_add() - let the entries of a run be found
 * @first: number of the first
 * @count: how many, at least 1
 *
 * They are complete and their tags are set.
 *
 * Context: under symidx_mutex.
 */
void symidx_hash_add(u32 first, u32 count)
{
	struct symidx_entry __rcu **buckets = symidx_search.buckets, **bucket;
	u32 mask = symidx_search.mask, i = first + count - 1;
	struct symidx_entry *entry = symidx_entry(i);

	lockdep_assert_held(&symidx_mutex);
	/* Backwards, so that of equal names the leading one is found first. */
	for (;;) {
		bucket = &buckets[entry->tag & mask];
		RCU_INIT_POINTER(entry->next, symidx_link_locked(*bucket));
		/* Pairs with the dependent loads of symidx_link(). */
		rcu_assign_pointer(*bucket, entry);
		if (i == first)
			break;
		entry = symidx_entry_before(entry, --i);
	}
}

/* Takes an entry out of its chain. Under symidx_mutex. */
void symidx_hash_del(struct symidx_entry *entry)
{
	struct symidx_entry __rcu **link = symidx_bucket(entry->tag);
	struct symidx_entry *other;

	lockdep_assert_held(&symidx_mutex);
	while ((other = symidx_link_locked(*link)) != entry)
		link = &other->next;
	/* The entry behind was visible before. */
	RCU_INIT_POINTER(*link, symidx_link_locked(entry->next));
}
