// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tests and benchmarks ask the kernel itself:
 *
 *  - write a symbol to the parameter find: find_symbol(), patched or not, is called for it;
 *    read it back: "SYMBOL found|missing OWNER". A '-' before the symbol asks on behalf of a
 *    module that may not use GPL-only symbols
 *  - the same with the parameter cost: "SYMBOL found|missing OWNER COST INDEX PATCH CLOCK",
 *    the costs of one call, of the same search in the index without the call, of what a live
 *    patch adds to a call (0 unless symbol_index_empty_patch is loaded), and of reading the
 *    clock, in nanoseconds of the kernel's clock, which are instructions in a guest that
 *    counts them
 *  - write a prefix to walk: symbol_index_for_each() goes over it; read it back: the number
 *    of symbols, how many of them symbol_index_lookup() finds the same, the first, the last
 *  - write "NAME" or "NAME NAMESPACE" to lookup: symbol_index_lookup() is called; read it back:
 *    "NAME found|missing"
 *  - read settled: 1 if a search that finds nothing looks at no module, or 0
 *  - write a number to churn: so many threads get and put symbols from now on; read it
 *    back: the number of symbols that they got
 *  - read loads: how many modules became live since the probe came, by whatever brought them
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/symbol_index.h>
#include "compat/export_namespace.h"
#include "compat/find_symbol_call.h"
#include "compat/slab.h"
#include "../find.h"

#define PROBE_CALLS	64
#define PROBE_ROUNDS	8

static DEFINE_MUTEX(probe_mutex);	/* the answer */
static char probe_answer[768] = "\n";

enum probe_callee { PROBE_NOTHING, PROBE_PATCHED, PROBE_FIND_SYMBOL, PROBE_INDEX, PROBE_CLOCK };

static noinline u64 probe_calls(enum probe_callee callee, struct compat_find_symbol_arg *arg)
{
	u64 start = ktime_get_ns();
	unsigned int i;

	for (i = 0; i < PROBE_CALLS; i++) {
		if (callee == PROBE_FIND_SYMBOL)
			compat_call_find_symbol(arg);
		else if (callee == PROBE_INDEX)
			symidx_find_export(arg);
		else if (callee == PROBE_PATCHED)
			compat_call_find_patched(arg);
		else if (callee == PROBE_CLOCK)
			arg->warn = ktime_get_ns();
		else
			compat_call_find_nothing(arg);
	}
	return ktime_get_ns() - start;
}

/* What one search takes, at the least over some rounds. */
static u64 probe_cost(enum probe_callee callee, struct compat_find_symbol_arg *arg)
{
	u64 calls = U64_MAX, no_calls = U64_MAX;
	unsigned int round;

	for (round = 0; round < PROBE_ROUNDS; round++) {
		no_calls = min(no_calls, probe_calls(PROBE_NOTHING, arg));
		calls = min(calls, probe_calls(callee, arg));
	}
	return calls < no_calls ? 0 : (calls - no_calls + PROBE_CALLS / 2) / PROBE_CALLS;
}

static int probe_find_set(const char *value, const struct kernel_param *kp)
{
	struct compat_find_symbol_arg arg = { .gplok = true };
	const char *owner = "-";
	char *name;
	bool found;
	int len;

	name = kstrndup(value, 512, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	arg.name = strim(name);
	if (*arg.name == '-') {
		arg.name++;
		arg.gplok = false;
	}

	mutex_lock(&probe_mutex);
	preempt_disable();
	found = compat_call_find_symbol(&arg);
	if (found)
		owner = arg.answer.owner ? arg.answer.owner->name : "vmlinux";
	len = scnprintf(probe_answer, sizeof(probe_answer), "%s %s %s", arg.name,
			found ? "found" : "missing", owner);
	if (kp->arg)
		len += scnprintf(probe_answer + len, sizeof(probe_answer) - len,
				 " %llu %llu %llu %llu", probe_cost(PROBE_FIND_SYMBOL, &arg),
				 probe_cost(PROBE_INDEX, &arg), probe_cost(PROBE_PATCHED, &arg),
				 probe_cost(PROBE_CLOCK, &arg));
	scnprintf(probe_answer + len, sizeof(probe_answer) - len, "\n");
	preempt_enable();
	mutex_unlock(&probe_mutex);
	kfree(name);
	return 0;
}

static int probe_find_get(char *buffer, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&probe_mutex);
	len = scnprintf(buffer, PAGE_SIZE, "%s", probe_answer);
	mutex_unlock(&probe_mutex);
	return len;
}

