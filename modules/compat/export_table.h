/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables of exported symbols, of the kernel proper and of a module.
 *
 * Up to 5.11 one table per licence, with those to become GPL-only and those to
 * become unused among them; from 5.12 one for everybody and one for GPL-only;
 * later one table in all, with a table of flags beside it.
 */
#ifndef _COMPAT_EXPORT_TABLE_H
#define _COMPAT_EXPORT_TABLE_H

#include <linux/module.h>
#include <linux/types.h>

/* The kernel's struct kernel_symbol, which is not in public headers since 6.4. */
struct compat_kernel_symbol {
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	s32 value_offset;
	s32 name_offset;
	s32 name_space_offset;
#else
	unsigned long value;
	const char *name;
	const char *name_space;
#endif
};

#define COMPAT_EXPORT_GPL_ONLY		0x01
#define COMPAT_EXPORT_GPL_FUTURE	0x02
#define COMPAT_EXPORT_UNUSED		0x04

/**
 * struct compat_export_table - symbols sorted by name
 * @start: the first of them
 * @crcs: their CRCs, or NULL
 * @gpl_flags: a byte per symbol, bit 0 set if GPL-only; or NULL
 * @count: number of symbols
 * @flags: COMPAT_EXPORT_*, of all symbols in the table
 */
struct compat_export_table {
	const struct compat_kernel_symbol *start;
	const u32 *crcs;
	const u8 *gpl_flags;
	unsigned int count;
	unsigned int flags;
};

/* Is there a table of flags beside that of symbols? */
#ifdef COMPAT_HAVE_EXPORT_FLAG_TABLE
#define COMPAT_EXPORT_FLAG_TABLE	true
#else
#define COMPAT_EXPORT_FLAG_TABLE	false
#endif

#if defined(COMPAT_HAVE_EXPORT_FLAG_TABLE)
#define COMPAT_EXPORT_TABLES	1
#elif !defined(COMPAT_HAVE_EXPORT_GPL_FUTURE)
#define COMPAT_EXPORT_TABLES	2
#elif !defined(CONFIG_UNUSED_SYMBOLS)
#define COMPAT_EXPORT_TABLES	3
#else
#define COMPAT_EXPORT_TABLES	5
#endif

#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
/*
 * Computed on integers: the compiler assumes that a pointer derived from the
 * address of a field stays within that field.
 */
static inline unsigned long compat_prel32(const s32 *offset)
{
	return (unsigned long)offset + (long)*offset;
}

static inline unsigned long compat_symbol_value(const struct compat_kernel_symbol *sym)
{
	return compat_prel32(&sym->value_offset);
}

static inline const char *compat_symbol_name(const struct compat_kernel_symbol *sym)
{
	return (const char *)compat_prel32(&sym->name_offset);
}

/* Empty for none. */
static inline const char *compat_symbol_name_space(const struct compat_kernel_symbol *sym)
{
	return sym->name_space_offset ? (const char *)compat_prel32(&sym->name_space_offset) : "";
}
#else
static inline unsigned long compat_symbol_value(const struct compat_kernel_symbol *sym)
{
	return sym->value;
}

static inline const char *compat_symbol_name(const struct compat_kernel_symbol *sym)
{
	return sym->name;
}

static inline const char *compat_symbol_name_space(const struct compat_kernel_symbol *sym)
{
	return sym->name_space ?: "";
}
#endif

/* COMPAT_EXPORT_* of symbol @i. */
static inline unsigned int compat_export_flags(const struct compat_export_table *table,
					       unsigned int i)
{
	if (COMPAT_EXPORT_FLAG_TABLE && table->gpl_flags)
		return table->gpl_flags[i] & 1 ? COMPAT_EXPORT_GPL_ONLY : 0;
	return table->flags;
}

/* The address of the CRC of symbol @i, as the module loader uses it; or NULL. */
static inline const u32 *compat_export_crc(const struct compat_export_table *table, unsigned int i)
{
	return table->crcs ? table->crcs + i : NULL;
}

/* Up to 5.18 some architectures store the distance to the CRC instead. */
static inline u32 compat_export_crc_value(const u32 *crc)
{
#ifdef CONFIG_MODULE_REL_CRCS
	return *(const u32 *)((unsigned long)crc + (long)*(const s32 *)crc);
#else
	return *crc;
#endif
}

/* The number of symbols in all COMPAT_EXPORT_TABLES tables of an owner. */
static inline u32 compat_export_count(const struct compat_export_table *tables)
{
	unsigned int t;
	u32 count = 0;

	for (t = 0; t < COMPAT_EXPORT_TABLES; t++)
		count += tables[t].count;
	return count;
}

