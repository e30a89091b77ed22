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
#include "index.h"
#include "name.h"

static u32 *symidx_buckets;	/* number of the first entry, 0 for none */
static u32 symidx_bucket_mask;

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

/*
 * The first entry of that name that the module loader would take: GPL-only ones
 * only if @gplok. RCU or preemption disabled.
 */
const struct symidx_entry *symidx_hash_find(const char *name, bool gplok)
{
	u32 hash = symidx_name_hash(name);
	const struct symidx_entry *entry;
	u32 number;

	number = READ_ONCE(symidx_buckets[hash & symidx_bucket_mask]);
	while (number) {
		entry = symidx_entry(number);
		if (entry->hash == hash && symidx_name_equal(symidx_name(entry), name) &&
		    (gplok || !(compat_export_flags(symidx_table(entry), entry->index) &
				COMPAT_EXPORT_GPL_ONLY)))
			return entry;
		number = READ_ONCE(entry->next);
	}
	return NULL;
}
