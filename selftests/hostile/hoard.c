// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somebody without privilege opens a thousand descriptors of all NICs and a thousand of one,
 * and never reads. What happens to a NIC may not cost more for that, and the memory is his.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "cgroup.h"
#include "nobody.h"
#include "pace.h"
#include "work.h"

#define GROUP		"hostile-hoard"
#define CONTROL		"/dev/netdev/control"
#define DESCRIPTORS	1000		/* of either kind */
#define OPEN_SECONDS	120
#define PACE_SECONDS	20
#define EVENTS		2100		/* more than a reader may fall behind by */
#define EVENTS_SECONDS	10
#define GROWTH_KB	(32 << 10)

struct hoard {
	struct nobody nobody;
	char node[64];
	const char *cgroup;
	bool polled;
	bool is_on;
};

static int hoard_open(const char *path, int epoll)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int nr, fd;

	for (nr = 0; nr < DESCRIPTORS; nr++) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			return errno;
		if (epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
			return errno;
	}
	return 0;
}

static void hoard_act(int tell, const void *arg)
{
	const struct hoard *hoard = arg;
	int epoll = hoard->polled ? epoll_create1(EPOLL_CLOEXEC) : -1;
	int err = hoard_open(CONTROL, epoll) ?: hoard_open(hoard->node, epoll);

	nobody_tell(tell, err ? NOBODY_FAILED : NOBODY_READY, err);
}

static int hoard_attack(void *arg, bool on)
{
	struct hoard *hoard = arg;
	int err = 0;

	if (on == hoard->is_on)
		return 0;
	if (on) {
		err = nobody_start(&hoard->nobody, hoard->cgroup, hoard_act, hoard);
		err = err ?: nobody_expect(&hoard->nobody, NOBODY_READY, OPEN_SECONDS);
	} else if (!nobody_end(&hoard->nobody)) {
		err = -ETIMEDOUT;
	}
	hoard->is_on = on;
	return err;
}

static long long available_kb(void)
{
	char line[128] = "";
	long long kb = -1;
	FILE *in = fopen("/proc/meminfo", "re");

	while (in && kb < 0 && fgets(line, sizeof(line), in))
		sscanf(line, "MemAvailable: %lld", &kb);
	if (in)
		fclose(in);
	return kb;
}

FIXTURE(hoard)
{
	struct hoard hoard;
};

FIXTURE_VARIANT(hoard)
{
	bool polled;
};

FIXTURE_VARIANT_ADD(hoard, idle) { .polled = false };
FIXTURE_VARIANT_ADD(hoard, polled) { .polled = true };

FIXTURE_SETUP(hoard)
{
	struct rlimit limit = { .rlim_cur = 4096, .rlim_max = 4096 };

	memset(&self->hoard, 0, sizeof(self->hoard));
	self->hoard.polled = variant->polled;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_EQ(0, work_setup());
	snprintf(self->hoard.node, sizeof(self->hoard.node), "/dev/netdev/if%d",
		 link_index(WORK_NIC));
}

FIXTURE_TEARDOWN(hoard)
{
	hoard_attack(&self->hoard, false);
	work_cleanup();
	cgroup_remove(GROUP);
}

TEST_F(hoard, events_cost_no_more)
{
	struct pace pace = {
		.what = variant->polled ? "an address change, 2,000 polled descriptors"
					: "an address change, 2,000 idle descriptors",
		.limit = 1.2,
		.seconds = PACE_SECONDS,
		.step = work_time_address,
		.attack = hoard_attack,
		.arg = &self->hoard,
	};
	struct pace_result result;

	ASSERT_EQ(0, pace_measure(&pace, &result));
	EXPECT_LE(result.ratio, pace.limit);
}

TEST_F(hoard, memory_is_bounded_and_charged)
{
	long long before, after, charged;
	time_t end;
	int err, nr;

	err = cgroup_make(GROUP, "memory");
	if (err == -EOPNOTSUPP)
		SKIP(return, "no memory controller in this kernel");
	ASSERT_EQ(0, err);
	ASSERT_EQ(0, cgroup_set(GROUP, "memory.max", "64M"));
	self->hoard.cgroup = GROUP;
	before = available_kb();
	ASSERT_EQ(0, hoard_attack(&self->hoard, true));
	charged = cgroup_get(GROUP, "memory.current");
	end = time(NULL) + EVENTS_SECONDS;
	for (nr = 0; nr < EVENTS && time(NULL) < end; nr++)
		ASSERT_LT(0, work_time_address(NULL));
	after = available_kb();
	printf("# %d descriptors: %lld KiB are charged, %lld KiB after %d events\n",
	       2 * DESCRIPTORS, charged / 1024, cgroup_get(GROUP, "memory.current") / 1024, nr);
	printf("# the machine has %lld KiB less\n", before - after);
	EXPECT_LT(before - after, GROWTH_KB);
	/* The descriptors themselves: the kernel charges its part, and we ours. */
	EXPECT_LT(2 * DESCRIPTORS * 256, charged);
}

TEST_HARNESS_MAIN
