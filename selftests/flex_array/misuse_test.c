// SPDX-License-Identifier: GPL-2.0-only
/* What a caller can get wrong without breaking C has a defined result. */
#include <sys/wait.h>

#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

FIXTURE(misuse)
{
	int fd;
	__u64 data;
};

FIXTURE_SETUP(misuse)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	self->data = 0x0102030405060708;
}

FIXTURE_TEARDOWN(misuse)
{
	close(self->fd);
}

TEST_F(misuse, no_array)
{
	ASSERT_EQ(0, CALL(self->fd, CREATE, .kind = FLEX_ARRAY_TEST_NULL, .element_size = 8));
	EXPECT_EQ(-EINVAL, PUT(self->fd, 0, &self->data));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PUT_PTR, .nr = 0));
	EXPECT_EQ(0, GET(self->fd, 0, &self->data));
	EXPECT_EQ(0, VALUE(self->fd, GET_PTR, .nr = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, CLEAR, .nr = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PREALLOC, .nr = 0, .count = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PREALLOC, .nr = 0, .count = 1));
	EXPECT_EQ(0, CALL(self->fd, SHRINK));
	EXPECT_EQ(-EINVAL, CALL(self->fd, RESIZE, .total = 1));
	EXPECT_EQ(0, VALUE(self->fd, NEXT, .nr = 0));
	EXPECT_EQ(0, VALUE(self->fd, COUNT));
	EXPECT_EQ(-EINVAL, CALL(self->fd, SORT, .count = 0));
	EXPECT_EQ(0, VALUE(self->fd, BSEARCH, .count = 1, .data = (__u64)(long)&self->data));
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, CALL(self->fd, FREE));
}

TEST_F(misuse, no_source)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PUT_NULL, .nr = 0));
	EXPECT_EQ(-EINVAL, CALL(self->fd, PUT_NULL, .nr = 10000));
	EXPECT_EQ(0, client_info(self->fd).parts);
}

TEST_F(misuse, free_twice)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(0, CALL(self->fd, FREE));
	EXPECT_EQ(-1000 - ENXIO, CALL(self->fd, FREE));
	EXPECT_EQ(-1000 - ENXIO, PUT(self->fd, 0, &self->data));
}

TEST_F(misuse, create_twice)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(-1000 - EEXIST, CREATE(self->fd, 8, 10000));
}

TEST_F(misuse, free_parts_twice)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	ASSERT_EQ(0, PUT(self->fd, 5, &self->data));
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, CALL(self->fd, FREE_PARTS));
	EXPECT_EQ(0, PUT(self->fd, 5, &self->data));
}

TEST_F(misuse, resize_to_the_same)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	ASSERT_EQ(0, PUT(self->fd, 9999, &self->data));
	EXPECT_EQ(0, CALL(self->fd, RESIZE, .total = 10000));
	EXPECT_EQ(1, GET(self->fd, 9999, &self->data));
	EXPECT_EQ(0x0102030405060708, self->data);
}

TEST_F(misuse, sort_more_than_there_is)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(-ENOSPC, CALL(self->fd, SORT, .count = 10001));
	EXPECT_EQ(0, CALL(self->fd, SORT, .count = 0));
}

TEST_F(misuse, sort_with_a_part_missing)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(-EINVAL, CALL(self->fd, SORT, .count = 10));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 600));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = 2000, .count = 1));
	EXPECT_EQ(0, CALL(self->fd, SORT, .count = 1024));
	EXPECT_EQ(-EINVAL, CALL(self->fd, SORT, .count = 1025));
}

TEST_F(misuse, bsearch_more_than_there_is)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	EXPECT_EQ(0, VALUE(self->fd, BSEARCH, .count = UINT32_MAX,
			   .data = (__u64)(long)&self->data));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 10000));
	ASSERT_EQ(0, CALL(self->fd, SORT, .count = 10000));
	EXPECT_EQ(0, VALUE(self->fd, BSEARCH, .count = UINT32_MAX,
			   .data = (__u64)(long)&self->data));
}

TEST_F(misuse, sort_and_bsearch_across_parts)
{
	static unsigned char record[24], found[24], before[24];

	ASSERT_EQ(0, CREATE(self->fd, 24, 5000));
	srandom(5);
	for (int nr = 0; nr < 5000; nr++) {
		for (int i = 0; i < 24; i++)
			record[i] = random();
		record[0] = nr % 7;
		ASSERT_EQ(0, PUT(self->fd, nr, record));
	}
	ASSERT_EQ(0, CALL(self->fd, SORT, .count = 5000));
	for (int nr = 0; nr < 5000; nr++) {
		ASSERT_EQ(1, GET(self->fd, nr, found));
		ASSERT_LE(0, memcmp(found, before, 24));
		memcpy(before, found, 24);
		ASSERT_EQ(1, VALUE(self->fd, BSEARCH, .count = 5000,
				   .data = (__u64)(long)found));
	}
	ASSERT_EQ(1, VALUE(self->fd, BSEARCH, .count = 5000, .data = (__u64)(long)record));
	memset(record, 0xff, 24);
	ASSERT_EQ(0, VALUE(self->fd, BSEARCH, .count = 5000, .data = (__u64)(long)record));
}

TEST_F(misuse, next_behind_the_end)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, 10000));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = 0, .count = 10000));
	EXPECT_EQ(1, VALUE(self->fd, NEXT, .nr = 9999));
	EXPECT_EQ(0, VALUE(self->fd, NEXT, .nr = 10000));
	EXPECT_EQ(0, VALUE(self->fd, NEXT, .nr = UINT32_MAX));
}

/* A descriptor that is closed by the end of its process gives back everything. */
TEST_F(misuse, killed_with_an_array)
{
	struct flex_array_info info = { .size = sizeof(info) };
	int dev = device_open(), ends[2], status;
	pid_t pid;

	ASSERT_LE(0, dev);
	ASSERT_EQ(0, pipe(ends));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int fd = client_open();
		__u64 id;

		CREATE(fd, 8, 100000);
		CALL(fd, PREALLOC, .count = 100000);
		id = VALUE(fd, INFO);
		if (write(ends[1], &id, sizeof(id)) != sizeof(id))
			_exit(1);
		for (;;)
			pause();
	}
	ASSERT_EQ(sizeof(info.id), read(ends[0], &info.id, sizeof(info.id)));
	ASSERT_EQ(0, ioctl(dev, FLEX_ARRAY_IOC_INFO, &info));
	EXPECT_EQ(196, info.parts);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	EXPECT_EQ(-1, ioctl(dev, FLEX_ARRAY_IOC_INFO, &info));
	EXPECT_EQ(ENOENT, errno);
	close(dev);
}

TEST_HARNESS_MAIN
