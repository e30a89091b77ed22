/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The replacement of find_symbol(), with the kernel's prototype. The file that
 * includes this header defines compat_find_symbol_body().
 */
#ifndef _COMPAT_FIND_SYMBOL_PATCH_H
#define _COMPAT_FIND_SYMBOL_PATCH_H

#include "compat/find_symbol.h"

static __always_inline bool compat_find_symbol_body(struct compat_find_symbol_arg *arg);

#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
static const struct compat_kernel_symbol *compat_find_symbol(const char *name,
							     struct module **owner,
							     const u32 **crc, int *license,
							     bool gplok, bool warn)
{
	struct compat_find_symbol_arg arg = {
		.name = name,
		.gplok = gplok,
		.warn = warn,
	};

	if (!compat_find_symbol_body(&arg))
		return NULL;
	if (owner)
		*owner = arg.answer.owner;
	if (crc)
		*crc = arg.answer.crc;
	if (license)
		*license = arg.answer.license;
	return arg.answer.sym;
}
#else
static bool compat_find_symbol(struct compat_find_symbol_arg *arg)
{
	return compat_find_symbol_body(arg);
}
#endif

#endif /* _COMPAT_FIND_SYMBOL_PATCH_H */
