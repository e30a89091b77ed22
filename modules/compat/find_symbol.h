/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * find_symbol(), through which the module loader finds exported symbols. Its
 * prototype is private to the kernel. 5.12 replaced its arguments by a structure,
 * together with the tables of symbols that are to become GPL-only.
 */
#ifndef _COMPAT_FIND_SYMBOL_H
#define _COMPAT_FIND_SYMBOL_H

#include <linux/build_bug.h>
#include <linux/module.h>
#include <linux/types.h>
#include "compat/export_table.h"

/**
 * struct compat_find_symbol_answer - what find_symbol() returns about a symbol
 * @owner: module that exports it, NULL for the kernel proper
 * @crc: address of its CRC, or NULL
 * @sym: its entry in its table
 * @license: enum mod_license
 * @flags: COMPAT_EXPORT_*, for the warnings of old kernels
 */
struct compat_find_symbol_answer {
	struct module *owner;
	const u32 *crc;
	const struct compat_kernel_symbol *sym;
	int license;
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	unsigned int flags;
#endif
};

/**
 * struct compat_find_symbol_arg - question and answer, laid out as from 5.12 on
 * @name: the symbol to find
 * @gplok: GPL-only symbols may be found
 * @warn: warn about symbols that should not be used
 * @answer: filled in if it is found
 */
struct compat_find_symbol_arg {
	const char *name;
	bool gplok;
	bool warn;
	struct compat_find_symbol_answer answer;
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

/* Fills in an answer; @flags are COMPAT_EXPORT_*. */
static __always_inline void compat_find_symbol_set(struct compat_find_symbol_answer *answer,
						   struct module *owner,
						   const struct compat_kernel_symbol *sym,
						   const u32 *crc, unsigned int flags)
{
	answer->owner = owner;
	answer->crc = crc;
	answer->sym = sym;
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	answer->license = compat_export_license(flags);
	answer->flags = flags;
#else
	/* There is no other flag. */
	BUILD_BUG_ON(COMPAT_EXPORT_GPL_ONLY != COMPAT_GPL_ONLY);
	answer->license = flags;
#endif
}

/* The flags of an answer that the caller wants to be warned about; constant 0 from 5.12 on. */
static __always_inline unsigned int
compat_find_symbol_warning(const struct compat_find_symbol_arg *arg)
{
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	if (arg->warn)
		return arg->answer.flags & (COMPAT_EXPORT_GPL_FUTURE | COMPAT_EXPORT_UNUSED);
#endif
	return 0;
}

#endif /* _COMPAT_FIND_SYMBOL_H */
