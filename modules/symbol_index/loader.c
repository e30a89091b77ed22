// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_index_loader: the module loader finds exported symbols through
 * symbol_index, by a live patch of find_symbol().
 *
 * The replacement never calls the original: that would enter the patch again.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/init.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/string.h>
#include "compat/export_namespace.h"
#include "compat/find_symbol_call.h"
#include "compat/find_symbol_patch.h"
#include "find.h"

enum symidx_mode { SYMIDX_MODE_OFF, SYMIDX_MODE_ON, SYMIDX_MODE_VERIFY };

static const char * const symidx_mode_names[] = { "off", "on", "verify" };

static unsigned int symidx_mode = SYMIDX_MODE_ON;

#if IS_ENABLED(CONFIG_LIVEPATCH)

/* True in mode on. A static key, as every search asks, without a load and a comparison. */
static DEFINE_STATIC_KEY_TRUE(symidx_mode_is_on);

/* Counters of mode verify. */
static atomic64_t symidx_verified = ATOMIC64_INIT(0);
static atomic64_t symidx_differences = ATOMIC64_INIT(0);
static atomic64_t symidx_moved = ATOMIC64_INIT(0);
static atomic64_t symidx_walk_ns = ATOMIC64_INIT(0);
static atomic64_t symidx_index_ns = ATOMIC64_INIT(0);

static bool symidx_answers_equal(bool found_a, const struct compat_find_symbol_answer *a,
				 bool found_b, const struct compat_find_symbol_answer *b)
{
	if (found_a != found_b)
		return false;
	return !found_a || (a->owner == b->owner && a->sym == b->sym && a->crc == b->crc &&
			    a->license == b->license);
}

static const char *symidx_answer_owner(bool found, const struct compat_find_symbol_answer *answer)
{
	if (!found)
		return "nobody";
	return answer->owner ? answer->owner->name : "vmlinux";
}

/*
 * Searches both the index and the tables. Callers do not always keep modules from coming
 * and going, so an answer is correct if the tables gave it before or after.
 */
static noinline bool symidx_find_verified(struct compat_find_symbol_arg *arg)
{
	struct compat_find_symbol_answer *answer = &arg->answer;
	struct compat_find_symbol_answer before, after;
	bool found, found_before, found_after;
	u64 start, middle;

	preempt_disable_notrace();
	start = ktime_get_ns();
	found_before = symidx_find_in_tables(arg->name, arg->gplok, &before);
	middle = ktime_get_ns();
	found = symidx_find_export(arg);
	atomic64_add(ktime_get_ns() - middle, &symidx_index_ns);
	atomic64_add(middle - start, &symidx_walk_ns);
	atomic64_inc(&symidx_verified);
	if (unlikely(!symidx_answers_equal(found, answer, found_before, &before))) {
		found_after = symidx_find_in_tables(arg->name, arg->gplok, &after);
		if (symidx_answers_equal(found, answer, found_after, &after)) {
			atomic64_inc(&symidx_moved);
		} else {
			atomic64_inc(&symidx_differences);
			pr_warn_ratelimited("%s: exported by %s, but the index says %s\n",
					    arg->name, symidx_answer_owner(found_after, &after),
					    symidx_answer_owner(found, answer));
			found = found_after;
			*answer = after;
		}
	}
	preempt_enable_notrace();
	/*
	 * Two searches take time, and we may have been preempted just now. If the owner has become
	 * UNFORMED meanwhile, strong_try_module_get() in the caller would take that for a bug.
	 * Search again: the kernel's own search skips such a module. The caller keeps the
	 * owner's memory valid.
	 */
	while (found && answer->owner && READ_ONCE(answer->owner->state) == MODULE_STATE_UNFORMED)
		found = symidx_find_in_tables(arg->name, arg->gplok, answer);
	return found;
}

static noinline bool symidx_find_otherwise(struct compat_find_symbol_arg *arg)
{
	if (READ_ONCE(symidx_mode) == SYMIDX_MODE_VERIFY)
		return symidx_find_verified(arg);
	return symidx_find_in_tables(arg->name, arg->gplok, &arg->answer);
}

static __always_inline bool symidx_find_in_mode(struct compat_find_symbol_arg *arg)
{
	if (static_branch_likely(&symidx_mode_is_on))
		return symidx_find(arg);
	return symidx_find_otherwise(arg);
}

