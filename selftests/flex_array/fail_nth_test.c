// SPDX-License-Identifier: GPL-2.0-only
/* Each allocation of a call fails in turn: a clean error, nothing lost, still usable. */
#include "../lib/files.h"
#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

#define TOTAL (512 * 513)

/*
 * Where flex_array's code is: from its own address to where another module
 * begins, at most as far as it is large.
 */
static int flex_array_range(unsigned long *from, unsigned long *to)
{
	char line[4096], name[64];
	unsigned long size, address;
	FILE *modules = fopen("/proc/modules", "re");

	*from = 0;
	if (!modules)
		return -1;
	for (int pass = 0; pass < 2; pass++) {
		rewind(modules);
		while (fgets(line, sizeof(line), modules)) {
			if (sscanf(line, "%63s %lu %*u %*s %*s %lx", name, &size, &address) != 3)
				continue;
			if (!pass && !strcmp(name, "flex_array")) {
				*from = address;
				*to = address + size;
			} else if (pass && address > *from && address < *to) {
				*to = address;
			}
		}
	}
	fclose(modules);
	return *from ? 0 : -1;
}

/* Only what has flex_array on the stack fails, not what its test client takes. */
static int fail_restrict(const char *what, unsigned long from, unsigned long to)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/require-start", what);
	snprintf(text, sizeof(text), "0x%lx", from);
	if (write_file(path, text))
		return -1;
	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/require-end", what);
	snprintf(text, sizeof(text), "0x%lx", to);
	return write_file(path, text);
}

FIXTURE(fail)
{
	int fd;
	int nth;
	bool absorbed;
	__u64 in, out;
};

/* The next call's allocation number @n fails. */
static int fail_arm(int nth, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	return pwrite(nth, text, strlen(text), 0) < 0 ? -1 : 0;
}

/* True if the armed failure happened; disarms it if not. */
static bool fail_happened(int nth)
{
	char text[16] = "";

	if (pread(nth, text, sizeof(text) - 1, 0) < 0)
		return false;
	if (atoi(text) == 0)
		return true;
	fail_arm(nth, 0);
	return false;
}

FIXTURE_SETUP(fail)
{
	static const char *const off[] = {
		"/sys/kernel/debug/failslab/ignore-gfp-wait",
		"/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait",
	};
	unsigned long from, to;

	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	self->in = 0x1234567890abcdef;
	self->nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->nth < 0)
		SKIP(return, "the kernel has no CONFIG_FAULT_INJECTION");
	for (int i = 0; i < 2; i++)
		if (write_file(off[i], "N"))
			SKIP(return, "%s: %s", off[i], strerror(errno));
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	write_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	ASSERT_EQ(0, write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0"));
	ASSERT_EQ(0, flex_array_range(&from, &to));
	ASSERT_EQ(0, fail_restrict("failslab", from, to));
	ASSERT_EQ(0, fail_restrict("fail_page_alloc", from, to));
	/* Copies count, too, where they may fail: none of them. */
	if (access("/sys/kernel/debug/fail_usercopy", F_OK) == 0)
		ASSERT_EQ(0, fail_restrict("fail_usercopy", 0, 0));
}

FIXTURE_TEARDOWN(fail)
{
	static const char *const all[] = { "failslab", "fail_page_alloc", "fail_usercopy" };

	for (int i = 0; i < 3; i++)
		fail_restrict(all[i], 0, -1UL);
	if (self->nth >= 0)
		close(self->nth);
	close(self->fd);
}

/*
 * Makes CALL with allocation 1, 2 ... failing until none does; RET is the last one's result.
 * The allocator may absorb a failure: slab asks for a smaller page then, and what comes
 * after it in CALL is not made to fail any more.
 */
#define FAIL_EACH(RET, CALL_, FAILURES) do {					\
	int __n = 0;								\
	bool __failed;								\
										\
	(FAILURES) = 0;								\
	do {									\
		ASSERT_EQ(0, fail_arm(self->nth, ++__n));			\
		(RET) = (CALL_);						\
		__failed = fail_happened(self->nth);				\
		(FAILURES) += __failed;						\
		if (__failed && (RET) != 0)					\
			EXPECT_TRUE((RET) == -ENOMEM || (RET) == -1000 - ENOMEM); \
		self->absorbed = __failed && (RET) == 0;			\
	} while (__failed && (RET) != 0);					\
} while (0)

