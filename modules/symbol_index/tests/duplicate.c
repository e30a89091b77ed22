// SPDX-License-Identifier: GPL-2.0-only
/* Exports a symbol that the kernel's lru_cache exports, too: only one of them can be loaded. */
#include <linux/module.h>

void lc_create(void);

void lc_create(void)
{
}
EXPORT_SYMBOL(lc_create);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Exports a symbol of another module");
