// SPDX-License-Identifier: GPL-2.0-only
#include <linux/init.h>
#include <linux/module.h>

#include "internal.h"

static int __init flex_array_module_init(void)
{
	int ret;

	ret = flex_array_registry_init();
	if (ret)
		return ret;
	ret = flex_array_cdev_init();
	if (ret)
		goto err_exit_registry;
	return 0;

err_exit_registry:
	flex_array_registry_exit();
	return ret;
}

static void __exit flex_array_module_exit(void)
{
	flex_array_cdev_exit();
	flex_array_registry_exit();
}

module_init(flex_array_module_init);
module_exit(flex_array_module_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Arrays of any size, in parts of one page");
