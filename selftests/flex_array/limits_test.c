// SPDX-License-Identifier: GPL-2.0-only
/* Sizes at the edges: no elements, no bytes, whole pages, UINT_MAX of them. */
#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

FIXTURE(array)
{
	int fd;
	long page;
	unsigned char *in, *out;
};

FIXTURE_SETUP(array)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	self->page = sysconf(_SC_PAGESIZE);
	self->in = malloc(self->page);
	self->out = malloc(self->page);
	ASSERT_NE(NULL, self->in);
	ASSERT_NE(NULL, self->out);
	for (long i = 0; i < self->page; i++)
		self->in[i] = i * 7 + 1;
}

FIXTURE_TEARDOWN(array)
{
	close(self->fd);
	free(self->in);
	free(self->out);
}

TEST_F(array, size_zero_is_legal)
{
	ASSERT_EQ(0, CREATE(self->fd, 0, 10));
	EXPECT_EQ(0, PUT(self->fd, 9, self->in, .element_size = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PUT_NULL, .nr = 9));
	EXPECT_EQ(0, GET(self->fd, 9, self->out));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 9));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, CLEAR, .nr = 10));
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 10));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = 0, .count = 11));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, VALUE(self->fd, COUNT));
	EXPECT_EQ(0, CALL(self->fd, RESIZE, .total = 20));
	EXPECT_EQ(0, CALL(self->fd, CLEAR, .nr = 19));
	EXPECT_EQ(0, CALL(self->fd, SORT, .count = 20));
}

TEST_F(array, size_above_a_page_is_refused)
{
	EXPECT_EQ(-ENOMEM, CREATE(self->fd, self->page + 1, 1));
	EXPECT_EQ(-ENOMEM, CREATE(self->fd, self->page + 1, 0));
	EXPECT_EQ(-ENOMEM, CREATE(self->fd, INT32_MAX, 1));
	EXPECT_EQ(-ENOMEM, CREATE(self->fd, -1, 1));
	EXPECT_EQ(-ENOMEM, CREATE(self->fd, INT32_MIN, 1));
}

TEST_F(array, no_elements)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 0));
	EXPECT_EQ(-ENOSPC, PUT(self->fd, 0, self->in));
	EXPECT_EQ(0, GET(self->fd, 0, self->out));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, CLEAR, .nr = 0));
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 0));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = 0, .count = 1));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, VALUE(self->fd, COUNT));
}

/* Elements as large as a page, as many as there are numbers: 16 TiB, touched here and there. */
TEST_F(array, whole_pages_to_uint_max)
{
	static const __u32 nrs[] = {
		0, 1, 511, 512, 513, 262143, 262144, 262145, 134217727, 134217728, 134217729,
		0x7fffffff, 0x80000000, 0xfffffffd, 0xfffffffe,
	};
	const int n = ARRAY_SIZE(nrs);

	ASSERT_EQ(0, CREATE(self->fd, self->page, UINT32_MAX));
	for (int i = 0; i < n; i++) {
		self->in[0] = i;
		ASSERT_EQ(0, PUT(self->fd, nrs[i], self->in));
	}
	for (int i = 0; i < n; i++) {
		self->in[0] = i;
		ASSERT_EQ(1, GET(self->fd, nrs[i], self->out));
		EXPECT_EQ(0, memcmp(self->in, self->out, self->page));
	}
	EXPECT_EQ(n, client_info(self->fd).parts);
	EXPECT_EQ(n, VALUE(self->fd, COUNT));
	EXPECT_EQ(-ENOSPC, PUT(self->fd, UINT32_MAX, self->in));
	EXPECT_EQ(0, GET(self->fd, UINT32_MAX, self->out));
	/* All the way down: every part but the first goes. */
	EXPECT_EQ(0, CALL(self->fd, RESIZE, .total = 1));
	EXPECT_EQ(1, client_info(self->fd).parts);
	EXPECT_EQ(1, GET(self->fd, 0, self->out));
	EXPECT_EQ(0, GET(self->fd, 1, self->out));
	/* And up again: nothing has come back. */
	EXPECT_EQ(0, CALL(self->fd, RESIZE, .total = UINT32_MAX));
	EXPECT_EQ(0, GET(self->fd, 0xfffffffe, self->out));
	EXPECT_EQ(1, VALUE(self->fd, COUNT));
}

TEST_F(array, bytes_to_uint_max)
{
	unsigned char byte = 0x5a, found = 0;

	ASSERT_EQ(0, CREATE(self->fd, 1, UINT32_MAX));
	EXPECT_EQ(0, PUT(self->fd, 0xfffffffe, &byte));
	EXPECT_EQ(1, GET(self->fd, 0xfffffffe, &found));
	EXPECT_EQ(byte, found);
	EXPECT_EQ(-ENOSPC, CALL(self->fd, PREALLOC, .nr = 0xfffffffe, .count = 2));
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0xfffffffe, .count = 1));
	EXPECT_EQ(1, client_info(self->fd).parts);
}

TEST_F(array, part_of_every_index_is_exact)
{
	EXPECT_EQ(0, VALUE(self->fd, DIVISION));
}

