// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel keeps to itself, and what identifies it. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/elf.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <uapi/linux/symbol_index.h>
#include "compat/kallsyms.h"
#include "running.h"

#define SYMIDX_NOTE_BUILD_ID	3	/* NT_GNU_BUILD_ID */

struct compat_export_table symidx_kernel_tables[COMPAT_EXPORT_TABLES] __ro_after_init;
struct list_head *symidx_modules __ro_after_init;
struct mutex *symidx_module_mutex __ro_after_init;

static const char *symidx_vermagic_string __ro_after_init = "";
static u8 symidx_build_id_bytes[SYMBOL_INDEX_BUILD_ID_MAX] __ro_after_init;
static unsigned int symidx_build_id_size __ro_after_init;

/* As uname -r. */
const char *symidx_release(void)
{
	return init_utsname()->release;
}

/* The vermagic string of modules of the running kernel; empty if it is not known. */
const char *symidx_vermagic(void)
{
	return symidx_vermagic_string;
}

/* The size of the build id, 0 if the kernel has none. */
unsigned int symidx_build_id(const u8 **id)
{
	*id = symidx_build_id_bytes;
	return symidx_build_id_size;
}

bool symidx_may_show_addresses(const struct cred *cred)
{
	return compat_kallsyms_show_value(cred);
}

/* Finds the build id in the ELF notes of the kernel image. */
static void __init symidx_find_build_id(const void *notes, size_t size)
{
	const void *end = notes + size;
	const struct elf32_note *note;
	const void *name, *desc;

	for (note = notes; (void *)(note + 1) <= end; note = desc + ALIGN(note->n_descsz, 4)) {
		name = note + 1;
		desc = name + ALIGN(note->n_namesz, 4);
		if (desc > end || note->n_descsz > end - desc)
			return;
		if (note->n_type != SYMIDX_NOTE_BUILD_ID || note->n_namesz != sizeof("GNU") ||
		    memcmp(name, "GNU", sizeof("GNU")))
			continue;
		symidx_build_id_size = min_t(u32, note->n_descsz, sizeof(symidx_build_id_bytes));
		memcpy(symidx_build_id_bytes, desc, symidx_build_id_size);
		return;
	}
}

static void __init symidx_find_identity(void)
{
	const void *start = (const void *)compat_kallsyms_lookup_name("__start_notes");
	const void *stop = (const void *)compat_kallsyms_lookup_name("__stop_notes");
	const char *vermagic = (const char *)compat_kallsyms_lookup_name("vermagic");

	if (start && stop > start)
		symidx_find_build_id(start, stop - start);
	if (vermagic)
		symidx_vermagic_string = vermagic;
}

/**
 * symidx_running_init() - find what the other files need of the kernel
 *
 * Return: 0, or a negative errno, after a message that names the cause.
 */
int __init symidx_running_init(void)
{
	int err = compat_kallsyms_init();

	if (err) {
		pr_err("cannot look up kernel symbols: %s (%pe)\n", compat_kallsyms_reason(err),
		       ERR_PTR(err));
		return err;
	}
	symidx_modules = (struct list_head *)compat_kallsyms_lookup_name("modules");
	symidx_module_mutex = (struct mutex *)compat_kallsyms_lookup_name("module_mutex");
	err = compat_kernel_export_tables(symidx_kernel_tables, compat_kallsyms_lookup_name);
	if (err || !symidx_modules || !symidx_module_mutex) {
		pr_err("this kernel has no tables of exported symbols where they should be\n");
		return -EOPNOTSUPP;
	}
	symidx_find_identity();
	return 0;
}
