// SPDX-License-Identifier: GPL-2.0-only
/* symbol_index: an index of every symbol that is exported to modules. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include "compat/kallsyms.h"
#include "cdev.h"
#include "index.h"

static struct compat_export_table symidx_tables[COMPAT_EXPORT_TABLES];

bool symidx_may_show_addresses(const struct cred *cred)
{
	return compat_kallsyms_show_value(cred);
}

static const char *symidx_vermagic_string = "";

/* What modules of the running kernel carry; empty if not known. */
const char *symidx_vermagic(void)
{
	return symidx_vermagic_string;
}

static void __init symidx_find_notes(void)
{
	const void *start = (const void *)compat_kallsyms_lookup_name("__start_notes");
	const void *stop = (const void *)compat_kallsyms_lookup_name("__stop_notes");

	if (start && stop > start)
		symidx_build_id_init(start, stop - start);
}

static int __init symbol_index_init(void)
{
	struct list_head *modules;
	struct mutex *module_mutex;	/* the kernel's */
	int err;

	err = compat_kallsyms_init();
	if (err) {
		pr_err("cannot look up kernel symbols (KPROBES, KALLSYMS): error %d\n", err);
		return err;
	}
	modules = (struct list_head *)compat_kallsyms_lookup_name("modules");
	module_mutex = (struct mutex *)compat_kallsyms_lookup_name("module_mutex");
	err = compat_kernel_export_tables(symidx_tables, compat_kallsyms_lookup_name);
	if (err || !modules || !module_mutex) {
		pr_err("no tables of exported symbols where this kernel should have them\n");
		return -EOPNOTSUPP;
	}
	symidx_find_notes();
	if (compat_kallsyms_lookup_name("vermagic"))
		symidx_vermagic_string = (const char *)compat_kallsyms_lookup_name("vermagic");

	err = symidx_upkeep_init(symidx_tables, module_mutex, modules);
	if (err)
		return err;
	err = symidx_cdev_init();
	if (err)
		symidx_upkeep_exit();
	return err;
}

static void __exit symbol_index_exit(void)
{
	symidx_cdev_exit();
	symidx_upkeep_exit();
}

module_init(symbol_index_init);
module_exit(symbol_index_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Index of the symbols that the kernel and its modules export");
