// SPDX-License-Identifier: GPL-2.0-only
/* What needs no process: arithmetic, static arrays, the typed form. */
#include <kunit/test.h>
#include <linux/flex_array.h>
#include <linux/module.h>

#include "division.h"

struct record {
	u64 key;
	u64 value;
	u32 extra;
};

static DEFINE_FLEX_ARRAY_OF(struct record, kunit_records, 100000);
static DEFINE_FLEX_ARRAY(kunit_words, sizeof(u64), 1000000);
static DEFINE_FLEX_ARRAY(kunit_few, sizeof(u64), 10);
static DEFINE_FLEX_ARRAY(kunit_none, 0, 10);

/* Every element size, at the borders of parts, up to the last index. */
static void division_is_exact(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, flex_array_test_division(), 0ULL);
}

/* What the compiler computes for a static array is what is computed for others. */
static void constants_agree(struct kunit *test, const struct flex_array *defined)
{
	struct flex_array *fa = flex_array_alloc(defined->element_size,
						 defined->total_nr_elements, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fa);
	KUNIT_EXPECT_EQ(test, fa->part_mul, defined->part_mul);
	KUNIT_EXPECT_EQ(test, fa->part_add, defined->part_add);
	KUNIT_EXPECT_EQ(test, fa->part_shift, defined->part_shift);
	KUNIT_EXPECT_EQ(test, fa->elems_per_part, defined->elems_per_part);
	flex_array_free(fa);
}

static void defined_constants(struct kunit *test)
{
	constants_agree(test, &kunit_records.array);
	constants_agree(test, &kunit_words);
	constants_agree(test, &kunit_few);
	constants_agree(test, &kunit_none);
}

static void typed_round_trip(struct kunit *test)
{
	struct record in = { .key = 1, .value = 2, .extra = 3 }, *found;
	u32 nr, seen = 0;

	KUNIT_EXPECT_NULL(test, flex_array_ptr(&kunit_records, 99999));
	KUNIT_EXPECT_EQ(test, flex_array_set(&kunit_records, 99999, in, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, flex_array_set(&kunit_records, 100000, in, GFP_KERNEL), -ENOSPC);
	found = flex_array_ptr(&kunit_records, 99999);
	KUNIT_ASSERT_NOT_NULL(test, found);
	KUNIT_EXPECT_EQ(test, found->value, 2ULL);
	found = flex_array_ptr_alloc(&kunit_records, 0, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, found);
	KUNIT_EXPECT_NULL(test, flex_array_ptr_alloc(&kunit_records, 100000, GFP_KERNEL));
	flex_array_for_each_ptr(&kunit_records, nr, found)
		seen += found == flex_array_ptr(&kunit_records, nr);
	KUNIT_EXPECT_EQ(test, seen, (u32)(PAGE_SIZE / sizeof(in)) +
				    100000 % (u32)(PAGE_SIZE / sizeof(in)));
	flex_array_free_parts(&kunit_records.array);
	KUNIT_EXPECT_NULL(test, flex_array_ptr(&kunit_records, 0));
}

static void small_static_array_is_there(struct kunit *test)
{
	u64 in = 5, *found = flex_array_get(&kunit_few, 9);

	KUNIT_ASSERT_NOT_NULL(test, found);
	KUNIT_EXPECT_EQ(test, *found, 0x0101010101010101ULL * FLEX_ARRAY_FREE);
	KUNIT_EXPECT_EQ(test, flex_array_put(&kunit_few, 9, &in, 0), 0);
	KUNIT_EXPECT_EQ(test, *found, 5ULL);
	KUNIT_EXPECT_EQ(test, flex_array_clear(&kunit_few, 9), 0);
}

static struct kunit_case flex_array_cases[] = {
	KUNIT_CASE(division_is_exact),
	KUNIT_CASE(defined_constants),
	KUNIT_CASE(typed_round_trip),
	KUNIT_CASE(small_static_array_is_there),
	{}
};

static struct kunit_suite flex_array_suite = {
	.name = "flex_array",
	.test_cases = flex_array_cases,
};

kunit_test_suite(flex_array_suite);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of flex_array");
