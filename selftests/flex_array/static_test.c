// SPDX-License-Identifier: GPL-2.0-only
/* Arrays defined at file scope, their constants computed at compile time. */
#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

FIXTURE(defined)
{
	int fd;
	unsigned char in[24], out[24];
};

FIXTURE_VARIANT(defined)
{
	__u32 kind;
	__u32 total;
	__u32 per_part;
	const char *name;
};

FIXTURE_VARIANT_ADD(defined, old)
{
	.kind = FLEX_ARRAY_TEST_STATIC, .total = 1000000, .per_part = 4096 / 24,
	.name = "flex_array_test_static",
};

FIXTURE_VARIANT_ADD(defined, typed)
{
	.kind = FLEX_ARRAY_TEST_STATIC_TYPED, .total = 1000000, .per_part = 4096 / 24,
	.name = "flex_array_test_static_typed",
};

FIXTURE_VARIANT_ADD(defined, small)
{
	.kind = FLEX_ARRAY_TEST_STATIC_SMALL, .total = 100,
	.name = "flex_array_test_static_small",
};

FIXTURE_SETUP(defined)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, CALL(self->fd, CREATE, .kind = variant->kind));
	memset(self->in, 0x5a, sizeof(self->in));
}

FIXTURE_TEARDOWN(defined)
{
	close(self->fd);
}

TEST_F(defined, put_then_get)
{
	for (__u32 nr = 0; nr < variant->total; nr += variant->total / 50 + 1) {
		self->in[3] = nr;
		ASSERT_EQ(0, PUT(self->fd, nr, self->in));
		ASSERT_EQ(1, GET(self->fd, nr, self->out));
		EXPECT_EQ(0, memcmp(self->in, self->out, 24));
	}
	EXPECT_EQ(0, PUT(self->fd, variant->total - 1, self->in));
	EXPECT_EQ(-ENOSPC, PUT(self->fd, variant->total, self->in));
}

TEST_F(defined, shown_while_it_has_parts)
{
	struct flex_array_info info;

	EXPECT_EQ(0, client_info(self->fd).id);
	ASSERT_EQ(0, PUT(self->fd, 0, self->in));
	if (variant->kind == FLEX_ARRAY_TEST_STATIC_SMALL) {
		EXPECT_EQ(0, client_info(self->fd).id);
		ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 1000));
		ASSERT_EQ(0, PUT(self->fd, 999, self->in));
	}
	info = client_info(self->fd);
	EXPECT_NE(0, info.id);
	EXPECT_EQ(1, info.parts);
	EXPECT_STREQ(variant->name, (char *)info.creator);
	if (variant->per_part)
		EXPECT_EQ(variant->per_part, info.elements_per_part);
	ASSERT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, client_info(self->fd).id);
}

TEST_F(defined, one_user_at_a_time)
{
	int fd = client_open();

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1000 - EBUSY, CALL(fd, CREATE, .kind = variant->kind));
	close(fd);
}

TEST_F(defined, elements_begin_unused)
{
	if (!GET(self->fd, 0, self->out))
		ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = 1));
	ASSERT_EQ(1, GET(self->fd, 0, self->out));
	EXPECT_EQ(FREE_BYTE, self->out[0]);
	EXPECT_EQ(FREE_BYTE, self->out[23]);
}

TEST_F(defined, grows_in_place)
{
	ASSERT_EQ(0, PUT(self->fd, 0, self->in));
	VALUE(self->fd, ADDRESS_MOVED, .nr = 0);
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = 2000000000));
	ASSERT_EQ(0, PUT(self->fd, 1999999999, self->in));
	EXPECT_EQ(0, VALUE(self->fd, ADDRESS_MOVED, .nr = 0));
	ASSERT_EQ(1, GET(self->fd, 1999999999, self->out));
	EXPECT_EQ(0, memcmp(self->in, self->out, 24));
}

TEST_HARNESS_MAIN