TEST_F(fail, create)
{
	static const int totals[] = { 1, TOTAL };
	int ret, failures;

	for (int i = 0; i < 2; i++) {
		FAIL_EACH(ret, CREATE(self->fd, 8, totals[i]), failures);
		ASSERT_EQ(0, ret);
		EXPECT_LE(1, failures);
		ASSERT_EQ(0, CALL(self->fd, FREE));
	}
}

/* The put with the longest way: the tree grows by three levels for it. */
TEST_F(fail, put)
{
	struct flex_array_info info;
	int ret, failures;

	ASSERT_EQ(0, CREATE(self->fd, 4096, UINT32_MAX));
	ASSERT_EQ(0, CALL(self->fd, FREE));
	ASSERT_EQ(0, CREATE(self->fd, 8, UINT32_MAX));
	FAIL_EACH(ret, PUT(self->fd, UINT32_MAX - 1, &self->in), failures);
	ASSERT_EQ(0, ret);
	EXPECT_LE(self->absorbed ? 1 : 4, failures);
	info = client_info(self->fd);
	EXPECT_EQ(1, info.parts);
	EXPECT_EQ(1, GET(self->fd, UINT32_MAX - 1, &self->out));
	EXPECT_EQ(self->in, self->out);
	EXPECT_EQ(0, GET(self->fd, 0, &self->out));
}

TEST_F(fail, put_that_fails_changes_nothing)
{
	int n;

	ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
	ASSERT_EQ(0, PUT(self->fd, 5, &self->in));
	for (n = 1; n < 5; n++) {
		bool failed;
		int ret;

		ASSERT_EQ(0, fail_arm(self->nth, n));
		ret = PUT(self->fd, TOTAL - 1, &self->in);
		failed = fail_happened(self->nth);
		/* Nothing failed, or the allocator absorbed it. */
		if (!ret)
			break;
		EXPECT_TRUE(failed);
		EXPECT_EQ(-ENOMEM, ret);
		EXPECT_EQ(0, GET(self->fd, TOTAL - 1, &self->out));
		EXPECT_EQ(1, GET(self->fd, 5, &self->out));
		EXPECT_EQ(self->in, self->out);
		EXPECT_EQ(1, client_info(self->fd).parts);
	}
	/* At least one put did fail. */
	EXPECT_LT(1, n);
	EXPECT_EQ(0, PUT(self->fd, TOTAL - 1, &self->in));
}

TEST_F(fail, prealloc)
{
	int ret, failures;

	ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
	FAIL_EACH(ret, CALL(self->fd, PREALLOC, .count = TOTAL), failures);
	ASSERT_EQ(0, ret);
	EXPECT_LE(self->absorbed ? 1 : 3, failures);
	EXPECT_EQ(513, client_info(self->fd).parts);
}

TEST_F(fail, resize)
{
	int ret, failures;

	ASSERT_EQ(0, CREATE(self->fd, 1000, 5));
	ASSERT_EQ(0, PUT(self->fd, 0, memset(malloc(4096), 1, 4096)));
	FAIL_EACH(ret, CALL(self->fd, RESIZE, .total = UINT32_MAX), failures);
	ASSERT_EQ(0, ret);
	/* Three levels; what an attempt added to the tree stays, and the next needs less. */
	EXPECT_LE(self->absorbed ? 1 : 2, failures);
	EXPECT_EQ(UINT32_MAX, client_info(self->fd).total);
	EXPECT_EQ(1, client_info(self->fd).parts);
}

TEST_F(fail, put_after_prealloc_cannot_fail)
{
	ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = TOTAL));
	for (__u32 nr = 0; nr < TOTAL; nr += 509) {
		/* The first allocation is the client's buffer. */
		ASSERT_EQ(0, fail_arm(self->nth, 2));
		ASSERT_EQ(0, PUT(self->fd, nr, &self->in));
		ASSERT_FALSE(fail_happened(self->nth));
	}
}

TEST_F(fail, list)
{
	struct flex_array_info record;
	struct flex_array_list list = {
		.size = sizeof(list), .records = (__u64)(unsigned long)&record,
		.record_size = sizeof(record), .capacity = 1,
	};
	int dev = device_open();

	ASSERT_LE(0, dev);
	ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
	ASSERT_EQ(0, fail_arm(self->nth, 1));
	EXPECT_EQ(-1, ioctl(dev, FLEX_ARRAY_IOC_LIST, &list));
	EXPECT_EQ(ENOMEM, errno);
	ASSERT_TRUE(fail_happened(self->nth));
	list.count = 1;
	EXPECT_EQ(0, ioctl(dev, FLEX_ARRAY_IOC_LIST, &list));
	EXPECT_EQ(1, list.count);
	close(dev);
}

TEST_HARNESS_MAIN
