// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chains of entries whose names have the same hash.
 *
 * Readers follow them without a lock. An entry that leaves its chain keeps its
 * link until no reader can stand on it, and is not given out again before that.
 */
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "hash.h"
#include "index.h"

struct symidx_search symidx_search ____cacheline_aligned;
EXPORT_SYMBOL_GPL(symidx_search);

/* @symbols: those of the kernel proper; modules that load later bring as many. */
int symidx_hash_init(u32 symbols)
{
	u32 buckets = roundup_pow_of_two(2 * max(symbols, 512U));

	symidx_search.buckets = kvcalloc(buckets, sizeof(*symidx_search.buckets), GFP_KERNEL);
	if (!symidx_search.buckets)
		return -ENOMEM;
	symidx_search.mask = buckets - 1;
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
 * They are complete and their tags are set. Under symidx_mutex.
 */
void symidx_hash_add(u32 first, u32 count)
{
	struct symidx_entry **buckets = symidx_search.buckets, **bucket;
	u32 mask = symidx_search.mask, i = first + count - 1;
	struct symidx_entry *entry = symidx_entry(i);

	/* Backwards, so that of equal names the leading one is found first. */
	for (;;) {
		bucket = &buckets[entry->tag & mask];
		WRITE_ONCE(entry->next, *bucket);
		/* Who finds the entry sees what is in it. */
		smp_store_release(bucket, entry);
		if (i == first)
			break;
		entry = symidx_entry_before(entry, --i);
	}
}

/* Under symidx_mutex. */
void symidx_hash_del(struct symidx_entry *entry)
{
	struct symidx_entry **link = symidx_bucket(entry->tag);

	while (*link != entry)
		link = &(*link)->next;
	WRITE_ONCE(*link, entry->next);
}
