/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SYMBOL_INDEX_H
#define _LINUX_SYMBOL_INDEX_H

#include <linux/types.h>

struct module;

/**
 * DOC: symbol_index
 *
 * Every symbol that the running kernel and its loaded modules export, by name.
 * Readers need only RCU: what a function returns is valid as long as
 * the caller's RCU read-side critical section (or section with preemption
 * disabled) lasts. To keep using an address beyond it, pin @owner with
 * try_module_get() before leaving the section.
 *
 *	struct symbol_index_symbol sym;
 *
 *	rcu_read_lock();
 *	if (symbol_index_lookup("register_netdev", NULL, &sym))
 *		pr_info("%s is at %pK\n", sym.name, (void *)sym.value);
 *	rcu_read_unlock();
 */

/**
 * struct symbol_index_symbol - an exported symbol
 * @name: its name
 * @name_space: the namespace that an importer must name, "" for none
 * @owner: the module that exports it, NULL for the kernel proper
 * @owner_name: the name of @owner, "vmlinux" for the kernel proper
 * @value: its address
 * @crc: its version, if @has_crc
 * @has_crc: the kernel has MODVERSIONS
 * @gpl_only: only GPL-compatible modules may use it
 */
struct symbol_index_symbol {
	const char *name;
	const char *name_space;
	struct module *owner;
	const char *owner_name;
	unsigned long value;
	u32 crc;
	bool has_crc;
	bool gpl_only;
};

/**
 * struct symbol_index_query - which symbols to walk over
 * @prefix: only names that start with it; NULL for all
 * @owner: only symbols of that owner, "vmlinux" for the kernel proper; NULL for
 *	all
 * @after: only names that sort after it, by byte value; NULL for all
 */
struct symbol_index_query {
	const char *prefix;
	const char *owner;
	const char *after;
};

/**
 * symbol_index_lookup() - find an exported symbol by its exact name
 * @name: the name
 * @name_space: the symbol namespace that the caller imports, NULL for none. A symbol of
 *	another namespace is not found
 * @sym: filled in if it is found
 *
 * Takes constant time, whichever module exports the symbol and however many are
 * loaded. A module's symbols are found from MODULE_STATE_COMING to
 * MODULE_STATE_GOING.
 *
 * Context: RCU read-side critical section or preemption disabled; not NMI.
 * Return: whether there is such a symbol that the caller may use.
 */
bool symbol_index_lookup(const char *name, const char *name_space,
			 struct symbol_index_symbol *sym);

/**
 * symbol_index_for_each() - call a function for symbols in name order
 * @query: which symbols
 * @fn: called for each, inside an RCU read-side critical section, so it must
 *	not sleep; a result other than 0 ends the walk
 * @data: passed to @fn
 *
 * Context: may sleep; must not be inside an RCU read-side critical section.
 * Return: what @fn returned last, 0 if it was never called, or -ENOMEM.
 */
int symbol_index_for_each(const struct symbol_index_query *query,
			  int (*fn)(const struct symbol_index_symbol *sym, void *data),
			  void *data);

/**
 * symbol_index_generation() - number of changes of the index so far
 *
 * Context: any.
 * Return: a number that grows with every module with exports that comes or goes.
 */
unsigned long symbol_index_generation(void);

#endif /* _LINUX_SYMBOL_INDEX_H */
