// SPDX-License-Identifier: GPL-2.0-only
/* Changes the number of elements. No element moves. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "internal.h"

int flex_array_shrink(struct flex_array *fa)
{
	might_sleep();
	if (!fa || !fa->element_size)
		return 0;
	return min_t(u64, flex_array_prune_unused(fa), INT_MAX);
}
EXPORT_SYMBOL_GPL(flex_array_shrink);

static void flex_array_set_total(struct flex_array *fa, u32 total)
{
	unsigned long irq;

	spin_lock_irqsave(&fa->lock, irq);
	/* The tree reaches that far. Pairs with smp_load_acquire() in __flex_array_get_far(). */
	smp_store_release(&fa->total_nr_elements, total);
	flex_array_tree_set_fast(fa);
	spin_unlock_irqrestore(&fa->lock, irq);
}

/* Elements that a later resize brings back must not have old values. */
static void flex_array_clear_from(struct flex_array *fa, u32 nr, gfp_t flags)
{
	u32 part = flex_array_part_of(fa, nr);
	u32 first = flex_array_first_of(fa, part);
	unsigned long slot = flex_array_tree_find(fa, part);
	size_t kept = (size_t)(nr - first) * fa->element_size;

	if (slot)
		memset(flex_array_part_address(fa, part, slot) + kept,
		       flags & __GFP_ZERO ? 0 : FLEX_ARRAY_FREE,
		       (size_t)fa->elems_per_part * fa->element_size - kept);
}

int flex_array_resize(struct flex_array *fa, unsigned int total, gfp_t flags)
{
	u32 old;
	int ret;

	if (!fa)
		return -EINVAL;
	might_sleep_if(gfpflags_allow_blocking(flags));
	old = fa->total_nr_elements;
	if (total == old)
		return 0;
	if (!fa->element_size) {
		/* Elements without a size never have a tree. */
		WRITE_ONCE(fa->total_nr_elements, total);
		return 0;
	}
	if (total > old) {
		/* An array without a tree gets one with its first part. */
		ret = READ_ONCE(fa->root) ?
		      flex_array_tree_reach(fa, flex_array_parts_for(fa, total), flags) : 0;
		if (!ret)
			flex_array_set_total(fa, total);
		return ret;
	}
	flex_array_set_total(fa, total);
	flex_array_prune_from(fa, flex_array_parts_for(fa, total));
	flex_array_clear_from(fa, total, flags);
	return 0;
}
EXPORT_SYMBOL_GPL(flex_array_resize);
