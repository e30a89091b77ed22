// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chains of entries whose names have the same hash.
 *
 * Readers follow them without a lock. An entry that leaves its chain keeps its
 * link until no reader can stand on it, and its number is not given out again
 * before that.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include "hash.h"
#include "index.h"

u32 *symidx_buckets __read_mostly;
u32 symidx_bucket_mask __read_mostly;

/* @symbols: those of the kernel proper; modules that load later bring as many. */
int symidx_hash_init(u32 symbols)
{
	u32 buckets = roundup_pow_of_two(2 * max(symbols, 512U));

	symidx_buckets = kvcalloc(buckets, sizeof(*symidx_buckets), GFP_KERNEL);
	if (!symidx_buckets)
		return -ENOMEM;
	symidx_bucket_mask = buckets - 1;
	return 0;
}

void symidx_hash_exit(void)
{
	kvfree(symidx_buckets);
	symidx_buckets = NULL;
}

size_t symidx_hash_memory(void)
{
	return (symidx_bucket_mask + 1) * sizeof(*symidx_buckets);
}

/* The entry is complete and its hash set. Under symidx_mutex. */
void symidx_hash_add(u32 number)
{
	struct symidx_entry *entry = symidx_entry(number);
	u32 *bucket = &symidx_buckets[entry->hash & symidx_bucket_mask];

	WRITE_ONCE(entry->next, *bucket);
	/* Who sees the number sees the entry. */
	smp_store_release(bucket, number);
}

/* Under symidx_mutex. */
void symidx_hash_del(u32 number)
{
	struct symidx_entry *entry = symidx_entry(number);
	u32 *link = &symidx_buckets[entry->hash & symidx_bucket_mask];

	while (*link != number)
		link = &symidx_entry(*link)->next;
	WRITE_ONCE(*link, entry->next);
}
