/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs and entries. Names that start with symidx_ are private to symbol_index.
 *
 * Every owner of exports has a run: its symbols as entries in name order, in a range of one
 * flex_array that all runs share. The entries are also chained by the hash of their names. A
 * query in name order merges the runs; an exact one follows a chain. So a module that comes or
 * goes costs in proportion to its own exports, and no entry of another owner moves.
 */
#ifndef _SYMBOL_INDEX_INDEX_H
#define _SYMBOL_INDEX_INDEX_H

#include <linux/flex_array.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include "compat/export_table.h"

/**
 * struct symidx_run - the symbols of one owner
 * @node: in symidx_runs, in the order of arrival, the kernel proper first; RCU
 * @by_owner: in the table of owners
 * @owner: the module, NULL for the kernel proper
 * @first: number of its first entry
 * @count: number of its entries
 * @adopted: its order comes from an index file
 * @rcu: frees it
 * @retired: in the list of runs whose readers are gone
 */
struct symidx_run {
	struct list_head node;
	struct hlist_node by_owner;
	struct module *owner;
	u32 first;
	u32 count;
	bool adopted;
	struct rcu_head rcu;
	struct llist_node retired;
};

/**
 * struct symidx_entry - a symbol, with all that the module loader asks for
 * @next: the next entry in the same chain, NULL at the end
 * @run: the run that it belongs to
 * @sym: its entry in its owner's table
 * @crc: its CRC in its owner's table, or NULL
 * @tag: symidx_name_tag() of its name
 * @flags: COMPAT_EXPORT_*
 */
struct symidx_entry {
	struct symidx_entry __rcu *next;
	struct symidx_run *run;
	const struct compat_kernel_symbol *sym;
	const u32 *crc;
	u32 tag;
	u32 flags;
};

static inline const char *symidx_name(const struct symidx_entry *entry)
{
	return compat_symbol_name(entry->sym);
}

static inline const char *symidx_owner_name(const struct symidx_run *run)
{
	return run->owner ? run->owner->name : "vmlinux";
}

/* entry.c: the array of entries */
extern FLEX_ARRAY(struct symidx_entry)
	symidx_entries;

void symidx_entries_init(void);
void symidx_entries_exit(void);
int symidx_entries_alloc(u32 count, u32 *first);
void symidx_entries_free(u32 first, u32 count);
size_t symidx_entries_memory(void);

/* An entry that symidx_entries_alloc() has given out. */
static inline struct symidx_entry *symidx_entry(u32 number)
{
	return flex_array_ptr(&symidx_entries, number);
}

/* The last entry in the part of @entry, which is a page. */
static inline struct symidx_entry *symidx_last_in_part(struct symidx_entry *entry)
{
	return (struct symidx_entry *)((unsigned long)entry & PAGE_MASK) +
	       FLEX_ARRAY_PART_SIZE / sizeof(*entry) - 1;
}

/* Entry @number, which @entry follows. */
static inline struct symidx_entry *symidx_entry_before(struct symidx_entry *entry, u32 number)
{
	return likely(offset_in_page(entry)) ? entry - 1 : symidx_entry(number);
}

/* Fills in an entry, all but the link. */
static __always_inline void symidx_entry_set(struct symidx_entry *entry, struct symidx_run *run,
					     const struct compat_kernel_symbol *sym,
					     const u32 *crc, u32 tag, u32 flags)
{
	entry->run = run;
	entry->sym = sym;
	entry->crc = crc;
	entry->tag = tag;
	/*
	 * WRITE_ONCE keeps the compiler from merging this store with that of the tag, which
	 * would cost shifts.
	 */
	WRITE_ONCE(entry->flags, flags);
}

/* fill.c */
bool symidx_run_fill(struct symidx_run *run, const struct compat_export_table *tables);

#endif /* _SYMBOL_INDEX_INDEX_H */
