// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

static int __init flex_array_init(void)
{
	return 0;
}

static void __exit flex_array_exit(void)
{
}

module_init(flex_array_init);
module_exit(flex_array_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("flex_array (waymark)");
