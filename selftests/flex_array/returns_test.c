// SPDX-License-Identifier: GPL-2.0-only
/* The return values that callers of the old interface rely on. */
#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

#define TOTAL 100000

FIXTURE(array)
{
	int fd;
	__u64 in, out;
};

FIXTURE_VARIANT(array)
{
	__u32 kind;
};

FIXTURE_VARIANT_ADD(array, old) { .kind = FLEX_ARRAY_TEST_OLD };
FIXTURE_VARIANT_ADD(array, typed) { .kind = FLEX_ARRAY_TEST_TYPED };

FIXTURE_SETUP(array)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, CALL(self->fd, CREATE, .kind = variant->kind, .element_size = 8,
			  .total = TOTAL));
	self->in = 0x1122334455667788;
}

FIXTURE_TEARDOWN(array)
{
	close(self->fd);
}

TEST_F(array, put_then_get)
{
	static const __u32 nrs[] = { 0, 1, 511, 512, 513, TOTAL / 2, TOTAL - 1 };

	for (int i = 0; i < ARRAY_SIZE(nrs); i++) {
		self->in += i;
		EXPECT_EQ(0, PUT(self->fd, nrs[i], &self->in));
		EXPECT_EQ(1, GET(self->fd, nrs[i], &self->out));
		EXPECT_EQ(self->in, self->out);
	}
}

TEST_F(array, put_at_end_enospc)
{
	EXPECT_EQ(-ENOSPC, PUT(self->fd, TOTAL, &self->in));
	EXPECT_EQ(-ENOSPC, PUT(self->fd, UINT32_MAX, &self->in));
	EXPECT_EQ(0, client_info(self->fd).parts);
}

TEST_F(array, clear_at_end_enospc)
{
	EXPECT_EQ(-ENOSPC, CALL(self->fd, CLEAR, .nr = TOTAL));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, CLEAR, .nr = UINT32_MAX));
}

TEST_F(array, clear_without_part_einval)
{
	EXPECT_EQ(-EINVAL, CALL(self->fd, CLEAR, .nr = 0));
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, CLEAR, .nr = TOTAL - 1));
}

TEST_F(array, clear_poisons)
{
	EXPECT_EQ(0, PUT(self->fd, 7, &self->in));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 7));
	EXPECT_EQ(1, GET(self->fd, 7, &self->out));
	EXPECT_EQ(0x6c6c6c6c6c6c6c6c, self->out);
}

TEST_F(array, get_at_end_null)
{
	EXPECT_EQ(0, PUT(self->fd, TOTAL - 1, &self->in));
	EXPECT_EQ(0, GET(self->fd, TOTAL, &self->out));
	EXPECT_EQ(0, GET(self->fd, UINT32_MAX, &self->out));
}

TEST_F(array, get_without_part_null)
{
	EXPECT_EQ(0, GET(self->fd, 0, &self->out));
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in));
	EXPECT_EQ(0, GET(self->fd, TOTAL - 1, &self->out));
}

TEST_F(array, new_part_is_poisoned)
{
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in));
	EXPECT_EQ(1, GET(self->fd, 1, &self->out));
	EXPECT_EQ(0x6c6c6c6c6c6c6c6c, self->out);
}

TEST_F(array, new_part_is_zero_if_asked)
{
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in, .flags = FLEX_ARRAY_TEST_ZERO));
	EXPECT_EQ(1, GET(self->fd, 1, &self->out));
	EXPECT_EQ(0, self->out);
}

TEST_F(array, prealloc_nothing)
{
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 0));
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 5, .count = 0));
	EXPECT_EQ(0, client_info(self->fd).parts);
}

TEST_F(array, prealloc_past_end_enospc)
{
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = TOTAL, .count = 0));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = TOTAL, .count = 1));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = TOTAL - 1, .count = 2));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = 0, .count = TOTAL + 1));
	EXPECT_EQ(0, client_info(self->fd).parts);
}

TEST_F(array, prealloc_overflow_enospc)
{
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = 2, .count = UINT32_MAX));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = UINT32_MAX, .count = 2));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = UINT32_MAX, .count = UINT32_MAX));
}

TEST_F(array, put_after_prealloc_allocates_nothing)
{
	struct flex_array_info before, after;

	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = TOTAL));
	before = client_info(self->fd);
	EXPECT_EQ((TOTAL + 511) / 512, before.parts);
	for (__u32 nr = 0; nr < TOTAL; nr += 97)
		ASSERT_EQ(0, PUT(self->fd, nr, &self->in, .flags = FLEX_ARRAY_TEST_ATOMIC));
	after = client_info(self->fd);
	EXPECT_EQ(before.parts, after.parts);
	EXPECT_EQ(before.bytes, after.bytes);
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = TOTAL));
}

TEST_F(array, shrink_frees_unused_parts_only)
{
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in));
	EXPECT_EQ(0, PUT(self->fd, 5000, &self->in));
	EXPECT_EQ(0, PUT(self->fd, 5001, &self->in));
	EXPECT_EQ(0, PUT(self->fd, TOTAL - 1, &self->in));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 5000));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 5001));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = TOTAL - 1));
	EXPECT_EQ(2, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, GET(self->fd, 5000, &self->out));
	EXPECT_EQ(1, GET(self->fd, 0, &self->out));
	EXPECT_EQ(self->in, self->out);
	EXPECT_EQ(1, client_info(self->fd).parts);
}

TEST_F(array, shrink_keeps_zeroed_parts)
{
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .count = TOTAL, .flags = FLEX_ARRAY_TEST_ZERO));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(1, GET(self->fd, TOTAL - 1, &self->out));
}

TEST_F(array, free_parts_empties)
{
	EXPECT_EQ(0, PUT(self->fd, 1, &self->in));
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, GET(self->fd, 1, &self->out));
	EXPECT_EQ(0, PUT(self->fd, TOTAL - 1, &self->in));
	EXPECT_EQ(1, GET(self->fd, TOTAL - 1, &self->out));
	EXPECT_EQ(self->in, self->out);
}

TEST_F(array, put_ptr_then_get_ptr)
{
	EXPECT_EQ(0, VALUE(self->fd, GET_PTR, .nr = 3));
	EXPECT_EQ(0, CALL(self->fd, PUT_PTR, .nr = 3, .value = 0xdead0000));
	EXPECT_EQ(0xdead0000, VALUE(self->fd, GET_PTR, .nr = 3));
	EXPECT_EQ(0, VALUE(self->fd, GET_PTR, .nr = TOTAL));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PUT_PTR, .nr = TOTAL, .value = 1));
}

TEST_F(array, for_each_visits_allocated_parts)
{
	EXPECT_EQ(0, VALUE(self->fd, COUNT));
	EXPECT_EQ(0, PUT(self->fd, 600, &self->in));
	EXPECT_EQ(512, VALUE(self->fd, COUNT));
	EXPECT_EQ(0, PUT(self->fd, TOTAL - 1, &self->in));
	EXPECT_EQ(512 + TOTAL % 512, VALUE(self->fd, COUNT));
}

TEST_F(array, accounted_and_atomic)
{
	EXPECT_EQ(0, PUT(self->fd, 0, &self->in, .flags = FLEX_ARRAY_TEST_ACCOUNT));
	EXPECT_EQ(0, PUT(self->fd, 5000, &self->in, .flags = FLEX_ARRAY_TEST_ATOMIC));
	EXPECT_EQ(1, GET(self->fd, 5000, &self->out));
	EXPECT_EQ(self->in, self->out);
}

TEST_HARNESS_MAIN
