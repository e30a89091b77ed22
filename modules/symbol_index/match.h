/* SPDX-License-Identifier: GPL-2.0-only */
/* What symbol_index.ko offers to symbol_index_loader.ko and to nobody else. */
#ifndef _SYMBOL_INDEX_MATCH_H
#define _SYMBOL_INDEX_MATCH_H

#include <linux/types.h>

struct compat_kernel_symbol;
struct module;

/**
 * struct symidx_match - a symbol as the module loader wants it
 * @owner: module that exports it, NULL for the kernel proper
 * @sym: its entry in its owner's table
 * @crc: its CRC in its owner's table, NULL for none
 * @flags: COMPAT_EXPORT_*
 */
struct symidx_match {
	struct module *owner;
	const struct compat_kernel_symbol *sym;
	const u32 *crc;
	unsigned int flags;
};

bool symidx_find_export(const char *name, bool gplok, struct symidx_match *match);
bool symidx_find_export_slowly(const char *name, bool gplok, struct symidx_match *match);

#endif /* _SYMBOL_INDEX_MATCH_H */
