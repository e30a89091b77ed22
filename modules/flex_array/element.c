// SPDX-License-Identifier: GPL-2.0-only
/* Single elements: put, clear, and the slow path of get. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "internal.h"

static void *flex_array_element(const struct flex_array *fa, u32 nr, unsigned long slot)
{
	return slot ? (void *)(slot + (unsigned long)nr * fa->element_size) : NULL;
}

void *__flex_array_get_far(const struct flex_array *fa, unsigned int nr)
{
	/* Pairs with smp_store_release() in flex_array_set_total(). */
	if (nr >= smp_load_acquire(&fa->total_nr_elements) || !fa->element_size)
		return NULL;
	return flex_array_element(fa, nr, flex_array_tree_find(fa, flex_array_part_of(fa, nr)));
}
EXPORT_SYMBOL_GPL(__flex_array_get_far);

/* Finds an element, allocating its part if needed. NULL beyond the end or without memory. */
void *__flex_array_get_alloc(struct flex_array *fa, unsigned int nr, gfp_t flags)
{
	void *element = flex_array_get(fa, nr);

	if (element || nr >= READ_ONCE(fa->total_nr_elements) || !fa->element_size)
		return element;
	if (flex_array_tree_add(fa, flex_array_part_of(fa, nr), flags))
		return NULL;
	return flex_array_get(fa, nr);
}
EXPORT_SYMBOL_GPL(__flex_array_get_alloc);

void *__flex_array_next(const struct flex_array *fa, unsigned int *nr)
{
	u32 total, part, next, end;

	if (!fa)
		return NULL;
	/* Pairs with smp_store_release() in flex_array_set_total(). */
	total = smp_load_acquire(&fa->total_nr_elements);
	if (*nr >= total || !fa->element_size)
		return NULL;
	part = flex_array_part_of(fa, *nr);
	end = flex_array_parts_for(fa, total);
	next = flex_array_tree_next(fa, part, end);
	if (next == end)
		return NULL;
	if (next != part)
		*nr = flex_array_first_of(fa, next);
	return flex_array_get(fa, *nr);
}
EXPORT_SYMBOL_GPL(__flex_array_next);

int flex_array_put(struct flex_array *fa, unsigned int element_nr, void *src, gfp_t flags)
{
	void *dst;

	if (!fa || !src)
		return -EINVAL;
	dst = flex_array_get(fa, element_nr);
	if (unlikely(!dst)) {
		if (element_nr >= READ_ONCE(fa->total_nr_elements))
			return -ENOSPC;
		if (!fa->element_size)
			return 0;
		dst = __flex_array_get_alloc(fa, element_nr, flags);
		if (!dst)
			return -ENOMEM;
	}
	memcpy(dst, src, fa->element_size);
	return 0;
}
EXPORT_SYMBOL_GPL(flex_array_put);

int flex_array_clear(struct flex_array *fa, unsigned int element_nr)
{
	void *dst;

	if (!fa)
		return -EINVAL;
	if (element_nr >= READ_ONCE(fa->total_nr_elements))
		return -ENOSPC;
	if (!fa->element_size)
		return 0;
	dst = flex_array_get(fa, element_nr);
	if (!dst)
		return -EINVAL;
	memset(dst, FLEX_ARRAY_FREE, fa->element_size);
	return 0;
}
EXPORT_SYMBOL_GPL(flex_array_clear);

int flex_array_prealloc(struct flex_array *fa, unsigned int start, unsigned int nr_elements,
			gfp_t flags)
{
	u32 total, part, last;
	int ret;

	if (!fa)
		return -EINVAL;
	if (!start && !nr_elements)
		return 0;
	total = READ_ONCE(fa->total_nr_elements);
	if (start >= total || nr_elements > total - start)
		return -ENOSPC;
	if (!nr_elements || !fa->element_size)
		return 0;
	last = flex_array_part_of(fa, start + nr_elements - 1);
	for (part = flex_array_part_of(fa, start); part <= last; part++) {
		ret = flex_array_tree_add(fa, part, flags);
		if (ret)
			return ret;
		if (gfpflags_allow_blocking(flags))
			cond_resched();
	}
	return 0;
}
EXPORT_SYMBOL_GPL(flex_array_prealloc);
