// SPDX-License-Identifier: GPL-2.0-only
/* symbol_index: an index of every symbol that is exported to modules. */
#include <linux/init.h>
#include <linux/module.h>
#include "cdev.h"
#include "running.h"
#include "upkeep.h"

static int __init symbol_index_init(void)
{
	int err;

	err = symidx_running_init();
	if (err)
		return err;
	err = symidx_upkeep_init();
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
