// SPDX-License-Identifier: GPL-2.0-only
/* The interface of <linux/symbol_index.h>, for other modules. */
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/symbol_index.h>
#include "generation.h"
#include "hash.h"
#include "order.h"
#include "run.h"

bool symbol_index_lookup(const char *name, const char *name_space,
			 struct symbol_index_symbol *sym)
{
	const struct symidx_entry *entry;
	const char *needed;

	RCU_LOCKDEP_WARN(!rcu_read_lock_any_held(), "symbols looked up outside of RCU");
	entry = symidx_hash_find(name, true);
	if (!entry)
		return false;
	needed = compat_symbol_name_space(entry->sym);
	if (*needed && (!name_space || strcmp(needed, name_space)))
		return false;
	symidx_describe(entry, sym);
	return true;
}
EXPORT_SYMBOL_GPL(symbol_index_lookup);

int symbol_index_for_each(const struct symbol_index_query *query,
			  int (*fn)(const struct symbol_index_symbol *sym, void *data),
			  void *data)
{
	const struct symidx_entry *entry;
	struct symbol_index_symbol sym;
	struct symidx_merge merge;
	int ret;

	ret = symidx_merge_begin(&merge, query);
	if (ret)
		return ret;
	while ((entry = symidx_merge_next(&merge))) {
		symidx_describe(entry, &sym);
		ret = fn(&sym, data);
		if (ret)
			break;
	}
	symidx_merge_end(&merge);
	return ret;
}
EXPORT_SYMBOL_GPL(symbol_index_for_each);

unsigned long symbol_index_generation(void)
{
	return symidx_generation();
}
EXPORT_SYMBOL_GPL(symbol_index_generation);
