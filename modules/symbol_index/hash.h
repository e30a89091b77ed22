/* SPDX-License-Identifier: GPL-2.0-only */
/* The search by exact name, inline for the sake of the module loader. */
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
 * @shift: what is left of a hash after this is the number of its chain
 * @floor: the module of this node and all older ones are in the index; NULL: not known
 * @modules: the kernel's list of modules, the newest first
 */
struct symidx_search {
	struct symidx_entry **buckets;
	unsigned int shift;
	const struct list_head *floor;
	struct list_head *modules;
};

extern struct symidx_search symidx_search;

/* What an entry keeps of the hash of its name. */
static inline u32 symidx_hash_tag(u64 hash)
{
	return hash >> 32;
}

/*
 * The first entry of that name that the module loader would take: GPL-only ones
 * only if @gplok. RCU or preemption disabled.
 */
static __always_inline const struct symidx_entry *symidx_hash_find(const char *name, bool gplok)
{
	const struct symidx_key key = symidx_name_key(name);
	const struct symidx_entry *entry;

	entry = READ_ONCE(symidx_search.buckets[key.hash >> symidx_search.shift]);
	for (; entry; entry = READ_ONCE(entry->next))
		if (entry->tag == symidx_hash_tag(key.hash) &&
		    symidx_name_is(symidx_name(entry), name, &key) &&
		    (likely(gplok) || !(entry->flags & COMPAT_EXPORT_GPL_ONLY)))
			return entry;
	return NULL;
}

#endif /* _SYMBOL_INDEX_HASH_H */
