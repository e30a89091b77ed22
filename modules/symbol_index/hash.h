/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The search by exact name, inline for the sake of the module loader. Entries are found by
 * the tag of their name, which is its hash; the name itself is compared when that fits.
 */
#ifndef _SYMBOL_INDEX_HASH_H
#define _SYMBOL_INDEX_HASH_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include "index.h"
#include "name.h"

/**
 * struct symidx_search - all that a search by exact name reads first
 * @buckets: the first entry of each chain, or NULL
 * @mask: the bits of a tag that are the number of its chain
 * @floor: the module of this node and all older ones are in the index; NULL: not known
 * @modules: the kernel's list of modules, the newest first
 */
struct symidx_search {
	struct symidx_entry **buckets;
	u32 mask;
	const struct list_head *floor;
	struct list_head *modules;
};

extern struct symidx_search symidx_search;

/* The chain of that tag. */
static __always_inline struct symidx_entry **symidx_bucket(u32 tag)
{
	return &symidx_search.buckets[tag & symidx_search.mask];
}

/* The first entry with that tag, from @entry on. */
static __always_inline const struct symidx_entry *
symidx_hash_next(const struct symidx_entry *entry, u32 tag)
{
	while (entry && entry->tag != tag)
		entry = READ_ONCE(entry->next);
	return entry;
}

/* The first entry with that tag: if it is not of the name one wants, hardly any other is. */
static __always_inline const struct symidx_entry *symidx_hash_first(u32 tag)
{
	return symidx_hash_next(READ_ONCE(*symidx_bucket(tag)), tag);
}

/* Whether the module loader would take that entry, if it is of the right name. */
static __always_inline bool symidx_entry_fits(const struct symidx_entry *entry, bool gplok)
{
	return likely(gplok) || !(entry->flags & COMPAT_EXPORT_GPL_ONLY);
}

/*
 * The first entry of that name that the module loader would take: GPL-only ones
 * only if @gplok. RCU or preemption disabled.
 */
static inline const struct symidx_entry *symidx_hash_find(const char *name, bool gplok)
{
	const u32 tag = symidx_name_tag(name);
	const struct symidx_entry *entry = symidx_hash_first(tag);

	while (entry && !(symidx_names_equal(name, symidx_name(entry)) &&
			  symidx_entry_fits(entry, gplok)))
		entry = symidx_hash_next(READ_ONCE(entry->next), tag);
	return entry;
}

#endif /* _SYMBOL_INDEX_HASH_H */