static inline struct compat_export_table compat_export_table(const void *start, const void *crcs,
							     unsigned int count,
							     unsigned int flags)
{
	return (struct compat_export_table) {
		.start = start,
		/* Without MODVERSIONS the section may exist all the same. */
		.crcs = IS_ENABLED(CONFIG_MODVERSIONS) ? crcs : NULL,
		.count = count,
		.flags = flags,
	};
}

/*
 * Fills in all COMPAT_EXPORT_TABLES tables of @mod, in the order in which the
 * module loader searches them. @mod must be kept from going away.
 */
static inline void compat_module_export_tables(const struct module *mod,
					       struct compat_export_table *tables)
{
	tables[0] = compat_export_table(mod->syms, mod->crcs, mod->num_syms, 0);
#ifdef COMPAT_HAVE_EXPORT_FLAG_TABLE
	tables[0].gpl_flags = mod->flagstab;
#else
	tables[1] = compat_export_table(mod->gpl_syms, mod->gpl_crcs, mod->num_gpl_syms,
					COMPAT_EXPORT_GPL_ONLY);
#endif
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	tables[2] = compat_export_table(mod->gpl_future_syms, mod->gpl_future_crcs,
					mod->num_gpl_future_syms, COMPAT_EXPORT_GPL_FUTURE);
#ifdef CONFIG_UNUSED_SYMBOLS
	tables[3] = compat_export_table(mod->unused_syms, mod->unused_crcs,
					mod->num_unused_syms, COMPAT_EXPORT_UNUSED);
	tables[4] = compat_export_table(mod->unused_gpl_syms, mod->unused_gpl_crcs,
					mod->num_unused_gpl_syms,
					COMPAT_EXPORT_UNUSED | COMPAT_EXPORT_GPL_ONLY);
#endif
#endif
}

typedef unsigned long compat_lookup_fn(const char *name);

static inline int compat_kernel_export_table(struct compat_export_table *table,
					     compat_lookup_fn *lookup, const char *start,
					     const char *stop, const char *crcs,
					     unsigned int flags)
{
	unsigned long first = lookup(start);
	unsigned long end = lookup(stop);

	if (!first || end < first || (end - first) % sizeof(*table->start))
		return -ENOENT;
	*table = compat_export_table((const void *)first, (const void *)lookup(crcs),
				     (end - first) / sizeof(*table->start), flags);
	return IS_ENABLED(CONFIG_MODVERSIONS) && !table->crcs ? -ENOENT : 0;
}

/*
 * The same for the kernel proper; @lookup finds its linker symbols. Returns
 * -ENOENT if it lacks the tables that its headers promise.
 */
static inline int compat_kernel_export_tables(struct compat_export_table *tables,
					      compat_lookup_fn *lookup)
{
	int err = compat_kernel_export_table(&tables[0], lookup, "__start___ksymtab",
					     "__stop___ksymtab", "__start___kcrctab", 0);

#ifdef COMPAT_HAVE_EXPORT_FLAG_TABLE
	tables[0].gpl_flags = (const u8 *)lookup("__start___kflagstab");
	if (!err && !tables[0].gpl_flags)
		err = -ENOENT;
#else
	if (!err)
		err = compat_kernel_export_table(&tables[1], lookup,
						 "__start___ksymtab_gpl",
						 "__stop___ksymtab_gpl",
						 "__start___kcrctab_gpl",
						 COMPAT_EXPORT_GPL_ONLY);
#endif
#ifdef COMPAT_HAVE_EXPORT_GPL_FUTURE
	if (!err)
		err = compat_kernel_export_table(&tables[2], lookup,
						 "__start___ksymtab_gpl_future",
						 "__stop___ksymtab_gpl_future",
						 "__start___kcrctab_gpl_future",
						 COMPAT_EXPORT_GPL_FUTURE);
#ifdef CONFIG_UNUSED_SYMBOLS
	if (!err)
		err = compat_kernel_export_table(&tables[3], lookup,
						 "__start___ksymtab_unused",
						 "__stop___ksymtab_unused",
						 "__start___kcrctab_unused",
						 COMPAT_EXPORT_UNUSED);
	if (!err)
		err = compat_kernel_export_table(&tables[4], lookup,
						 "__start___ksymtab_unused_gpl",
						 "__stop___ksymtab_unused_gpl",
						 "__start___kcrctab_unused_gpl",
						 COMPAT_EXPORT_UNUSED | COMPAT_EXPORT_GPL_ONLY);
#endif
#endif
	return err;
}

#endif /* _COMPAT_EXPORT_TABLE_H */
