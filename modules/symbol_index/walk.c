// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slow path of the search for the module loader.
 *
 * The kernel finds the exports of a module a moment before it notifies the index of it, and
 * a moment after it has told the index that the module goes. In these moments, and if there
 * was no memory to index a module, the module's own tables are searched. New modules enter
 * the kernel's list at its head, so the search stops at the first settled one (settled.c).
 * Normally it looks at one or two modules and searches none.
 */
#include <linux/rculist.h>
#include "compat/export_namespace.h"
#include "find.h"
#include "generation.h"
#include "hash.h"
#include "running.h"
#include "settled.h"

static bool symidx_table_find(const struct compat_export_table *table, const char *name,
			      bool gplok, unsigned int *found)
{
	unsigned int first = 0, end = table->count, middle;
	int cmp;

	if (!gplok && (table->flags & COMPAT_EXPORT_GPL_ONLY))
		return false;
	while (first < end) {
		middle = first + (end - first) / 2;
		cmp = strcmp(name, compat_symbol_name(table->start + middle));
		if (!cmp) {
			*found = middle;
			return gplok || !(compat_export_flags(table, middle) &
					  COMPAT_EXPORT_GPL_ONLY);
		}
		if (cmp < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return false;
}

static bool symidx_tables_find(struct module *owner, const struct compat_export_table *tables,
			       const char *name, bool gplok,
			       struct compat_find_symbol_answer *answer)
{
	unsigned int t, i;

	for (t = 0; t < COMPAT_EXPORT_TABLES; t++) {
		if (!symidx_table_find(&tables[t], name, gplok, &i))
			continue;
		compat_find_symbol_set(answer, owner, tables[t].start + i,
				       compat_export_crc(&tables[t], i),
				       compat_export_flags(&tables[t], i));
		return true;
	}
	return false;
}

static noinline bool symidx_module_find(struct module *mod, const char *name, bool gplok,
					struct compat_find_symbol_answer *answer)
{
	struct compat_export_table tables[COMPAT_EXPORT_TABLES];

	compat_module_export_tables(mod, tables);
	return symidx_tables_find(mod, tables, name, gplok, answer);
}

/*
 * Searches the modules that are newer than @settled: @all of them, or only those that are
 * not live, which are the ones that the index may lack.
 */
static bool symidx_modules_find(const char *name, bool gplok, const struct list_head *settled,
				bool all, struct compat_find_symbol_answer *answer)
{
	enum module_state state;
	struct module *mod;

	list_for_each_entry_rcu(mod, symidx_search.modules, list, rcu_read_lock_any_held()) {
		if (&mod->list == settled)
			break;
		state = READ_ONCE(mod->state);
		if (state == MODULE_STATE_UNFORMED || (state == MODULE_STATE_LIVE && !all))
			continue;
		if (symidx_module_find(mod, name, gplok, answer))
			return true;
	}
	return false;
}

/* symidx_find() as a function, for callers that need not save the call. */
bool symidx_find_export(struct compat_find_symbol_arg *arg)
{
	return symidx_find(arg);
}
EXPORT_SYMBOL_FOR_LOADER(symidx_find_export);

/* Searches the index, and the modules that it may lack. */
static bool symidx_find_everywhere(const char *name, bool gplok,
				   struct compat_find_symbol_answer *answer)
{
	const struct symidx_entry *entry;
	unsigned long generation;
	bool found;

	do {
		generation = symidx_generation();
		entry = symidx_hash_find(name, gplok);
		if (entry) {
			symidx_answer(answer, entry);
			return true;
		}
		/*
		 * Pairs with smp_wmb() in symidx_settled_reset(): if the entries of a departing
		 * module are gone, we see that no module is settled.
		 */
		smp_rmb();
		found = symidx_modules_find(name, gplok, READ_ONCE(symidx_search.settled),
					    READ_ONCE(symidx_missing), answer);
		/*
		 * Pairs with smp_store_release() in symidx_change_end(): if we saw the module
		 * live, the generation that we read now covers its entries.
		 */
		smp_rmb();
	} while (!found && generation != symidx_generation());
	return found;
}

/* See find.h. */
bool symidx_find_slow(struct compat_find_symbol_arg *arg)
{
	bool found = symidx_find_everywhere(arg->name, arg->gplok, &arg->answer);

	preempt_enable_notrace();
	return found;
}
EXPORT_SYMBOL_FOR_LOADER(symidx_find_slow);

/**
 * symidx_find_in_tables() - find a symbol without the index
 * @name: name of the symbol
 * @gplok: the importer may use GPL-only symbols
 * @answer: filled in if it is found
 *
 * Searches one table after the other, in the order of the module loader.
 *
 * Context: as symidx_find().
 * Return: whether it is found.
 */
bool symidx_find_in_tables(const char *name, bool gplok,
			   struct compat_find_symbol_answer *answer)
{
	bool found;

	preempt_disable_notrace();
	found = symidx_tables_find(NULL, symidx_kernel_tables, name, gplok, answer) ||
		symidx_modules_find(name, gplok, NULL, true, answer);
	preempt_enable_notrace();
	return found;
}
EXPORT_SYMBOL_FOR_LOADER(symidx_find_in_tables);

#ifdef CONFIG_PROVE_RCU
/* See symidx_find(). */
void symidx_assert_caller(void)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_any_held() && !lockdep_is_held(symidx_module_mutex),
			 "find_symbol() called without module_mutex and outside RCU");
}
EXPORT_SYMBOL_FOR_LOADER(symidx_assert_caller);
#endif