/* Old kernels warn about symbols that are about to change; the flags are 0 on others. */
static noinline void symidx_warn(const char *name, bool gplok, unsigned int flags)
{
	if (!gplok && (flags & COMPAT_EXPORT_GPL_FUTURE))
		pr_warn("%s: will become GPL-only, but a non-GPL module uses it\n", name);
	if (flags & COMPAT_EXPORT_UNUSED)
		pr_warn("%s: marked as unused and about to be removed, but a module uses it\n",
			name);
}

static __always_inline bool compat_find_symbol_body(struct compat_find_symbol_arg *arg)
{
	unsigned int flags;

	if (!symidx_find_in_mode(arg))
		return false;
	flags = compat_find_symbol_warning(arg);
	if (flags)
		symidx_warn(arg->name, arg->gplok, flags);
	return true;
}

static struct klp_func symidx_funcs[] = {
	{
		.old_name = "find_symbol",
		.new_func = compat_find_symbol,
	}, { }
};

static struct klp_object symidx_objects[] = {
	{
		.funcs = symidx_funcs,
	}, { }
};

static struct klp_patch symidx_patch = {
	.mod = THIS_MODULE,
	.objs = symidx_objects,
};

static bool symidx_ready;	/* init is done: a mode that is written takes effect at once */
static bool symidx_patched;	/* the patch was enabled once */

/* Searches that find_symbol() has to answer before it is replaced. We keep all owners loaded. */
static const struct {
	const char *name;
	bool gplok;
} symidx_questions[] = {
	{ "kfree", true }, { "kfree", false },
	{ "klp_enable_patch", true }, { "klp_enable_patch", false },
	{ "symidx_find_in_tables", true }, { "symidx_find_in_tables", false },
	{ "", true },
};

#define SYMIDX_GUARD	0xa5

/* Does find_symbol() answer as its replacement would, and write nowhere else? */
static bool symidx_layout_is_known(const char *name, bool gplok)
{
	struct {
		u8 before[64];
		struct compat_find_symbol_arg arg;
		u8 after[64];
	} call;
	struct compat_find_symbol_answer expected;
	bool found, expected_found;

	memset(&call, SYMIDX_GUARD, sizeof(call));
	call.arg.name = name;
	call.arg.gplok = gplok;
	call.arg.warn = false;
	preempt_disable();
	found = compat_call_find_symbol(&call.arg);
	expected_found = symidx_find_in_tables(name, gplok, &expected);
	preempt_enable();
	return symidx_answers_equal(found, &call.arg.answer, expected_found, &expected) &&
	       call.arg.name == name && call.arg.gplok == gplok && !call.arg.warn &&
	       !memchr_inv(call.before, SYMIDX_GUARD, sizeof(call.before)) &&
	       !memchr_inv(call.after, SYMIDX_GUARD, sizeof(call.after));
}

/*
 * The prototype of find_symbol() is private to the kernel. Ask the running kernel whether it
 * is the one that we expect: with another one, a search would overwrite its caller's stack.
 */
static int symidx_check_layout(void)
{
	int err = compat_kallsyms_init();
	unsigned int i;

	if (err) {
		pr_err("cannot look up kernel symbols: %s (%pe)\n", compat_kallsyms_reason(err),
		       ERR_PTR(err));
		return err;
	}
	err = compat_find_symbol_init();
	if (err) {
		pr_err("find_symbol() is not in this kernel's list of symbols\n");
		return err;
	}
	for (i = 0; i < ARRAY_SIZE(symidx_questions); i++)
		if (!symidx_layout_is_known(symidx_questions[i].name, symidx_questions[i].gplok)) {
			pr_err("find_symbol(\"%s\") does not answer as in known kernels, so it is not patched\n",
			       symidx_questions[i].name);
			return -EOPNOTSUPP;
		}
	return 0;
}

/* Does the patch stand? It can be disabled in sysfs, and another one can replace it. */
static bool symidx_is_patched(void)
{
	return symidx_patched && READ_ONCE(symidx_patch.enabled);
}

