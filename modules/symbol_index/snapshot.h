/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SYMBOL_INDEX_SNAPSHOT_H
#define _SYMBOL_INDEX_SNAPSHOT_H

#include <linux/kref.h>
#include <linux/types.h>

/**
 * struct symidx_snapshot - the index at one time, in the symbol index format
 * @ref: one per descriptor
 * @generation: of the index
 * @base: the memory, from vmalloc_user()
 * @size: bytes of it
 */
struct symidx_snapshot {
	struct kref ref;
	unsigned long generation;
	void *base;
	size_t size;
};

struct symidx_snapshot *symidx_snapshot_get(bool show_addresses);
void symidx_snapshot_put(struct symidx_snapshot *snapshot);

#endif /* _SYMBOL_INDEX_SNAPSHOT_H */
