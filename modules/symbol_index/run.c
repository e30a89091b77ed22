// SPDX-License-Identifier: GPL-2.0-only
/* The run of an owner: created, published, withdrawn, freed after its readers. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/symbol_index.h>
#include "compat/slab.h"
#include "generation.h"
#include "hash.h"
#include "run.h"

LIST_HEAD(symidx_runs);
static unsigned int symidx_run_number;	/* length of the list */
static DEFINE_HASHTABLE(symidx_owners, 9);
static LLIST_HEAD(symidx_retired);

/**
 * symidx_run_create() - index the symbols of an owner, invisible to readers
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

	lockdep_assert_held(&symidx_mutex);
	symidx_runs_reap();
	count = compat_export_count(tables);
	if (!count)
		return NULL;
	run = compat_kzalloc_obj(*run, GFP_KERNEL);
	if (!run)
		return ERR_PTR(-ENOMEM);
	run->owner = owner;
	run->count = count;
	err = symidx_entries_alloc(count, &run->first);
	if (err)
		goto err_free_run;
	run->adopted = !owner && symidx_adopt(run, tables);
	if (!run->adopted && !symidx_run_fill(run, tables)) {
		err = -EINVAL;
		goto err_free_entries;
	}
	return run;

err_free_entries:
	symidx_entries_free(run->first, count);
err_free_run:
	kfree(run);
	return ERR_PTR(err);
}

/* Makes the run visible. Under symidx_mutex; does not sleep. */
void symidx_run_publish(struct symidx_run *run)
{
	lockdep_assert_held(&symidx_mutex);
	symidx_hash_add(run->first, run->count);
	hash_add(symidx_owners, &run->by_owner, (unsigned long)run->owner);
	list_add_tail_rcu(&run->node, &symidx_runs);
	WRITE_ONCE(symidx_run_number, symidx_run_number + 1);
}

static void symidx_run_retire(struct rcu_head *rcu)
{
	struct symidx_run *run = container_of(rcu, struct symidx_run, rcu);

	llist_add(&run->retired, &symidx_retired);
}

/* Hides the run, and frees it when its readers are gone. Under symidx_mutex; does not sleep. */
void symidx_run_withdraw(struct symidx_run *run)
{
	u32 i;

	lockdep_assert_held(&symidx_mutex);
	for (i = 0; i < run->count; i++)
		symidx_hash_del(symidx_entry(run->first + i));
	hash_del(&run->by_owner);
	list_del_rcu(&run->node);
	WRITE_ONCE(symidx_run_number, symidx_run_number - 1);
	call_rcu(&run->rcu, symidx_run_retire);
}

/* The run of a module, or NULL. Under symidx_mutex. */
struct symidx_run *symidx_run_of(const struct module *owner)
{
	struct symidx_run *run;

	lockdep_assert_held(&symidx_mutex);
	hash_for_each_possible(symidx_owners, run, by_owner, (unsigned long)owner)
		if (run->owner == owner)
			return run;
	return NULL;
}

/* The number of runs at this moment. Any context. */
unsigned int symidx_runs_count(void)
{
	return READ_ONCE(symidx_run_number);
}

/* Reuses the entries of withdrawn runs whose readers are gone. Under symidx_mutex. */
void symidx_runs_reap(void)
{
	struct symidx_run *run, *next;

	lockdep_assert_held(&symidx_mutex);
	llist_for_each_entry_safe(run, next, llist_del_all(&symidx_retired), retired) {
		symidx_entries_free(run->first, run->count);
		kfree(run);
	}
}

/* Withdraws all runs and waits until they are freed. There are no readers any more. */
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

/* Describes an entry for other modules. RCU read-side critical section or preemption disabled. */
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
