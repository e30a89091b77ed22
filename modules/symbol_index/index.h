/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of symbol_index share. Names that start with symidx_ are
 * private to it.
 *
 * Every owner of exports has a run: its symbols as entries in name order, in a
 * range of one flex_array for all. The entries are also chained by the hash of
 * their names. A query in name order merges the runs; an exact one follows a
 * chain. So a module that comes or goes costs in proportion to its own exports:
 * nobody else's entries move.
 */
#ifndef _SYMBOL_INDEX_INDEX_H
#define _SYMBOL_INDEX_INDEX_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/flex_array.h>
#include <linux/symbol_index.h>
#include "compat/export_table.h"

/**
 * struct symidx_run - the symbols of one owner
 * @node: in symidx_runs, in the order of arrival, the kernel proper first; RCU
 * @by_owner: in the table of owners
 * @owner: the module, NULL for the kernel proper
 * @first: number of its first entry
 * @count: number of its entries
 * @position: in a snapshot being made; symidx_mutex
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
	u32 position;
	bool adopted;
	struct rcu_head rcu;
	struct llist_node retired;
};

/**
 * struct symidx_entry - a symbol, with all that the module loader asks for
 * @next: the next entry in the same chain, NULL at the end
 * @run: whose it is
 * @sym: its entry in its owner's table
 * @crc: its CRC in its owner's table, NULL for none
 * @tag: symidx_name_tag() of its name
 * @flags: COMPAT_EXPORT_*
 */
struct symidx_entry {
	struct symidx_entry *next;
	struct symidx_run *run;
	const struct compat_kernel_symbol *sym;
	const u32 *crc;
	u32 tag;
	u32 flags;
};

/* Serializes all changes. Taken before module_mutex, never by readers. */
extern struct mutex symidx_mutex;
extern struct list_head symidx_runs;

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

/* The last entry that has its place in the same part, which is a page, as @entry. */
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
	/* A store of its own: made one with that of the tag, both are to be shifted together. */
	WRITE_ONCE(entry->flags, flags);
}

/* fill.c */
bool symidx_run_fill(struct symidx_run *run, const struct compat_export_table *tables);

/* run.c */
struct symidx_run *symidx_run_create(struct module *owner,
				     const struct compat_export_table *tables);
void symidx_run_publish(struct symidx_run *run);
void symidx_run_withdraw(struct symidx_run *run);
struct symidx_run *symidx_run_of(const struct module *owner);
void symidx_runs_reap(void);
void symidx_runs_exit(void);
void symidx_describe(const struct symidx_entry *entry, struct symbol_index_symbol *sym);

/* adopt.c */
bool symidx_adopt(struct symidx_run *run, const struct compat_export_table *tables);

/* hash.c */
int symidx_hash_init(u32 symbols);
void symidx_hash_exit(void);
void symidx_hash_add(u32 first, u32 count);
void symidx_hash_del(struct symidx_entry *entry);
size_t symidx_hash_memory(void);

/* walk.c */
void symidx_walk_exit(void);
void symidx_walk_lower(void);
void symidx_walk_raise(void);
void symidx_walk_missing(unsigned int missing, unsigned int coming);

/* upkeep.c */

/**
 * struct symidx_cost - what the index costs; under symidx_mutex
 * @kernel_symbols: of the kernel proper
 * @module_symbols: of modules
 * @owners: modules with a run
 * @unindexed: modules that could not be indexed
 * @adopted: it was taken from an index file
 * @build_ns: time to index the kernel proper
 * @updates: modules that came or went with exports
 * @update_symbols: their symbols
 * @update_ns: time spent on them
 * @update_max_ns: longest of them
 */
struct symidx_cost {
	u32 kernel_symbols;
	u32 module_symbols;
	u32 owners;
	u32 unindexed;
	bool adopted;
	u64 build_ns;
	u64 updates;
	u64 update_symbols;
	u64 update_ns;
	u64 update_max_ns;
};

extern struct symidx_cost symidx_cost;
extern const struct compat_export_table *symidx_kernel_tables;

int symidx_upkeep_init(const struct compat_export_table *tables, struct mutex *module_mutex,
		       struct list_head *modules);
void symidx_upkeep_exit(void);
void symidx_add_modules(void);
void symidx_changed(void);

/* order.c */

/**
 * struct symidx_cursor - how far a walk is in one run
 * @run: the run
 * @name: the next name
 * @next: its position in the run
 * @order: decides between equal names
 */
struct symidx_cursor {
	const struct symidx_run *run;
	const char *name;
	u32 next;
	u32 order;
};

/**
 * struct symidx_merge - a walk over the runs in name order
 * @cursors: a heap, the run with the least next name first
 * @count: number of cursors that are not at their end
 * @capacity: number of cursors there is room for
 * @prefix: that all names start with
 * @prefix_len: its length
 */
struct symidx_merge {
	struct symidx_cursor *cursors;
	unsigned int count;
	unsigned int capacity;
	const char *prefix;
	size_t prefix_len;
};

int symidx_merge_begin(struct symidx_merge *merge, const struct symbol_index_query *query);
const struct symidx_entry *symidx_merge_next(struct symidx_merge *merge);
void symidx_merge_end(struct symidx_merge *merge);

/* cdev.c */
int symidx_cdev_init(void);
void symidx_cdev_exit(void);

#endif /* _SYMBOL_INDEX_INDEX_H */
