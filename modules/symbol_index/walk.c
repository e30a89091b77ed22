// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module loader would find.
 *
 * The index is told of a module a moment after the module loader takes it into
 * account, and has to drop it a moment before the loader does. In between, and
 * if there was no memory to index it, a module is searched the way the loader
 * itself would. Modules that are MODULE_STATE_LIVE are all in the index, save
 * for those without memory; modules come in at the head of the list, and all
 * from the floor on are known to be in the index. So normally one or two
 * modules are looked at, and none is searched.
 */
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/rculist.h>
#include <linux/workqueue.h>
#include "find.h"
#include "hash.h"
#include "index.h"

/* How long a module that goes may take to leave the list. */
#define SYMIDX_FLOOR_DELAY	msecs_to_jiffies(20)
/* How often to look whether a module that was missing has failed to come. */
#define SYMIDX_COMING_DELAY	HZ

/* Modules that are missing from the index. */
static unsigned int symidx_missing;

static void symidx_floor_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(symidx_floor_dwork, symidx_floor_work);

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

/* Searches the modules down to @floor, @all of them or only those that the index may lack. */
static bool symidx_modules_find(const char *name, bool gplok, const struct list_head *floor,
				bool all, struct compat_find_symbol_answer *answer)
{
	enum module_state state;
	struct module *mod;

	list_for_each_entry_rcu(mod, symidx_search.modules, list, true) {
		if (&mod->list == floor)
			break;
		state = READ_ONCE(mod->state);
		if (state == MODULE_STATE_UNFORMED || (state == MODULE_STATE_LIVE && !all))
			continue;
		if (symidx_module_find(mod, name, gplok, answer))
			return true;
	}
	return false;
}

/* symidx_find() for callers to whom every instruction is one. */
bool symidx_find_export(struct compat_find_symbol_arg *arg)
{
	return symidx_find(arg);
}
EXPORT_SYMBOL_GPL(symidx_find_export);

/* The search at a time at which the index may lack modules. */
static bool symidx_find_lacking(const char *name, bool gplok,
				struct compat_find_symbol_answer *answer)
{
	const struct symidx_entry *entry;
	unsigned long generation;
	bool found;

	do {
		generation = symbol_index_generation();
		entry = symidx_hash_find(name, gplok);
		if (entry) {
			symidx_answer(answer, entry);
			return true;
		}
		/* Who misses the entries of a module that goes sees the floor lowered. */
		smp_rmb();
		found = symidx_modules_find(name, gplok, READ_ONCE(symidx_search.floor),
					    READ_ONCE(symidx_missing), answer);
		/* Who sees a module live sees the generation that its entries made. */
		smp_rmb();
	} while (!found && generation != symbol_index_generation());
	return found;
}

/**
 * symidx_find_again() - find a symbol by searching all that there is
 * @arg: the question; the answer is filled in if it is found
 *
 * Context: preemption disabled; enabled on return.
 * Return: whether it is found.
 */
bool symidx_find_again(struct compat_find_symbol_arg *arg)
{
	bool found = symidx_find_lacking(arg->name, arg->gplok, &arg->answer);

	preempt_enable_notrace();
	return found;
}
EXPORT_SYMBOL_GPL(symidx_find_again);

/**
 * symidx_find_export_slowly() - find a symbol without the index
 * @name: name of the symbol
 * @gplok: the importer may use GPL-only symbols
 * @answer: filled in if it is found
 *
 * Searches one table after the other, in the order of the module loader.
 *
 * Context: as symidx_find().
 * Return: whether it is found.
 */
bool symidx_find_export_slowly(const char *name, bool gplok,
			       struct compat_find_symbol_answer *answer)
{
	bool found;

	preempt_disable_notrace();
	found = symidx_tables_find(NULL, symidx_kernel_tables, name, gplok, answer) ||
		symidx_modules_find(name, gplok, NULL, true, answer);
	preempt_enable_notrace();
	return found;
}
EXPORT_SYMBOL_GPL(symidx_find_export_slowly);

/* Under symidx_mutex. A look that is due later is due then. */
static void symidx_look_soon(void)
{
	cancel_delayed_work(&symidx_floor_dwork);
	schedule_delayed_work(&symidx_floor_dwork, SYMIDX_FLOOR_DELAY);
}

/*
 * Raises the floor over all modules that are settled; a module that is known to
 * be live under symidx_mutex stays in the index until that is released. Under
 * symidx_mutex.
 */
void symidx_walk_raise(void)
{
	const struct list_head *old, *floor = NULL;
	struct module *mod;
	bool going = false;

	if (symidx_missing)
		return;
	old = symidx_search.floor;
	rcu_read_lock();
	list_for_each_entry_rcu(mod, symidx_search.modules, list) {
		enum module_state state = READ_ONCE(mod->state);

		if (&mod->list == old) {
			if (!floor)
				floor = old;
			break;
		}
		if (state != MODULE_STATE_LIVE)
			floor = NULL;
		else if (!floor)
			floor = &mod->list;
		if (state == MODULE_STATE_GOING)
			going = true;
	}
	rcu_read_unlock();
	/* Pairs with symidx_find(): the entries are there. */
	smp_store_release(&symidx_search.floor, floor);
	if (going)
		symidx_look_soon();
}

static void symidx_floor_work(struct work_struct *work)
{
	mutex_lock(&symidx_mutex);
	/* One that was missing may have failed to come, see symidx_walk_missing(). */
	if (symidx_missing)
		symidx_add_modules();
	symidx_walk_raise();
	symidx_runs_reap();
	mutex_unlock(&symidx_mutex);
}

/*
 * A module is about to leave the index. From here on the whole list is walked,
 * until the module has left that too: the kernel does not tell when that is.
 * Under symidx_mutex.
 */
void symidx_walk_lower(void)
{
	WRITE_ONCE(symidx_search.floor, NULL);
	/* Before the entries go, see symidx_all_searched(). */
	smp_wmb();
	symidx_look_soon();
}

/*
 * So many modules should be in the index and are not, of which so many are coming.
 * One that is coming may have been refused by another notifier, before it was known
 * to us or after we were told that it goes: then only looking again tells that it is
 * gone. That it is live we are told. Under symidx_mutex.
 */
void symidx_walk_missing(unsigned int missing, unsigned int coming)
{
	WRITE_ONCE(symidx_missing, missing);
	if (missing)
		WRITE_ONCE(symidx_search.floor, NULL);
	if (coming)
		schedule_delayed_work(&symidx_floor_dwork, SYMIDX_COMING_DELAY);
}

void symidx_walk_exit(void)
{
	cancel_delayed_work_sync(&symidx_floor_dwork);
}
