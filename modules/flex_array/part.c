// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parts: one page each, from the page allocator. A slab could use pages of a
 * higher order.
 */
#include <linux/gfp.h>
#include <linux/kmemleak.h>
#include <linux/string.h>

#include "internal.h"

/*
 * kmemleak does not scan pages. Tell it of ours, so that it sees the objects that elements
 * point to. @kmemleak_references is 0 for a part, as slots do not hold its plain address
 * (see struct flex_array).
 */
unsigned long flex_array_page_alloc(gfp_t flags, int kmemleak_references)
{
	unsigned long page = __get_free_page(flags);

	if (page)
		kmemleak_alloc((void *)page, FLEX_ARRAY_PART_SIZE, kmemleak_references, flags);
	return page;
}

void flex_array_page_free(unsigned long page)
{
	kmemleak_free((void *)page);
	free_page(page);
}

static unsigned long flex_array_part_bias(struct flex_array *fa, u32 part)
{
	return (unsigned long)flex_array_first_of(fa, part) * fa->element_size;
}

void *flex_array_part_address(struct flex_array *fa, u32 part, unsigned long slot)
{
	return (void *)(slot + flex_array_part_bias(fa, part));
}

/* Allocates a part with unused elements. Returns its slot, 0 without memory. */
unsigned long flex_array_part_alloc(struct flex_array *fa, u32 part, gfp_t flags)
{
	unsigned long bias = flex_array_part_bias(fa, part);
	unsigned long page = flex_array_page_alloc(flags, 0);

	/* With 32 bit addresses there is one page whose slot would be 0, a missing part. */
	if (unlikely(page && page == bias)) {
		page = flex_array_page_alloc(flags, 0);
		flex_array_page_free(bias);
	}
	if (!page)
		return 0;
	if (!(flags & __GFP_ZERO))
		memset((void *)page, FLEX_ARRAY_FREE, FLEX_ARRAY_PART_SIZE);
	return page - bias;
}

void flex_array_part_free(struct flex_array *fa, u32 part, unsigned long slot)
{
	flex_array_page_free((unsigned long)flex_array_part_address(fa, part, slot));
}

/* True if all elements of @part are unused. Bytes behind the last element do not count. */
bool flex_array_part_unused(struct flex_array *fa, u32 part, unsigned long slot)
{
	u32 elements = min(fa->elems_per_part,
			   fa->total_nr_elements - flex_array_first_of(fa, part));

	return !memchr_inv(flex_array_part_address(fa, part, slot), FLEX_ARRAY_FREE,
			   (size_t)elements * fa->element_size);
}
