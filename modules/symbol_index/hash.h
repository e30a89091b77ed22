/* SPDX-License-Identifier: GPL-2.0-only */
/* The search by exact name, inline for the sake of the module loader. */
#ifndef _SYMBOL_INDEX_HASH_H
#define _SYMBOL_INDEX_HASH_H

#include <linux/compiler.h>
#include "index.h"
#include "name.h"

extern u32 *symidx_buckets;	/* number of the first entry, 0 for none */
extern u32 symidx_bucket_mask;

/*
 * The first entry of that name that the module loader would take: GPL-only ones
 * only if @gplok. RCU or preemption disabled.
 */
static __always_inline const struct symidx_entry *symidx_hash_find(const char *name, bool gplok)
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

#endif /* _SYMBOL_INDEX_HASH_H */
