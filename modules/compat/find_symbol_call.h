/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls the kernel's find_symbol(), whether it is live-patched or not. */
#ifndef _COMPAT_FIND_SYMBOL_CALL_H
#define _COMPAT_FIND_SYMBOL_CALL_H

#include "compat/find_symbol.h"
#include "compat/kallsyms.h"

/* Two functions that find nothing. The barrier keeps the compiler from merging them. */
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
static noinline const struct compat_kernel_symbol *
compat_find_nothing_at_all(const char *name, struct module **owner, const u32 **crc,
			   int *license, bool gplok, bool warn)
{
	return NULL;
}

static noinline const struct compat_kernel_symbol *
compat_find_nothing_patched(const char *name, struct module **owner, const u32 **crc,
			    int *license, bool gplok, bool warn)
{
	barrier();
	return NULL;
}
#else
static noinline bool compat_find_nothing_at_all(struct compat_find_symbol_arg *arg)
{
	return false;
}

static noinline bool compat_find_nothing_patched(struct compat_find_symbol_arg *arg)
{
	barrier();
	return false;
}
#endif

DEFINE_STATIC_CALL(compat_find_symbol, compat_find_nothing_at_all);
DEFINE_STATIC_CALL(compat_find_nothing, compat_find_nothing_at_all);
DEFINE_STATIC_CALL(compat_find_patched, compat_find_nothing_patched);

/* Calls find_symbol() by the static call @call. True if it finds the symbol; fills in @arg. */
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
#define compat_find_by(call, arg)						\
({										\
	struct compat_find_symbol_arg *__arg = (arg);				\
	struct compat_find_symbol_answer *__answer = &__arg->answer;		\
										\
	__answer->sym = static_call(call)(__arg->name, &__answer->owner,	\
					  &__answer->crc, &__answer->license,	\
					  __arg->gplok, __arg->warn);		\
	!!__answer->sym;							\
})
#else
#define compat_find_by(call, arg) static_call(call)(arg)
#endif

/* Calls it as the module loader does. */
static __always_inline bool compat_call_find_symbol(struct compat_find_symbol_arg *arg)
{
	return compat_find_by(compat_find_symbol, arg);
}

/* The same call to a function that does nothing, which shows what the call costs. */
static __always_inline bool compat_call_find_nothing(struct compat_find_symbol_arg *arg)
{
	return compat_find_by(compat_find_nothing, arg);
}

/* The same call to another such function, which a test may have live-patched. */
static __always_inline bool compat_call_find_patched(struct compat_find_symbol_arg *arg)
{
	return compat_find_by(compat_find_patched, arg);
}

/* Call it once, after compat_kallsyms_init(). */
static inline int compat_find_symbol_init(void)
{
	unsigned long address = compat_kallsyms_lookup_name("find_symbol");

	if (!address)
		return -ENOENT;
	static_call_update(compat_find_symbol, (typeof(compat_find_nothing_at_all) *)address);
	return 0;
}

#endif /* _COMPAT_FIND_SYMBOL_CALL_H */
