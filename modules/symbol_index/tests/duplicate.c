// SPDX-License-Identifier: GPL-2.0-only
/* Exports a symbol that the kernel's lru_cache exports, too: only one of them can be loaded. */
#include <linux/module.h>

/* A type of its own: the BTF of a module without any cannot be sorted by Linux 7.3's tools. */
struct lc_duplicate {
	int calls;
};

void lc_create(struct lc_duplicate *duplicate);

void lc_create(struct lc_duplicate *duplicate)
{
	duplicate->calls++;
}
EXPORT_SYMBOL(lc_create);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Exports a symbol of another module");
