// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>

static int __init netdev_naming_init(void)
{
	return 0;
}

static void __exit netdev_naming_exit(void)
{
}

module_init(netdev_naming_init);
module_exit(netdev_naming_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("netdev_naming (waymark)");