TEST_F(array, small_arrays_have_no_part)
{
	ASSERT_EQ(0, CREATE(self->fd, 24, 100));
	for (int nr = 0; nr < 100; nr++) {
		self->in[0] = nr;
		ASSERT_EQ(1, GET(self->fd, nr, self->out));
		EXPECT_EQ(FREE_BYTE, self->out[23]);
		ASSERT_EQ(0, PUT(self->fd, nr, self->in));
	}
	EXPECT_EQ(0, client_info(self->fd).parts);
	EXPECT_EQ(self->page, client_info(self->fd).bytes);
	EXPECT_EQ(FLEX_ARRAY_ATTR_ALLOCATED | FLEX_ARRAY_ATTR_RESIDENT,
		  client_info(self->fd).attributes);
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(1, GET(self->fd, 99, self->out));
	EXPECT_EQ(99, self->out[0]);
}

TEST_F(array, small_zeroed_array)
{
	ASSERT_EQ(0, CREATE(self->fd, 24, 100, .flags = FLEX_ARRAY_TEST_ZERO));
	ASSERT_EQ(1, GET(self->fd, 99, self->out));
	EXPECT_EQ(0, self->out[0]);
	EXPECT_EQ(0, self->out[23]);
}

TEST_F(array, small_array_grows_in_place)
{
	ASSERT_EQ(0, CREATE(self->fd, 24, 10));
	self->in[0] = 42;
	ASSERT_EQ(0, PUT(self->fd, 9, self->in));
	VALUE(self->fd, ADDRESS_MOVED, .nr = 9);
	for (__u32 total = 20; total < 100000000; total *= 3) {
		ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = total));
		EXPECT_EQ(0, VALUE(self->fd, ADDRESS_MOVED, .nr = 9));
		ASSERT_EQ(0, PUT(self->fd, total - 1, self->in));
	}
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 10));
	EXPECT_EQ(0, VALUE(self->fd, ADDRESS_MOVED, .nr = 9));
	EXPECT_EQ(0, client_info(self->fd).parts);
	ASSERT_EQ(1, GET(self->fd, 9, self->out));
	EXPECT_EQ(42, self->out[0]);
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, VALUE(self->fd, ADDRESS_MOVED, .nr = 9));
}

TEST_F(array, grows_in_place)
{
	ASSERT_EQ(0, CREATE(self->fd, 1000, 5));
	ASSERT_EQ(0, PUT(self->fd, 0, self->in));
	ASSERT_EQ(0, PUT(self->fd, 4, self->in));
	VALUE(self->fd, ADDRESS_MOVED, .nr = 4);
	for (__u32 total = 7; total < 2000000000; total *= 11) {
		ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = total));
		EXPECT_EQ(0, VALUE(self->fd, ADDRESS_MOVED, .nr = 4));
		ASSERT_EQ(0, PUT(self->fd, total - 1, self->in));
		ASSERT_EQ(1, GET(self->fd, total - 1, self->out));
		EXPECT_EQ(0, memcmp(self->in, self->out, 1000));
	}
}

TEST_F(array, resize_below_live_elements_drops_them)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = 10000));
	for (__u32 nr = 0; nr < 10000; nr++)
		ASSERT_EQ(0, PUT(self->fd, nr, self->in));
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 700));
	EXPECT_EQ(2, client_info(self->fd).parts);
	EXPECT_EQ(0, GET(self->fd, 700, self->out));
	EXPECT_EQ(-ENOSPC, PUT(self->fd, 700, self->in));
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 10000));
	ASSERT_EQ(1, GET(self->fd, 699, self->out));
	EXPECT_EQ(0, memcmp(self->in, self->out, 8));
	/* The rest of that part is there, but its values are not. */
	ASSERT_EQ(1, GET(self->fd, 700, self->out));
	EXPECT_EQ(FREE_BYTE, self->out[0]);
	EXPECT_EQ(0, GET(self->fd, 1024, self->out));
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 0));
	EXPECT_EQ(0, client_info(self->fd).parts);
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 10000));
	EXPECT_EQ(0, GET(self->fd, 0, self->out));
}

/* 256 MiB in pages, where one piece of that size could not be had; less where each is poisoned. */
TEST_F(array, a_large_array)
{
	const __u64 size = harness_slow() ? 64 << 20 : 256 << 20;
	const __u32 total = size >> 3;
	struct flex_array_info info;
	__u64 in, out;

	if (sysconf(_SC_AVPHYS_PAGES) * self->page < size + (44 << 20))
		SKIP(return, "needs %llu MiB of free memory", (size >> 20) + 44);
	ASSERT_EQ(0, CREATE(self->fd, 8, total));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = total));
	info = client_info(self->fd);
	EXPECT_EQ(size / self->page, info.parts);
	/* At most 0.3 % over the payload. */
	EXPECT_LE(info.bytes, size * 1003 / 1000);
	for (__u32 nr = 0; nr < total; nr += 65521) {
		in = nr * 0x9e3779b97f4a7c15ULL;
		ASSERT_EQ(0, PUT(self->fd, nr, &in));
	}
	for (__u32 nr = 0; nr < total; nr += 65521) {
		in = nr * 0x9e3779b97f4a7c15ULL;
		ASSERT_EQ(1, GET(self->fd, nr, &out));
		ASSERT_EQ(in, out);
	}
}

TEST_F(array, ten_million_elements_cost_0_3_percent)
{
	const __u64 total = 10000000;

	ASSERT_EQ(0, CREATE(self->fd, 8, total));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = total));
	EXPECT_LE(client_info(self->fd).bytes, total * 8 * 1003 / 1000);
}

TEST_HARNESS_MAIN
