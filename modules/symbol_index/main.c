// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

static int __init symbol_index_init(void)
{
	return 0;
}

static void __exit symbol_index_exit(void)
{
}

module_init(symbol_index_init);
module_exit(symbol_index_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("symbol_index (waymark)");
