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
#include <linux/rcupdate.h>
#include "index.h"
#include "name.h"

/**
 * struct symidx_search - what a search by exact name reads first
 * @buckets: the first entry of each chain, or NULL
 * @mask: the bits of a tag that are the number of its chain
 * @settled: node of the newest settled module, see settled.c; NULL if none is
 * @modules: the kernel's list of modules, the newest first
 */
struct symidx_search {
	struct symidx_entry __rcu **buckets;
	u32 mask;
	const struct list_head *settled;
	struct list_head *modules;
};

/*
 * symbol_index_loader reads this inline. It is const to all files but the two that change it. Do
 * not make the other name an alias that is const: where the compiler sees the definition, it
 * takes the initial value for the only one.
 */
#ifdef SYMIDX_SEARCH_OWNER
extern struct symidx_search symidx_search;
#else
extern const struct symidx_search symidx_search;
#endif

int symidx_hash_init(u32 symbols, struct list_head *modules);
void symidx_hash_exit(void);
void symidx_hash_add(u32 first, u32 count);
void symidx_hash_del(struct symidx_entry *entry);
size_t symidx_hash_memory(void);

/* The chain of that tag. */
static __always_inline struct symidx_entry __rcu **symidx_bucket(u32 tag)
{
	return &symidx_search.buckets[tag & symidx_search.mask];
}

/* A link of a chain, for readers. */
#define symidx_link(_link)	rcu_dereference_check(_link, rcu_read_lock_any_held())

/* The first entry with that tag, from @entry on. */
static __always_inline const struct symidx_entry *
symidx_hash_next(const struct symidx_entry *entry, u32 tag)
{
	while (entry && entry->tag != tag)
		entry = symidx_link(entry->next);
	return entry;
}

/* The first entry with that tag. Hardly any two names have one tag. */
static __always_inline const struct symidx_entry *symidx_hash_first(u32 tag)
{
	return symidx_hash_next(symidx_link(*symidx_bucket(tag)), tag);
}

/* Would the module loader take that entry, if it has the right name? */
static __always_inline bool symidx_entry_fits(const struct symidx_entry *entry, bool gplok)
{
	return likely(gplok) || !(entry->flags & COMPAT_EXPORT_GPL_ONLY);
}

/*
 * The first entry of that name that the module loader would take: GPL-only ones
 * only if @gplok. RCU read-side critical section or preemption disabled.
 */
static inline const struct symidx_entry *symidx_hash_find(const char *name, bool gplok)
{
	const u32 tag = symidx_name_tag(name);
	const struct symidx_entry *entry = symidx_hash_first(tag);

	while (entry && !(symidx_names_equal(name, symidx_name(entry)) &&
			  symidx_entry_fits(entry, gplok)))
		entry = symidx_hash_next(symidx_link(entry->next), tag);
	return entry;
}

#endif /* _SYMBOL_INDEX_HASH_H */
