/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find_symbol(), through which the module loader finds exported symbols. Its
 * prototype is private to the kernel. 5.12 replaced its arguments by a structure,
 * together with the tables of symbols that are to become GPL-only.
 */
#ifndef _COMPAT_FIND_SYMBOL_H
#define _COMPAT_FIND_SYMBOL_H

#include <linux/module.h>
#include <linux/types.h>
#include "compat/export_table.h"

/**
 * struct compat_find_symbol_arg - question and answer, laid out as from 5.12 on
 * @name: the symbol to find
 * @gplok: GPL-only symbols may be found
 * @warn: complain about symbols that one should not use
 * @owner: module that exports it, NULL for the kernel proper
 * @crc: where its CRC is stored, NULL for none
 * @sym: its entry in its table
 * @license: enum mod_license
 */
struct compat_find_symbol_arg {
	const char *name;
	bool gplok;
	bool warn;
	struct module *owner;
	const u32 *crc;
	const struct compat_kernel_symbol *sym;
	int license;
};

/* Values of license, the kernel's enum mod_license. */
#define COMPAT_NOT_GPL_ONLY	0
#define COMPAT_GPL_ONLY		1
#define COMPAT_GPL_FUTURE	2

static inline int compat_export_license(unsigned int flags)
{
	if (flags & COMPAT_EXPORT_GPL_ONLY)
		return COMPAT_GPL_ONLY;
	return flags & COMPAT_EXPORT_GPL_FUTURE ? COMPAT_GPL_FUTURE : COMPAT_NOT_GPL_ONLY;
}

#endif /* _COMPAT_FIND_SYMBOL_H */
