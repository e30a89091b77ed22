// SPDX-License-Identifier: GPL-2.0-only
/* Whole arrays: allocated, initialized, freed. */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"

/*
 * For every divisor there is a factor of 32 bits that turns the division of any u32 into a
 * multiplication: the reciprocal rounded up, or the reciprocal rounded down and the dividend
 * taken one larger. Exactly one of them has a small enough error. The header has the same in
 * macros, for constants, and says why this is not <linux/reciprocal_div.h>.
 */
void flex_array_set_geometry(struct flex_array *fa, unsigned int element_size,
			     unsigned int elems_per_part)
{
	unsigned int per = elems_per_part ?: 1;
	u32 shift = 32 + ilog2(per), rest;
	u64 quotient = div_u64_rem(1ULL << shift, per, &rest);

	fa->element_size = element_size;
	fa->elems_per_part = elems_per_part;
	fa->part_shift = shift;
	if (is_power_of_2(per)) {
		fa->part_mul = U32_MAX;
		fa->part_add = U32_MAX;
	} else if (per - rest <= 1U << ilog2(per)) {
		fa->part_mul = quotient + 1;
		fa->part_add = 0;
	} else {
		fa->part_mul = quotient;
		fa->part_add = quotient;
	}
}

void __flex_array_init(struct flex_array *fa, unsigned int element_size, unsigned int total,
		       struct module *owner, const char *creator)
{
	memset(fa, 0, sizeof(*fa));
	flex_array_set_geometry(fa, element_size,
				element_size ? FLEX_ARRAY_PART_SIZE / element_size : 0);
	fa->total_nr_elements = total;
	fa->owner = owner;
	fa->creator = creator;
	spin_lock_init(&fa->lock);
}
EXPORT_SYMBOL_GPL(__flex_array_init);

static struct flex_array *flex_array_alloc_resident(unsigned int element_size, gfp_t flags)
{
	unsigned long page = flex_array_page_alloc(flags & ~GFP_ZONEMASK, 1);
	struct flex_array *fa = (struct flex_array *)page;

	if (!fa)
		return NULL;
	if (!(flags & __GFP_ZERO))
		memset(fa, FLEX_ARRAY_FREE, FLEX_ARRAY_PART_SIZE);
	return fa;
}

struct flex_array *__flex_array_alloc(int element_size, unsigned int total, gfp_t flags,
				      struct module *owner, const char *creator)
{
	struct flex_array *fa;
	bool resident;

	if (element_size < 0 || element_size > FLEX_ARRAY_PART_SIZE)
		return NULL;
	resident = element_size && (u64)total * element_size <= FLEX_ARRAY_BASE_BYTES;
	if (resident)
		fa = flex_array_alloc_resident(element_size, flags);
	else
		fa = kmalloc(sizeof(*fa), flags & ~GFP_ZONEMASK);
	if (!fa)
		return NULL;
	__flex_array_init(fa, element_size, total, owner, creator);
	fa->flags = __FLEX_ARRAY_ALLOCATED;
	if (resident) {
		fa->flags |= __FLEX_ARRAY_RESIDENT;
		/* If it grows, each of its parts has as many elements as its base. */
		flex_array_set_geometry(fa, element_size, FLEX_ARRAY_BASE_BYTES / element_size);
		flex_array_tree_plant(fa, (unsigned long)fa + FLEX_ARRAY_PART_SIZE -
				      FLEX_ARRAY_BASE_BYTES);
	}
	flex_array_registry_add(fa);
	return fa;
}
EXPORT_SYMBOL_GPL(__flex_array_alloc);

void flex_array_free_parts(struct flex_array *fa)
{
	if (!fa)
		return;
	/* The memory of an array that we did not allocate may go away after this call. */
	if (!(READ_ONCE(fa->flags) & __FLEX_ARRAY_ALLOCATED))
		flex_array_registry_del(fa);
	flex_array_prune_all(fa);
}
EXPORT_SYMBOL_GPL(flex_array_free_parts);

void flex_array_free(struct flex_array *fa)
{
	flex_array_free_parts(fa);
	if (!fa || !(READ_ONCE(fa->flags) & __FLEX_ARRAY_ALLOCATED))
		return;
	flex_array_registry_del(fa);
	if (fa->flags & __FLEX_ARRAY_RESIDENT)
		flex_array_page_free((unsigned long)fa);
	else
		kfree(fa);
}
EXPORT_SYMBOL_GPL(flex_array_free);
