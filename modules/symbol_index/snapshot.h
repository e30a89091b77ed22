/* SPDX-License-Identifier: GPL-2.0-only */
/* The whole index in the symbol index format, in pages that user space can map. */
#ifndef _SYMBOL_INDEX_SNAPSHOT_H
#define _SYMBOL_INDEX_SNAPSHOT_H

#include <linux/list.h>
#include <linux/types.h>

struct page;

/**
 * struct symidx_snapshot - the index at one time; never changes
 * @node: in the list of all snapshots
 * @holds: the users that hold it; freed with the last of them
 * @generation: of the index
 * @show_addresses: it contains addresses
 * @size: bytes of it
 * @page_count: number of pages
 * @pages: the pages
 */
struct symidx_snapshot {
	struct list_head node;
	struct list_head holds;
	unsigned long generation;
	bool show_addresses;
	size_t size;
	unsigned int page_count;
	struct page **pages;
};

/* snapshot_build.c */
struct symidx_snapshot *symidx_snapshot_build(bool show_addresses);
void symidx_snapshot_free(struct symidx_snapshot *snapshot);

#endif /* _SYMBOL_INDEX_SNAPSHOT_H */
