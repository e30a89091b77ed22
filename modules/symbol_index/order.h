/* SPDX-License-Identifier: GPL-2.0-only */
/* The index in name order. */
#ifndef _SYMBOL_INDEX_ORDER_H
#define _SYMBOL_INDEX_ORDER_H

#include <linux/types.h>

struct symbol_index_query;
struct symidx_entry;
struct symidx_run;

/**
 * struct symidx_cursor - the position of a walk in one run
 * @run: the run
 * @name: the next name
 * @next: its position in the run
 * @order: position of the run among those of the walk, in the order of arrival; decides
 *	between equal names
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
 * @last_order: order of the run that the last entry came from
 * @prefix: that all names start with
 * @prefix_len: its length
 */
struct symidx_merge {
	struct symidx_cursor *cursors;
	unsigned int count;
	unsigned int capacity;
	u32 last_order;
	const char *prefix;
	size_t prefix_len;
};

int symidx_merge_begin(struct symidx_merge *merge, const struct symbol_index_query *query);
const struct symidx_entry *symidx_merge_next(struct symidx_merge *merge);
void symidx_merge_end(struct symidx_merge *merge);

#endif /* _SYMBOL_INDEX_ORDER_H */
