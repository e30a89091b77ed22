/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols that the kernel keeps to itself. kallsyms_lookup_name() lost its
 * export with 5.7; a kprobe still finds it.
 */
#ifndef _COMPAT_KALLSYMS_H
#define _COMPAT_KALLSYMS_H

#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/static_call.h>

static unsigned long compat_no_lookup_name(const char *name)
{
	return 0;
}

static bool compat_no_show_value(const struct cred *cred)
{
	return false;
}

/*
 * Static calls, because a kprobe reports the address behind the ENDBR where the
 * kernel has indirect branch tracking. A direct call may go there, a call
 * through a pointer may not.
 */
DEFINE_STATIC_CALL(compat_lookup_name, compat_no_lookup_name);
DEFINE_STATIC_CALL(compat_show_value, compat_no_show_value);

/* The address of a function or an object of the kernel proper, or 0. */
static inline unsigned long compat_kallsyms_lookup_name(const char *name)
{
	return static_call(compat_lookup_name)(name);
}

/* Does /proc/kallsyms show addresses to @cred? If that cannot be asked, no. */
static inline bool compat_kallsyms_show_value(const struct cred *cred)
{
	return static_call(compat_show_value)(cred);
}

/* What an error of compat_kallsyms_init() means. */
static inline const char *compat_kallsyms_reason(int err)
{
	if (!IS_ENABLED(CONFIG_KPROBES))
		return "the kernel has no kprobes (CONFIG_KPROBES)";
	switch (err) {
	case -ENOENT:
		return "the kernel has no list of its symbols (CONFIG_KALLSYMS)";
	case -EOPNOTSUPP:
		return "kprobes are switched off";
	case -EPERM:
		return "kprobes are not permitted (lockdown)";
	default:
		return "the kprobe that finds them is refused";
	}
}

/*
 * To be called once, before the others. Works while kprobes are switched off globally: a
 * probe that is registered as disabled is never put into the code. It also leaves nothing
 * to take out again, which may fail without memory, upon which unregister_kprobe() leaves
 * the kernel with a pointer to the probe.
 */
static inline int compat_kallsyms_init(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name", .flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long show_value;
	int err;

	err = register_kprobe(&probe);
	if (err)
		return err;
	static_call_update(compat_lookup_name, (typeof(compat_no_lookup_name) *)probe.addr);
	unregister_kprobe(&probe);

	show_value = compat_kallsyms_lookup_name("kallsyms_show_value");
	if (show_value)
		static_call_update(compat_show_value,
				   (typeof(compat_no_show_value) *)show_value);
	return 0;
}

#endif /* _COMPAT_KALLSYMS_H */