static const struct kernel_param_ops probe_find_ops = {
	.set = probe_find_set,
	.get = probe_find_get,
};

module_param_cb(find, &probe_find_ops, NULL, 0600);
MODULE_PARM_DESC(find, "symbol to find");
module_param_cb(cost, &probe_find_ops, probe_answer, 0600);
MODULE_PARM_DESC(cost, "symbol to find, and to tell what that takes");

/* What a walk saw; the answer is written at its end, by name, since names may go. */
struct probe_walk {
	unsigned int count;
	unsigned int found;
	char first[128];
	char last[128];
};

static int probe_step(const struct symbol_index_symbol *sym, void *data)
{
	struct symbol_index_symbol again;
	struct probe_walk *walk = data;

	if (!walk->count++)
		strscpy(walk->first, sym->name, sizeof(walk->first));
	strscpy(walk->last, sym->name, sizeof(walk->last));
	if (symbol_index_lookup(sym->name, sym->name_space, &again) && again.value == sym->value &&
	    again.owner == sym->owner && again.crc == sym->crc &&
	    again.gpl_only == sym->gpl_only && !strcmp(again.owner_name, sym->owner_name) &&
	    !strcmp(again.name_space, sym->name_space))
		walk->found++;
	return 0;
}

static int probe_walk_set(const char *value, const struct kernel_param *kp)
{
	struct symbol_index_query query = {};
	struct probe_walk *walk;
	char *prefix;
	int err = -ENOMEM;

	walk = compat_kzalloc_obj(*walk, GFP_KERNEL);
	prefix = kstrndup(value, 512, GFP_KERNEL);
	if (walk && prefix) {
		query.prefix = strim(prefix);
		err = symbol_index_for_each(&query, probe_step, walk);
	}
	if (!err) {
		mutex_lock(&probe_mutex);
		scnprintf(probe_answer, sizeof(probe_answer), "%u %u %s %s\n", walk->count,
			  walk->found, walk->first, walk->last);
		mutex_unlock(&probe_mutex);
	}
	kfree(prefix);
	kfree(walk);
	return err;
}

static const struct kernel_param_ops probe_walk_ops = {
	.set = probe_walk_set,
	.get = probe_find_get,
};

module_param_cb(walk, &probe_walk_ops, NULL, 0600);
MODULE_PARM_DESC(walk, "prefix to walk over");

/* "NAME" or "NAME NAMESPACE". */
static int probe_lookup_set(const char *value, const struct kernel_param *kp)
{
	char *question, *name, *name_space;
	struct symbol_index_symbol sym;
	bool found;

	question = kstrndup(value, 512, GFP_KERNEL);
	if (!question)
		return -ENOMEM;
	name_space = strim(question);
	name = strsep(&name_space, " ");
	rcu_read_lock();
	found = symbol_index_lookup(name, name_space, &sym);
	rcu_read_unlock();
	mutex_lock(&probe_mutex);
	scnprintf(probe_answer, sizeof(probe_answer), "%s %s\n", name,
		  found ? "found" : "missing");
	mutex_unlock(&probe_mutex);
	kfree(question);
	return 0;
}

static const struct kernel_param_ops probe_lookup_ops = {
	.set = probe_lookup_set,
	.get = probe_find_get,
};

module_param_cb(lookup, &probe_lookup_ops, NULL, 0600);
MODULE_PARM_DESC(lookup, "symbol to look up, and the namespace to do it with");

static int probe_settled_get(char *buffer, const struct kernel_param *kp)
{
	bool settled;

	rcu_read_lock();
	settled = READ_ONCE(symidx_search.settled) == READ_ONCE(symidx_search.modules->next);
	rcu_read_unlock();
	return scnprintf(buffer, PAGE_SIZE, "%d\n", settled);
}

static const struct kernel_param_ops probe_settled_ops = {
	.get = probe_settled_get,
};

module_param_cb(settled, &probe_settled_ops, NULL, 0400);
MODULE_PARM_DESC(settled, "1 if a search that finds nothing looks at no module");

