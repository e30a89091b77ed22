/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps the index equal to what is loaded. */
#ifndef _SYMBOL_INDEX_UPKEEP_H
#define _SYMBOL_INDEX_UPKEEP_H

#include <linux/types.h>

/**
 * struct symidx_cost - what the index costs
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

int symidx_upkeep_init(void);
void symidx_upkeep_exit(void);
unsigned long symidx_cost_read(struct symidx_cost *cost);

#endif /* _SYMBOL_INDEX_UPKEEP_H */
