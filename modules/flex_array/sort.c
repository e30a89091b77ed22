// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heapsort in place, and binary search. The kernel's sort() and bsearch() need all elements in
 * one piece of memory.
 */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include "internal.h"

static void flex_array_swap(void *a, void *b, size_t size)
{
	unsigned long *wa = a, *wb = b;
	u8 *ba, *bb;

	/* Parts begin at a page: with a size of whole words, so do all elements. */
	if (IS_ALIGNED(size | (unsigned long)a | (unsigned long)b, sizeof(*wa))) {
		for (; size; size -= sizeof(*wa), wa++, wb++)
			swap(*wa, *wb);
		return;
	}
	for (ba = a, bb = b; size; size--, ba++, bb++)
		swap(*ba, *bb);
}

/*
 * Moves the element at @root down the heap of @nr elements to its place. Goes all the way down
 * along the larger children first, then up again: the element comes from the bottom, so that
 * takes about one comparison per level instead of two.
 */
static void flex_array_sift(struct flex_array *fa, u32 root, u32 nr, cmp_func_t cmp)
{
	void *element = flex_array_get(fa, root);
	u64 leaf = root, child;

	for (child = 2 * leaf + 1; child < nr; child = 2 * leaf + 1) {
		leaf = child;
		if (child + 1 < nr &&
		    cmp(flex_array_get(fa, child), flex_array_get(fa, child + 1)) < 0)
			leaf++;
	}
	while (leaf != root && cmp(element, flex_array_get(fa, leaf)) >= 0)
		leaf = (leaf - 1) / 2;
	/* Rotate the path, from its last place upwards. */
	for (; leaf != root; leaf = (leaf - 1) / 2)
		flex_array_swap(element, flex_array_get(fa, leaf), fa->element_size);
}

static bool flex_array_complete(const struct flex_array *fa, u32 nr)
{
	u32 part, parts = flex_array_parts_for(fa, nr);

	for (part = 0; part < parts; part++)
		if (!flex_array_tree_find(fa, part))
			return false;
	return true;
}

int flex_array_sort(struct flex_array *fa, unsigned int nr_elements, cmp_func_t cmp)
{
	u32 i;

	might_sleep();
	if (!fa || !cmp)
		return -EINVAL;
	if (nr_elements > fa->total_nr_elements)
		return -ENOSPC;
	if (!fa->element_size || !nr_elements)
		return 0;
	if (!flex_array_complete(fa, nr_elements))
		return -EINVAL;
	for (i = nr_elements / 2; i > 0; i--) {
		flex_array_sift(fa, i - 1, nr_elements, cmp);
		cond_resched();
	}
	for (i = nr_elements - 1; i > 0; i--) {
		flex_array_swap(flex_array_get(fa, 0), flex_array_get(fa, i), fa->element_size);
		flex_array_sift(fa, 0, i, cmp);
		cond_resched();
	}
	return 0;
}
EXPORT_SYMBOL_GPL(flex_array_sort);

void *flex_array_bsearch(const struct flex_array *fa, unsigned int nr_elements,
			 const void *key, cmp_func_t cmp)
{
	u32 low = 0, high, middle;
	void *element;
	int order;

	if (!fa || !cmp)
		return NULL;
	high = min(nr_elements, READ_ONCE(fa->total_nr_elements));
	while (low < high) {
		middle = low + (high - low) / 2;
		element = flex_array_get(fa, middle);
		if (!element)
			return NULL;
		order = cmp(key, element);
		if (!order)
			return element;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(flex_array_bsearch);
