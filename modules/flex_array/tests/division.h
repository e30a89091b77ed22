/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WAYMARK_FLEX_ARRAY_TEST_DIVISION_H
#define WAYMARK_FLEX_ARRAY_TEST_DIVISION_H

#include <linux/flex_array.h>
#include <linux/kernel.h>
#include <linux/sched.h>

/* Both sides of each border between parts, the last one of all above all. */
static inline bool flex_array_test_divides(const struct flex_array *fa, u32 per)
{
	u32 borders = U32_MAX / per, border, nr, i;
	s64 at;

	for (i = 0; i < 64; i++) {
		border = i < 32 ? min(i, borders) : borders - min(i - 32, borders);
		for (at = (s64)border * per - 1; at <= (s64)border * per + 1; at++) {
			nr = clamp_t(s64, at, 0, U32_MAX);
			if (((u64)nr * fa->part_mul + fa->part_add) >> fa->part_shift != nr / per)
				return false;
		}
	}
	return ((u64)U32_MAX * fa->part_mul + fa->part_add) >> fa->part_shift == U32_MAX / per;
}

/*
 * The quotient's error grows with the dividend, so the last borders are where
 * it would show first. Returns the number of element sizes that divide wrong.
 */
static inline u64 flex_array_test_division(void)
{
	struct flex_array *fa;
	u64 wrong = 0;
	u32 size;

	for (size = 1; size <= PAGE_SIZE; size++) {
		fa = flex_array_alloc(size, UINT_MAX, GFP_KERNEL);
		if (!fa)
			return U64_MAX;
		wrong += !flex_array_test_divides(fa, fa->elems_per_part);
		flex_array_free(fa);
		fa = flex_array_alloc(size, 1, GFP_KERNEL);
		if (!fa)
			return U64_MAX;
		wrong += !flex_array_test_divides(fa, fa->elems_per_part);
		flex_array_free(fa);
		cond_resched();
	}
	return wrong;
}

#endif
