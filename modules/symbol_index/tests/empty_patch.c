// SPDX-License-Identifier: GPL-2.0-only
/*
 * Live-patches a function of symbol_index_probe that does nothing by one that
 * does nothing: what a call of it costs more after that is what the way through
 * ftrace and livepatch costs, of every function that is live-patched.
 */
#include <linux/init.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include "compat/find_symbol_patch.h"

static __always_inline bool compat_find_symbol_body(struct compat_find_symbol_arg *arg)
{
	return false;
}

static struct klp_func empty_funcs[] = {
	{
		.old_name = "compat_find_nothing_patched",
		.new_func = compat_find_symbol,
	}, { }
};

static struct klp_object empty_objects[] = {
	{
		.name = "symbol_index_probe",
		.funcs = empty_funcs,
	}, { }
};

static struct klp_patch empty_patch = {
	.mod = THIS_MODULE,
	.objs = empty_objects,
};

static int __init empty_patch_init(void)
{
	return klp_enable_patch(&empty_patch);
}

static void __exit empty_patch_exit(void)
{
}

module_init(empty_patch_init);
module_exit(empty_patch_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Live-patches a function that does nothing");
MODULE_INFO(livepatch, "Y");
