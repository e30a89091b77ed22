// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the index equal to what is loaded. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/notifier.h>
#include "hash.h"
#include "index.h"

struct symidx_cost symidx_cost;
const struct compat_export_table *symidx_kernel_tables;
static struct mutex *symidx_module_mutex;	/* the kernel's */
static unsigned long symidx_generation;

unsigned long symbol_index_generation(void)
{
	/* Pairs with symidx_next_generation(). */
	return smp_load_acquire(&symidx_generation);
}
EXPORT_SYMBOL_GPL(symbol_index_generation);

static void symidx_next_generation(void)
{
	/* Pairs with symbol_index_generation(): who sees it sees the entries. */
	smp_store_release(&symidx_generation, symidx_generation + 1);
	symidx_changed();
}

static void symidx_count(const struct symidx_run *run, int change, ktime_t start)
{
	u64 ns = ktime_to_ns(ktime_sub(ktime_get(), start));

	symidx_cost.module_symbols += change * (int)run->count;
	WRITE_ONCE(symidx_cost.owners, symidx_cost.owners + change);
	symidx_cost.updates++;
	symidx_cost.update_symbols += run->count;
	symidx_cost.update_ns += ns;
	symidx_cost.update_max_ns = max(symidx_cost.update_max_ns, ns);
	symidx_next_generation();
}

/*
 * Indexes a module, unless it is indexed or has no exports. Only one that is live,
 * or that we are just being told of: another one that is still coming may have
 * failed, and its memory goes without another word.
 */
static int symidx_add_module(struct module *mod)
{
	struct compat_export_table tables[COMPAT_EXPORT_TABLES];
	ktime_t start = ktime_get();
	struct symidx_run *run;

	if (symidx_run_of(mod))
		return 0;
	compat_module_export_tables(mod, tables);
	run = symidx_run_create(mod, tables);
	if (IS_ERR_OR_NULL(run))
		return PTR_ERR_OR_ZERO(run);
	symidx_run_publish(run);
	symidx_count(run, 1, start);
	return 0;
}

static bool symidx_lacks(struct module *mod)
{
	struct compat_export_table tables[COMPAT_EXPORT_TABLES];

	if (symidx_run_of(mod))
		return false;
	compat_module_export_tables(mod, tables);
	return compat_export_count(tables) > 0;
}

static void symidx_drop_module(struct module *mod)
{
	struct symidx_run *run = symidx_run_of(mod);
	ktime_t start = ktime_get();

	/* Even without exports: the floor must not stand on freed memory. */
	symidx_walk_lower();
	if (run) {
		symidx_run_withdraw(run);
		symidx_count(run, -1, start);
	}
}

/**
 * symidx_add_modules() - index all live modules that are not
 *
 * Counts those that are missing: without memory, with tables that cannot be
 * searched, or coming. Those that go are left to the walk.
 *
 * Context: may sleep; under symidx_mutex.
 */
void symidx_add_modules(void)
{
	unsigned int missing = 0, coming = 0;
	struct module *mod;

	mutex_lock(symidx_module_mutex);
	list_for_each_entry(mod, symidx_search.modules, list) {
		switch (READ_ONCE(mod->state)) {
		case MODULE_STATE_LIVE:
			missing += symidx_add_module(mod) != 0;
			break;
		case MODULE_STATE_COMING:
			coming += symidx_lacks(mod);
			break;
		default:
			break;
		}
	}
	mutex_unlock(symidx_module_mutex);
	missing += coming;
	symidx_walk_missing(missing, coming);
	if (missing != symidx_cost.unindexed) {
		WRITE_ONCE(symidx_cost.unindexed, missing);
		symidx_next_generation();
	}
}

/*
 * A module must load with or without us: what cannot be indexed is counted, and
 * the module loader is served by a search of all tables as long as it is there.
 */
static int symidx_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;
	int err = 0;

	mutex_lock(&symidx_mutex);
	switch (state) {
	case MODULE_STATE_COMING:
	case MODULE_STATE_LIVE:
		err = symidx_add_module(mod);
		if (err)
			pr_warn_ratelimited("%s: cannot be indexed: error %d\n", mod->name, err);
		break;
	case MODULE_STATE_GOING:
		symidx_drop_module(mod);
		break;
	}
	/* There may be memory now, or nothing to index any more. */
	if (err || symidx_cost.unindexed)
		symidx_add_modules();
	if (state == MODULE_STATE_LIVE)
		symidx_walk_raise();
	mutex_unlock(&symidx_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block symidx_notifier = {
	.notifier_call = symidx_notify,
	/* Before others: what they do may make the module loader look for symbols. */
	.priority = INT_MAX,
};

static int symidx_add_kernel(const struct compat_export_table *tables)
{
	ktime_t start = ktime_get();
	struct symidx_run *run;
	int err;

	err = symidx_hash_init(compat_export_count(tables));
	if (err)
		return err;
	run = symidx_run_create(NULL, tables);
	if (IS_ERR_OR_NULL(run)) {
		symidx_hash_exit();
		return run ? PTR_ERR(run) : -ENOENT;
	}
	symidx_run_publish(run);
	symidx_cost.kernel_symbols = run->count;
	symidx_cost.adopted = run->adopted;
	symidx_cost.build_ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	return 0;
}

/**
 * symidx_upkeep_init() - index what is there and watch what comes and goes
 * @tables: of the kernel proper; must stay
 * @module_mutex: protects @modules
 * @modules: the kernel's list of modules
 *
 * Return: 0, or a negative errno, with nothing left behind.
 */
int symidx_upkeep_init(const struct compat_export_table *tables, struct mutex *module_mutex,
		       struct list_head *modules)
{
	int err;

	symidx_kernel_tables = tables;
	symidx_module_mutex = module_mutex;
	symidx_search.modules = modules;
	symidx_generation = 1;
	symidx_entries_init();

	mutex_lock(&symidx_mutex);
	err = symidx_add_kernel(tables);
	mutex_unlock(&symidx_mutex);
	if (err)
		goto err_exit_entries;
	err = register_module_notifier(&symidx_notifier);
	if (err)
		goto err_exit_runs;
	/*
	 * Only now, so that none is missed. What happens to a module while we
	 * look at it waits in the notifier.
	 */
	mutex_lock(&symidx_mutex);
	symidx_add_modules();
	symidx_walk_raise();
	mutex_unlock(&symidx_mutex);
	return 0;

err_exit_runs:
	symidx_runs_exit();
	symidx_hash_exit();
err_exit_entries:
	symidx_entries_exit();
	return err;
}

void symidx_upkeep_exit(void)
{
	unregister_module_notifier(&symidx_notifier);
	symidx_walk_exit();
	symidx_runs_exit();
	symidx_hash_exit();
	symidx_entries_exit();
}
