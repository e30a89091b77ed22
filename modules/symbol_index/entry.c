// SPDX-License-Identifier: GPL-2.0-only
/*
 * The array of entries, and the list of its free ranges.
 *
 * Parts of a flex_array never move, so a reader may keep using an entry while
 * other ranges are given out and taken back.
 */
#include <linux/slab.h>
#include "compat/slab.h"
#include "generation.h"
#include "index.h"

#define SYMIDX_ENTRIES_MAX	0x1000000

typeof(symidx_entries) symidx_entries;

/**
 * struct symidx_extent - a range of free entries
 * @node: in symidx_extents, by position; neighbours are never adjacent
 * @first: number of the first one
 * @count: how many
 */
struct symidx_extent {
	struct list_head node;
	u32 first;
	u32 count;
};

static LIST_HEAD(symidx_extents);
static u32 symidx_entries_end;	/* the entries from here on were never used */

void symidx_entries_init(void)
{
	flex_array_init(&symidx_entries, SYMIDX_ENTRIES_MAX);
	symidx_entries_end = 0;
}

void symidx_entries_exit(void)
{
	struct symidx_extent *extent, *next;

	list_for_each_entry_safe(extent, next, &symidx_extents, node)
		kfree(extent);
	INIT_LIST_HEAD(&symidx_extents);
	flex_array_free_parts(&symidx_entries.array);
}

/* First fit, so that the modules of a boot stay packed at the start. */
static bool symidx_extent_take(u32 count, u32 *first)
{
	struct symidx_extent *extent;

	list_for_each_entry(extent, &symidx_extents, node) {
		if (extent->count < count)
			continue;
		*first = extent->first;
		extent->first += count;
		extent->count -= count;
		if (!extent->count) {
			list_del(&extent->node);
			kfree(extent);
		}
		return true;
	}
	return false;
}

/**
 * symidx_entries_alloc() - reserve consecutive entries
 * @count: how many, at least 1
 * @first: set to the number of the first
 *
 * Context: may sleep; under symidx_mutex.
 * Return: 0, -ENOMEM, or -ENOSPC if the array is full.
 */
int symidx_entries_alloc(u32 count, u32 *first)
{
	int err;

	lockdep_assert_held(&symidx_mutex);
	if (symidx_extent_take(count, first))
		return 0;
	/* Zeroed, as most kernels clear new pages anyway. */
	err = flex_array_prealloc(&symidx_entries.array, symidx_entries_end, count,
				  GFP_KERNEL | __GFP_ZERO);
	if (err)
		return err;
	*first = symidx_entries_end;
	symidx_entries_end += count;
	return 0;
}

/**
 * symidx_entries_free() - give back entries that readers cannot reach any more
 * @first: number of the first
 * @count: how many
 *
 * Without memory for an extent the entries stay unused until the module is unloaded.
 *
 * Context: may sleep; under symidx_mutex.
 */
void symidx_entries_free(u32 first, u32 count)
{
	struct symidx_extent *extent, *prev = NULL, *next = NULL;

	lockdep_assert_held(&symidx_mutex);
	list_for_each_entry(extent, &symidx_extents, node) {
		if (extent->first > first) {
			next = extent;
			break;
		}
		prev = extent;
	}
	if (prev && prev->first + prev->count == first) {
		prev->count += count;
		if (next && prev->first + prev->count == next->first) {
			prev->count += next->count;
			list_del(&next->node);
			kfree(next);
		}
		return;
	}
	if (next && first + count == next->first) {
		next->first = first;
		next->count += count;
		return;
	}
	extent = compat_kzalloc_obj(*extent, GFP_KERNEL);
	if (!extent)
		return;
	extent->first = first;
	extent->count = count;
	list_add_tail(&extent->node, next ? &next->node : &symidx_extents);
}

/* Bytes of all parts and nodes. Any context. */
size_t symidx_entries_memory(void)
{
	return (READ_ONCE(symidx_entries.array.nr_parts) +
		READ_ONCE(symidx_entries.array.nr_nodes)) * PAGE_SIZE;
}
