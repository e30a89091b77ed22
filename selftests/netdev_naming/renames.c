// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many renames: a reader that keeps up misses none, one that does not is told.
 * NETDEV_NAMING_RENAMES sets their number for readers that keep up.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

#define BURST	1000
/* After a full queue; a rename costs ten times as much as another address. */
#define MORE	200

FIXTURE(renames) {
	int control;
	int ifindex;
	int fd;
	unsigned int count;
	__u64 id;
};

FIXTURE_SETUP(renames)
{
	const char *count = getenv("NETDEV_NAMING_RENAMES");
	struct netdev_naming_info info;

	self->count = count ? strtoul(count, NULL, 10) : MORE;
	ASSERT_LT(0, self->count);
	self->control = control_open();
	ASSERT_LE(0, self->control);
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	/* Too little for IPv4 and IPv6, whose sysctls each rename would move along. */
	ASSERT_EQ(0, link_set_mtu(self->ifindex, 60));
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	self->id = info.id;
	event_drain(self->control);
}

FIXTURE_TEARDOWN(renames)
{
	link_del(self->ifindex);
	close(self->fd);
	close(self->control);
}

/*
 * SIOCSIFNAME, a single system call. With @pace, waits after each BURST renames
 * for a byte from the reader: he keeps up by definition and not by luck.
 */
static int rename_many(unsigned int count, int pace)
{
	char byte;

	struct ifreq ifr = {};
	unsigned int i;
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (i = 1; i <= count; i++) {
		snprintf(ifr.ifr_name, IFNAMSIZ, "nnt%u", i - 1);
		snprintf(ifr.ifr_newname, IFNAMSIZ, "nnt%u", i);
		if (ioctl(fd, SIOCSIFNAME, &ifr))
			return -errno;
		if (pace >= 0 && i % BURST == 0 && read(pace, &byte, 1) != 1)
			return -EPIPE;
	}
	close(fd);
	return 0;
}

static void read_all(struct __test_metadata *_metadata, int fd, int pace, __u64 id,
		     unsigned int count)
{
	struct netdev_naming_event event;
	__u64 seq = 0, generation = 0;
	char expected[IFNAMSIZ];
	unsigned int i;

	for (i = 1; i <= count; i++) {
		ASSERT_EQ(0, event_read(fd, &event));
		ASSERT_EQ(0, event.flags);
		ASSERT_EQ(NETDEV_NAMING_EVENT_RENAMED, event.type);
		ASSERT_EQ(id, event.id);
		if (seq) {
			ASSERT_EQ(seq + 1, event.seq);
			ASSERT_EQ(generation + 1, event.generation);
		}
		seq = event.seq;
		generation = event.generation;
		snprintf(expected, sizeof(expected), "nnt%u", i);
		ASSERT_STREQ(expected, event.name);
		snprintf(expected, sizeof(expected), "nnt%u", i - 1);
		ASSERT_STREQ(expected, (char *)event.detail);
		/* Half a burst early, so that both sides always have work. */
		if (i % BURST == BURST / 2) {
			ASSERT_EQ(1, write(pace, "", 1));
		}
	}
}

static void keep_up(struct __test_metadata *_metadata, FIXTURE_DATA(renames) * self, int fd)
{
	int status, pace[2];
	pid_t pid;

	ASSERT_EQ(0, pipe(pace));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(rename_many(self->count, pace[0]) ? 1 : 0);
	read_all(_metadata, fd, pace[1], self->id, self->count);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F_TIMEOUT(renames, handle_keeps_up, 1200)
{
	keep_up(_metadata, self, self->fd);
}

TEST_F_TIMEOUT(renames, control_keeps_up, 1200)
{
	keep_up(_metadata, self, self->control);
}

/* As many events as a queue holds, all of which @fd reads in time. */
static void fill_queues(struct __test_metadata *_metadata, FIXTURE_DATA(renames) * self, int fd)
{
	__u8 address[6] = { 2 };
	struct netdev_naming_event event;
	unsigned int i;

	for (i = 1; i <= NETDEV_NAMING_QUEUE_MAX; i++) {
		address[4] = i >> 8;
		address[5] = i;
		ASSERT_EQ(0, link_set_address(self->ifindex, address));
		ASSERT_EQ(0, event_read(fd, &event));
		ASSERT_EQ(0, event.flags);
		ASSERT_EQ(NETDEV_NAMING_EVENT_ADDRESS, event.type);
	}
}

/* The mark comes first, and what follows is complete up to the end. */
static void fallen_behind(struct __test_metadata *_metadata, int fd, const char *last)
{
	struct netdev_naming_event event;
	unsigned int i;

	for (i = 0; i < NETDEV_NAMING_QUEUE_MAX; i++) {
		ASSERT_EQ(0, event_read(fd, &event));
		ASSERT_EQ(i ? 0 : NETDEV_NAMING_EVENT_F_OVERFLOW, event.flags);
	}
	EXPECT_STREQ(last, event.name);
	EXPECT_FALSE(event_pending(fd));
}

/* A new snapshot is the way out of an overflow; returns its sequence number. */
static __u64 snapshot(struct __test_metadata *_metadata, int control)
{
	struct netdev_naming_entry entries[64];
	struct netdev_naming_enumerate arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)entries,
		.entry_size = sizeof(entries[0]),
		.capacity = 64,
	};

	EXPECT_EQ(0, ioctl(control, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	EXPECT_FALSE(event_pending(control));
	return arg.seq;
}

/*
 * Full queues hold back neither the reader that keeps up nor the renames, and each
 * of the others is told once.
 */
TEST_F_TIMEOUT(renames, others_fall_behind, 1200)
{
	int fds[] = { handle_open(self->ifindex), self->control, control_open() };
	struct netdev_naming_event event;
	char last[IFNAMSIZ];
	unsigned int i;
	__u64 seq;

	ASSERT_LE(0, fds[0]);
	ASSERT_LE(0, fds[2]);
	self->count = MORE;
	fill_queues(_metadata, self, self->fd);
	keep_up(_metadata, self, self->fd);

	snprintf(last, sizeof(last), "nnt%u", MORE);
	fallen_behind(_metadata, fds[0], last);
	fallen_behind(_metadata, fds[1], last);
	seq = snapshot(_metadata, fds[2]);

	ASSERT_EQ(0, link_rename(self->ifindex, "nnt-end"));
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		ASSERT_EQ(0, event_read(fds[i], &event));
		EXPECT_EQ(0, event.flags);
		EXPECT_STREQ("nnt-end", event.name);
	}
	EXPECT_EQ(seq + 1, event.seq);
	close(fds[0]);
	close(fds[2]);
}

TEST_HARNESS_MAIN
