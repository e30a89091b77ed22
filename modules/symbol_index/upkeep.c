// SPDX-License-Identifier: GPL-2.0-only
/* Keeps the index equal to what is loaded. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>
#include "generation.h"
#include "hash.h"
#include "run.h"
#include "running.h"
#include "settled.h"
#include "upkeep.h"

/* How long a module may take to leave the kernel's list. */
#define SYMIDX_AGAIN_SOON_DELAY		msecs_to_jiffies(20)
/* How often to look whether a module that was coming has failed to load. */
#define SYMIDX_AGAIN_LATER_DELAY	HZ

static struct symidx_cost symidx_cost;	/* changed between symidx_change_begin() and _end() */

static void symidx_again_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(symidx_again_dwork, symidx_again_work);

/* Reads the figures of one generation, and returns that. Does not wait for changes. */
unsigned long symidx_cost_read(struct symidx_cost *cost)
{
	unsigned long generation;
	unsigned int view;

	do {
		view = symidx_view_begin();
		*cost = symidx_cost;
		generation = symidx_generation();
	} while (symidx_view_changed(view));
	return generation;
}

static void symidx_count(const struct symidx_run *run, int change, ktime_t start)
{
	u64 ns = ktime_to_ns(ktime_sub(ktime_get(), start));

	symidx_cost.module_symbols += change * (int)run->count;
	symidx_cost.owners += change;
	symidx_cost.updates++;
	symidx_cost.update_symbols += run->count;
	symidx_cost.update_ns += ns;
	symidx_cost.update_max_ns = max(symidx_cost.update_max_ns, ns);
}

/* Under symidx_mutex. Work that is due later becomes due sooner. */
static void symidx_schedule(enum symidx_again again)
{
	if (again == SYMIDX_AGAIN_NEVER)
		return;
	if (again == SYMIDX_AGAIN_LATER) {
		schedule_delayed_work(&symidx_again_dwork, SYMIDX_AGAIN_LATER_DELAY);
		return;
	}
	cancel_delayed_work(&symidx_again_dwork);
	schedule_delayed_work(&symidx_again_dwork, SYMIDX_AGAIN_SOON_DELAY);
}

/*
 * Indexes a module, unless it is indexed already or has no exports. The module must be live, or
 * be the one that we are just being notified of: another one that is still coming may have
 * failed, and its memory goes without another notification.
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
	symidx_change_begin();
	symidx_run_publish(run);
	symidx_count(run, 1, start);
	symidx_change_end();
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

	/* Even without exports: symidx_search.settled must not point to freed memory. */
	symidx_settled_reset();
	symidx_schedule(SYMIDX_AGAIN_SOON);
	if (!run)
		return;
	symidx_change_begin();
	symidx_run_withdraw(run);
	symidx_count(run, -1, start);
	symidx_change_end();
}

/*
 * Indexes all live modules that are not indexed, and counts those that are still missing:
 * without memory, with tables that cannot be searched, or coming. Modules that go are left
 * to the search. A COMING module can fail without another notification, so look again until
 * it is gone or live. May sleep; under symidx_mutex.
 */
static void symidx_add_modules(void)
{
	unsigned int missing = 0, coming = 0;
	struct module *mod;

	mutex_lock(symidx_module_mutex);
	list_for_each_entry(mod, symidx_modules, list) {
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
	symidx_settled_set_missing(missing);
	if (coming)
		symidx_schedule(SYMIDX_AGAIN_LATER);
	if (missing != symidx_cost.unindexed) {
		symidx_change_begin();
		symidx_cost.unindexed = missing;
		symidx_change_end();
	}
}

static void symidx_again_work(struct work_struct *work)
{
	mutex_lock(&symidx_mutex);
	/* A missing module may have failed to load. */
	if (symidx_missing)
		symidx_add_modules();
	symidx_schedule(symidx_settled_update());
	symidx_runs_reap();
	mutex_unlock(&symidx_mutex);
}

/*
 * A module must load with or without us. If it cannot be indexed, it is counted, and
 * searches look at all tables as long as it is there.
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
			pr_warn_ratelimited("%s: cannot index its symbols: %pe\n", mod->name,
					    ERR_PTR(err));
		break;
	case MODULE_STATE_GOING:
		symidx_drop_module(mod);
		break;
	}
	/* There may be memory now, or nothing to index any more. */
	if (err || symidx_cost.unindexed)
		symidx_add_modules();
	if (state == MODULE_STATE_LIVE)
		symidx_schedule(symidx_settled_update());
	mutex_unlock(&symidx_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block symidx_notifier = {
	.notifier_call = symidx_notify,
	/* Before others, which may make the module loader search for symbols. */
	.priority = INT_MAX,
};

static int symidx_add_kernel(void)
{
	ktime_t start = ktime_get();
	struct symidx_run *run;
	int err;

	err = symidx_hash_init(compat_export_count(symidx_kernel_tables), symidx_modules);
	if (err)
		return err;
	run = symidx_run_create(NULL, symidx_kernel_tables);
	if (IS_ERR_OR_NULL(run)) {
		symidx_hash_exit();
		return run ? PTR_ERR(run) : -ENOENT;
	}
	/* Nobody reads yet, so this needs no new generation. */
	symidx_run_publish(run);
	symidx_cost.kernel_symbols = run->count;
	symidx_cost.adopted = run->adopted;
	symidx_cost.build_ns = ktime_to_ns(ktime_sub(ktime_get(), start));
	return 0;
}

/**
 * symidx_upkeep_init() - index what is loaded and watch what comes and goes
 *
 * Context: may sleep; after symidx_running_init().
 * Return: 0, or a negative errno, with nothing left behind.
 */
int symidx_upkeep_init(void)
{
	int err;

	symidx_entries_init();
	mutex_lock(&symidx_mutex);
	err = symidx_add_kernel();
	mutex_unlock(&symidx_mutex);
	if (err)
		goto err_exit_entries;
	err = register_module_notifier(&symidx_notifier);
	if (err)
		goto err_exit_runs;
	/*
	 * After the registration, so that no module is missed. A notification about a module
	 * that we look at waits for the mutex.
	 */
	mutex_lock(&symidx_mutex);
	symidx_add_modules();
	symidx_schedule(symidx_settled_update());
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
	cancel_delayed_work_sync(&symidx_again_dwork);
	symidx_runs_exit();
	symidx_hash_exit();
	symidx_entries_exit();
}
