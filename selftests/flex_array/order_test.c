// SPDX-License-Identifier: GPL-2.0-only
/*
 * No allocation is larger than a page: as seen by the kernel's own trace
 * events, and with larger ones made to fail where the kernel can do that.
 */
#include <sys/mount.h>
#include <sys/stat.h>

#include "../lib/files.h"
#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

#define TRACING	"/sys/kernel/tracing/"
#define OURS	TRACING "instances/flex_array_test/"
#define FAULT	"/sys/kernel/debug/fail_page_alloc/"
#define BYTES	(64u << 20)

static int trace_start(void)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (access(TRACING "instances", F_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (mkdir(OURS, 0700) && errno != EEXIST)
		return -1;
	return write_file(OURS "set_event_pid", pid) ||
	       write_file(OURS "events/kmem/mm_page_alloc/filter", "order > 0") ||
	       write_file(OURS "events/kmem/kmalloc/filter", "bytes_alloc > 4096") ||
	       write_file(OURS "events/kmem/mm_page_alloc/enable", "1") ||
	       write_file(OURS "events/kmem/kmalloc/enable", "1");
}

/* Whose allocations fail does not depend on callers, whatever an earlier test asked for. */
static int fault_any_caller(void)
{
	static const char *const files[][2] = {
		{ FAULT "require-start", "0" },
		{ FAULT "require-end", "0xffffffffffffffff" },
		{ FAULT "reject-start", "0" },
		{ FAULT "reject-end", "0" },
	};

	for (int i = 0; i < 4; i++)
		if (!access(files[i][0], F_OK) && write_file(files[i][0], files[i][1]))
			return -1;
	return 0;
}

/* Lines of events so far, which are forgotten then. To read them takes memory, too. */
static int trace_lines(bool show)
{
	FILE *trace = NULL;
	char line[1024];
	int lines = 0;

	if (!write_file(OURS "tracing_on", "0"))
		trace = fopen(OURS "trace", "r");
	if (!trace)
		return -1;
	while (fgets(line, sizeof(line), trace)) {
		if (line[0] == '#')
			continue;
		lines++;
		if (show)
			printf("# %s", line);
	}
	fclose(trace);
	return write_file(OURS "trace", "") || write_file(OURS "tracing_on", "1") ? -1 : lines;
}

FIXTURE(order)
{
	int fd;
};

FIXTURE_SETUP(order)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(order)
{
	close(self->fd);
	rmdir(OURS);
}

TEST_F(order, traced_allocations_are_pages)
{
	if (sysconf(_SC_PAGESIZE) != 4096)
		SKIP(return, "the filter is written for pages of 4096 bytes");
	if (trace_start())
		SKIP(return, "no trace events of kmem: %s", strerror(errno));
	/* A test that cannot fail proves nothing: this is seen. */
	ASSERT_EQ(0, CALL(self->fd, FLAT, .count = 1 << 20));
	ASSERT_LE(1, trace_lines(false));

	ASSERT_EQ(0, CREATE(self->fd, 8, 1000));
	/* The base is small: the slab it comes from may be filled up with more. */
	trace_lines(false);
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = BYTES / 8));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .count = BYTES / 8));
	EXPECT_EQ(0, trace_lines(true));
	ASSERT_EQ(0, CALL(self->fd, RESIZE, .total = UINT32_MAX));
	ASSERT_EQ(0, CALL(self->fd, PREALLOC, .nr = UINT32_MAX - 1, .count = 1));
	EXPECT_EQ(0, trace_lines(true));
	write_file(OURS "events/enable", "0");
}

TEST_F(order, larger_allocations_made_to_fail)
{
	if (access(FAULT "probability", F_OK))
		SKIP(return, "the kernel has no CONFIG_FAIL_PAGE_ALLOC");
	ASSERT_EQ(0, fault_any_caller());
	ASSERT_EQ(0, write_file(FAULT "task-filter", "Y"));
	ASSERT_EQ(0, write_file(FAULT "min-order", "1"));
	ASSERT_EQ(0, write_file(FAULT "ignore-gfp-wait", "N"));
	ASSERT_EQ(0, write_file(FAULT "times", "-1"));
	ASSERT_EQ(0, write_file(FAULT "interval", "1"));
	write_file(FAULT "verbose", "0");
	ASSERT_EQ(0, write_file(FAULT "probability", "100"));
	ASSERT_EQ(0, write_file("/proc/self/make-it-fail", "1"));

	EXPECT_EQ(-ENOMEM, CALL(self->fd, FLAT, .count = 1 << 20));
	EXPECT_EQ(-ENOMEM, CALL(self->fd, FLAT, .count = BYTES));
	EXPECT_EQ(0, CREATE(self->fd, 8, BYTES / 8));
	EXPECT_EQ(0, CALL(self->fd, PREALLOC, .count = BYTES / 8));
	EXPECT_EQ(BYTES / sysconf(_SC_PAGESIZE), client_info(self->fd).parts);

	write_file("/proc/self/make-it-fail", "0");
	write_file(FAULT "probability", "0");
	write_file(FAULT "task-filter", "N");
}

TEST_HARNESS_MAIN
