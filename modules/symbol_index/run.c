// SPDX-License-Identifier: GPL-2.0-only
/* The run of an owner: made, published, withdrawn, freed after its readers. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include "compat/slab.h"
#include "hash.h"
#include "index.h"
#include "name.h"

DEFINE_MUTEX(symidx_mutex);	/* see index.h */
LIST_HEAD(symidx_runs);
static DEFINE_HASHTABLE(symidx_owners, 9);
static LLIST_HEAD(symidx_retired);

/*
 * The module loader finds symbols by binary search; in a table that is not
 * sorted it does not find them all, and what it does find only it can say.
 */
static bool symidx_tables_sorted(const struct compat_export_table *tables)
{
	const struct compat_kernel_symbol *sym;
	unsigned int t, i;

	for (t = 0; t < COMPAT_EXPORT_TABLES; t++) {
		sym = tables[t].start;
		for (i = 1; i < tables[t].count; i++, sym++)
			if (strcmp(compat_symbol_name(sym), compat_symbol_name(sym + 1)) >= 0)
				return false;
	}
	return true;
}

/* Makes entry @i of the run stand for symbol @index of its table @table. */
void symidx_run_set(struct symidx_run *run, u32 i, u32 table, u32 index)
{
	struct symidx_entry *entry = symidx_entry(run->first + i);
	const struct compat_export_table *from = &run->tables[table];

	entry->run = run;
	entry->sym = from->start + index;
	entry->crc = compat_export_crc(from, index);
	entry->flags = compat_export_flags(from, index);
	entry->tag = symidx_name_tag(symidx_name(entry));
}

/* Merges the tables; of equal names the one of the table searched first leads. */
static void symidx_run_fill(struct symidx_run *run)
{
	const struct compat_export_table *tables = run->tables;
	u32 next[COMPAT_EXPORT_TABLES] = {};
	const char *name, *least;
	unsigned int t, from = 0;
	u32 i;

	for (i = 0; i < run->count; i++) {
		least = NULL;
		for (t = 0; t < COMPAT_EXPORT_TABLES; t++) {
			if (next[t] == tables[t].count)
				continue;
			name = compat_symbol_name(tables[t].start + next[t]);
			if (!least || strcmp(name, least) < 0) {
				least = name;
				from = t;
			}
		}
		symidx_run_set(run, i, from, next[from]++);
	}
}

/**
 * symidx_run_create() - index the symbols of an owner, for nobody to see yet
 * @owner: module, NULL for the kernel proper
 * @tables: its COMPAT_EXPORT_TABLES tables
 *
 * Context: may sleep; under symidx_mutex.
 * Return: the run; NULL if it exports nothing; ERR_PTR(-ENOMEM), -ENOSPC, or
 * -EINVAL if a table is not sorted.
 */
struct symidx_run *symidx_run_create(struct module *owner,
				     const struct compat_export_table *tables)
{
	struct symidx_run *run;
	u32 count;
	int err;

	symidx_runs_reap();
	count = compat_export_count(tables);
	if (!count)
		return NULL;
	if (!symidx_tables_sorted(tables))
		return ERR_PTR(-EINVAL);

	run = compat_kzalloc_obj(*run, GFP_KERNEL);
	if (!run)
		return ERR_PTR(-ENOMEM);
	run->owner = owner;
	run->count = count;
	memcpy(run->tables, tables, sizeof(run->tables));
	err = symidx_entries_alloc(count, &run->first);
	if (err) {
		kfree(run);
		return ERR_PTR(err);
	}
	run->adopted = !owner && symidx_adopt(run);
	if (!run->adopted)
		symidx_run_fill(run);
	return run;
}

/* Makes the run visible. Under symidx_mutex. */
void symidx_run_publish(struct symidx_run *run)
{
	symidx_hash_add(run->first, run->count);
	hash_add(symidx_owners, &run->by_owner, (unsigned long)run->owner);
	list_add_tail_rcu(&run->node, &symidx_runs);
}

static void symidx_run_retire(struct rcu_head *rcu)
{
	struct symidx_run *run = container_of(rcu, struct symidx_run, rcu);

	llist_add(&run->retired, &symidx_retired);
}

/* Takes the run out of sight, and frees it when its readers are gone. Under symidx_mutex. */
void symidx_run_withdraw(struct symidx_run *run)
{
	u32 i;

	for (i = 0; i < run->count; i++)
		symidx_hash_del(symidx_entry(run->first + i));
	hash_del(&run->by_owner);
	list_del_rcu(&run->node);
	call_rcu(&run->rcu, symidx_run_retire);
}

/* The run of a module, or NULL. Under symidx_mutex. */
struct symidx_run *symidx_run_of(const struct module *owner)
{
	struct symidx_run *run;

	hash_for_each_possible(symidx_owners, run, by_owner, (unsigned long)owner)
		if (run->owner == owner)
			return run;
	return NULL;
}

/* Reuses what withdrawn runs held, once their readers are gone. Under symidx_mutex. */
void symidx_runs_reap(void)
{
	struct symidx_run *run, *next;

	llist_for_each_entry_safe(run, next, llist_del_all(&symidx_retired), retired) {
		symidx_entries_free(run->first, run->count);
		kfree(run);
	}
}

/* Withdraws all runs and waits until they are freed. */
void symidx_runs_exit(void)
{
	struct symidx_run *run, *next;

	mutex_lock(&symidx_mutex);
	list_for_each_entry_safe(run, next, &symidx_runs, node)
		symidx_run_withdraw(run);
	mutex_unlock(&symidx_mutex);
	rcu_barrier();
	mutex_lock(&symidx_mutex);
	symidx_runs_reap();
	mutex_unlock(&symidx_mutex);
}

/* What others may know of an entry. RCU, or under symidx_mutex. */
void symidx_describe(const struct symidx_entry *entry, struct symbol_index_symbol *sym)
{
	*sym = (struct symbol_index_symbol) {
		.name = symidx_name(entry),
		.name_space = compat_symbol_name_space(entry->sym),
		.owner = entry->run->owner,
		.owner_name = symidx_owner_name(entry->run),
		.value = compat_symbol_value(entry->sym),
		.crc = entry->crc ? compat_export_crc_value(entry->crc) : 0,
		.has_crc = entry->crc,
		.gpl_only = entry->flags & COMPAT_EXPORT_GPL_ONLY,
	};
}
