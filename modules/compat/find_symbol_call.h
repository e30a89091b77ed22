/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls to the kernel's find_symbol(), patched or not; for tests. */
#ifndef _COMPAT_FIND_SYMBOL_CALL_H
#define _COMPAT_FIND_SYMBOL_CALL_H

#include "compat/find_symbol.h"
#include "compat/kallsyms.h"

#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
static noinline const struct compat_kernel_symbol *
compat_no_find_symbol(const char *name, struct module **owner, const u32 **crc, int *license,
		      bool gplok, bool warn)
{
	return NULL;
}
#else
static noinline bool compat_no_find_symbol(struct compat_find_symbol_arg *arg)
{
	return false;
}
#endif

DEFINE_STATIC_CALL(compat_find_symbol, compat_no_find_symbol);
DEFINE_STATIC_CALL(compat_find_nothing, compat_no_find_symbol);

/* Whether the module loader finds the symbol; fills in the answer. */
static __always_inline bool compat_call_find_symbol(struct compat_find_symbol_arg *arg)
{
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	arg->sym = static_call(compat_find_symbol)(arg->name, &arg->owner, &arg->crc,
						   &arg->license, arg->gplok, arg->warn);
	return arg->sym;
#else
	return static_call(compat_find_symbol)(arg);
#endif
}

/* The same call to a function that does nothing, to know what the call costs. */
static __always_inline bool compat_call_find_nothing(struct compat_find_symbol_arg *arg)
{
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	arg->sym = static_call(compat_find_nothing)(arg->name, &arg->owner, &arg->crc,
						    &arg->license, arg->gplok, arg->warn);
	return arg->sym;
#else
	return static_call(compat_find_nothing)(arg);
#endif
}

/* To be called once, after compat_kallsyms_init(). */
static inline int compat_find_symbol_init(void)
{
	unsigned long address = compat_kallsyms_lookup_name("find_symbol");

	if (!address)
		return -ENOENT;
	static_call_update(compat_find_symbol, (typeof(compat_no_find_symbol) *)address);
	return 0;
}

#endif /* _COMPAT_FIND_SYMBOL_CALL_H */