/*
 * Of modules that tests load and unload, and some that are always or never there. All are
 * GPL-only: the kernel complains about others.
 */
static const char * const probe_names[] = {
	"nf_ct_get_id", "nf_conntrack_lock", "nft_register_expr", "nft_register_chain_type",
	"sctp_for_each_endpoint", "xt_register_table", "ip_set_get_byindex", "br_forward",
	"symbol_index_lookup", "schedule_hrtimeout", "no_such_symbol",
};

#define PROBE_THREADS	8

static struct task_struct *probe_threads[PROBE_THREADS];
static atomic64_t probe_gotten = ATOMIC64_INIT(0);

/*
 * Kernels that search under rcu_read_lock() alone (7.2, for one) can be preempted after
 * they found a symbol of a module that goes. If that has got as far as to
 * MODULE_STATE_UNFORMED when they look at its state, they take it for a bug:
 * strong_try_module_get(). Older ones disable preemption themselves. It makes that
 * unlikely, not impossible: the module goes on another processor.
 */
static bool probe_get(const char *name)
{
	bool gotten;

	preempt_disable();
	gotten = __symbol_get(name);
	preempt_enable();
	return gotten;
}

static int probe_churn(void *data)
{
	unsigned long i = (unsigned long)data;
	const char *name;

	while (!kthread_should_stop()) {
		name = probe_names[i++ % ARRAY_SIZE(probe_names)];
		if (probe_get(name)) {
			atomic64_inc(&probe_gotten);
			__symbol_put(name);
		}
		if (i % 8 == 0)
			schedule_timeout_uninterruptible(1);
	}
	return 0;
}

static void probe_churn_stop(void)
{
	unsigned int i;

	for (i = 0; i < PROBE_THREADS; i++) {
		if (probe_threads[i])
			kthread_stop(probe_threads[i]);
		probe_threads[i] = NULL;
	}
}

static int probe_churn_set(const char *value, const struct kernel_param *kp)
{
	struct task_struct *thread;
	unsigned int threads;
	unsigned long i;
	int err;

	err = kstrtouint(value, 0, &threads);
	if (err)
		return err;
	if (threads > PROBE_THREADS)
		return -ERANGE;
	probe_churn_stop();
	for (i = 0; i < threads; i++) {
		thread = kthread_run(probe_churn, (void *)i, "symbol_churn/%lu", i);
		if (IS_ERR(thread)) {
			probe_churn_stop();
			return PTR_ERR(thread);
		}
		probe_threads[i] = thread;
	}
	return 0;
}

static int probe_churn_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%lld\n", atomic64_read(&probe_gotten));
}

static const struct kernel_param_ops probe_churn_ops = {
	.set = probe_churn_set,
	.get = probe_churn_get,
};

module_param_cb(churn, &probe_churn_ops, NULL, 0600);
MODULE_PARM_DESC(churn, "number of threads that get and put symbols");

/*
 * modprobe cannot tell: it also succeeds for a module that is there already, and since Linux
 * 6.5 for both of two that load one file at a time.
 */
static atomic64_t probe_loads = ATOMIC64_INIT(0);

static int probe_notify(struct notifier_block *notifier, unsigned long state, void *module)
{
	if (state == MODULE_STATE_LIVE)
		atomic64_inc(&probe_loads);
	return NOTIFY_DONE;
}

static struct notifier_block probe_notifier = {
	.notifier_call = probe_notify,
};

static int probe_loads_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%lld\n", atomic64_read(&probe_loads));
}

static const struct kernel_param_ops probe_loads_ops = {
	.get = probe_loads_get,
};

module_param_cb(loads, &probe_loads_ops, NULL, 0400);
MODULE_PARM_DESC(loads, "number of modules that became live");

static int __init probe_init(void)
{
	int err = compat_kallsyms_init();

	err = err ?: compat_find_symbol_init();
	return err ?: register_module_notifier(&probe_notifier);
}

static void __exit probe_exit(void)
{
	unregister_module_notifier(&probe_notifier);
	probe_churn_stop();
}

module_init(probe_init);
module_exit(probe_exit);
MODULE_LICENSE("GPL");
COMPAT_IMPORT_NS;
MODULE_DESCRIPTION("Lets tests call find_symbol() and get symbols");