static int symidx_take_over(void)
{
	int err;

	if (symidx_patched) {
		if (symidx_is_patched())
			return 0;
		pr_info("the live patch was disabled or replaced; load the module again to enable it\n");
		return -EBUSY;
	}
	err = symidx_check_layout();
	if (err)
		return err;
	err = klp_enable_patch(&symidx_patch);
	if (err)
		pr_err("cannot patch find_symbol(): %pe\n", ERR_PTR(err));
	else
		symidx_patched = true;
	return err;
}

/* Under kernel_param_lock(). All modes give the same answers, so searches may overlap it. */
static void symidx_mode_change(enum symidx_mode mode)
{
	WRITE_ONCE(symidx_mode, mode);
	if (mode == SYMIDX_MODE_ON)
		static_branch_enable(&symidx_mode_is_on);
	else
		static_branch_disable(&symidx_mode_is_on);
}

static int symidx_counter_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lld\n", atomic64_read((atomic64_t *)kp->arg));
}

static const struct kernel_param_ops symidx_counter_ops = {
	.get = symidx_counter_get,
};

module_param_cb(verified, &symidx_counter_ops, &symidx_verified, 0444);
MODULE_PARM_DESC(verified, "searches made in mode verify");
module_param_cb(differences, &symidx_counter_ops, &symidx_differences, 0444);
MODULE_PARM_DESC(differences, "searches of mode verify that the index answered wrongly");
module_param_cb(moved, &symidx_counter_ops, &symidx_moved, 0444);
MODULE_PARM_DESC(moved, "searches of mode verify during which a module came or went");
module_param_cb(walk_ns, &symidx_counter_ops, &symidx_walk_ns, 0444);
MODULE_PARM_DESC(walk_ns, "nanoseconds that mode verify spent searching the tables");
module_param_cb(index_ns, &symidx_counter_ops, &symidx_index_ns, 0444);
MODULE_PARM_DESC(index_ns, "nanoseconds that mode verify spent searching the index");

#else

static const bool symidx_ready;

static bool symidx_is_patched(void)
{
	return false;
}

static int symidx_take_over(void)
{
	pr_info("this kernel has no live patching (CONFIG_LIVEPATCH), so its module loader is not patched\n");
	return -EOPNOTSUPP;
}

static void symidx_mode_change(enum symidx_mode mode)
{
	symidx_mode = mode;
}

#endif

static int symidx_mode_set(const char *value, const struct kernel_param *kp)
{
	int mode = __sysfs_match_string(symidx_mode_names, ARRAY_SIZE(symidx_mode_names), value);
	int err = 0;

	if (mode < 0)
		return mode;
	if (symidx_ready && mode != SYMIDX_MODE_OFF)
		err = symidx_take_over();
	if (!err)
		symidx_mode_change(mode);
	return err;
}

static int symidx_mode_get(char *buffer, const struct kernel_param *kp)
{
	/* Without the patch the kernel searches by itself, whatever mode was written. */
	unsigned int mode = symidx_is_patched() ? READ_ONCE(symidx_mode) : SYMIDX_MODE_OFF;

	return sysfs_emit(buffer, "%s\n", symidx_mode_names[mode]);
}

static const struct kernel_param_ops symidx_mode_ops = {
	.set = symidx_mode_set,
	.get = symidx_mode_get,
};

module_param_cb(mode, &symidx_mode_ops, NULL, 0644);
MODULE_PARM_DESC(mode, "off: search as the kernel does; on: use the index; verify: do both and compare");

static int __init symidx_loader_init(void)
{
	int err = 0;

	/* The parameter can be written already. */
	kernel_param_lock(THIS_MODULE);
	if (symidx_mode != SYMIDX_MODE_OFF || !IS_ENABLED(CONFIG_LIVEPATCH))
		err = symidx_take_over();
#if IS_ENABLED(CONFIG_LIVEPATCH)
	symidx_ready = !err;
#endif
	kernel_param_unlock(THIS_MODULE);
	return err;
}

/* livepatch lets the module go only when the patch is disabled and no task is inside it. */
static void __exit symidx_loader_exit(void)
{
}

module_init(symidx_loader_init);
module_exit(symidx_loader_exit);
MODULE_LICENSE("GPL");
COMPAT_IMPORT_NS;
MODULE_DESCRIPTION("Lets the module loader find symbols through symbol_index");
#if IS_ENABLED(CONFIG_LIVEPATCH)
MODULE_INFO(livepatch, "Y");
#endif
