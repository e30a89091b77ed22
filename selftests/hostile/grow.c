// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of today on the module of tomorrow, whose structures have all grown: records are
 * as long as they were, and nothing is written behind what the program has.
 * netdev_naming_longer is that module.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/netdev_naming.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "work.h"

#define CONTROL		"/dev/netdev/control"
#define GUARD		0xa5
#define GUARDS		4096
#define MAX		64
#define TRIES		2400
#define EVENT_TIMEOUT	30000

/* What follows an argument in memory. */
struct guarded {
	union {
		__u32 size;
		struct netdev_naming_info info;
		struct netdev_naming_altnames altnames;
		struct netdev_naming_enumerate enumerate;
		struct netdev_naming_open_by_ifindex by_ifindex;
		struct netdev_naming_open_by_name by_name;
		struct netdev_naming_open_by_id by_id;
		unsigned char bytes[GUARDS];
	};
};

static void guard(struct guarded *arg, size_t size)
{
	memset(arg, 0, size);
	memset(arg->bytes + size, GUARD, sizeof(arg->bytes) - size);
	arg->size = size;
}

/* Nothing behind it was written, and @size does not say that there is more. */
static bool intact(const struct guarded *arg, size_t size)
{
	size_t at;

	for (at = size; at < sizeof(arg->bytes); at++)
		if (arg->bytes[at] != GUARD)
			return false;
	return arg->size == size;
}

/* udev may have a node open for a moment. */
static int unload(const char *module)
{
	char path[64], words[128];
	int tries;

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	snprintf(words, sizeof(words), "exec rmmod %s 2>/dev/null", module);
	for (tries = 0; tries < TRIES && !access(path, F_OK); tries++)
		if (system(words))
			usleep(50000);
	return access(path, F_OK) ? 0 : -EBUSY;
}

static int swap(bool longer)
{
	char words[512];
	int err = unload(longer ? "netdev_naming" : "netdev_naming_longer");

	if (err)
		return err;
	snprintf(words, sizeof(words), "exec insmod %s/netdev_naming_longer.ko",
		 getenv("WAYMARK_TEST_MODULES") ?: ".");
	if (system(longer ? words : "exec modprobe netdev_naming"))
		return -ENODEV;
	return system("exec udevadm settle --timeout=180") ? -ETIMEDOUT : 0;
}

FIXTURE(grow)
{
	int control;
	int ifindex;
};

FIXTURE_SETUP(grow)
{
	ASSERT_EQ(0, work_setup());
	ASSERT_EQ(0, swap(true));
	self->ifindex = link_index(WORK_NIC);
	self->control = open(CONTROL, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ASSERT_LE(0, self->control);
}

FIXTURE_TEARDOWN(grow)
{
	close(self->control);
	EXPECT_EQ(0, swap(false));
	work_cleanup();
}

TEST_F(grow, ioctls_write_what_the_caller_has)
{
	struct guarded arg;
	int fd;

	guard(&arg, sizeof(arg.by_ifindex));
	arg.by_ifindex.ifindex = self->ifindex;
	ASSERT_EQ(0, ioctl(self->control, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &arg));
	EXPECT_TRUE(intact(&arg, sizeof(arg.by_ifindex)));
	fd = arg.by_ifindex.fd;

	guard(&arg, sizeof(arg.info));
	ASSERT_EQ(0, ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &arg));
	EXPECT_TRUE(intact(&arg, sizeof(arg.info)));
	EXPECT_STREQ(WORK_NIC, arg.info.name);
	/* As a program does that keeps its argument: the same one once more. */
	arg.info.fields = 0;
	EXPECT_EQ(0, ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &arg));
	EXPECT_TRUE(intact(&arg, sizeof(arg.info)));

	guard(&arg, sizeof(arg.altnames));
	ASSERT_EQ(0, ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &arg));
	EXPECT_TRUE(intact(&arg, sizeof(arg.altnames)));
	close(fd);

	guard(&arg, sizeof(arg.by_name));
	memcpy(arg.by_name.name, WORK_NIC, sizeof(WORK_NIC));
	ASSERT_EQ(0, ioctl(self->control, NETDEV_NAMING_IOC_OPEN_BY_NAME, &arg));
	EXPECT_TRUE(intact(&arg, sizeof(arg.by_name)));
	close(arg.by_name.fd);
}

/* The loop of Documentation/netdev_naming-uapi.rst, with room for one NIC at a time. */
TEST_F(grow, enumerate_loop)
{
	struct { struct netdev_naming_entry entry; unsigned char guards[256]; } room;
	struct guarded arg;
	unsigned int seen = 0, nr;

	guard(&arg, sizeof(arg.enumerate));
	do {
		memset(&room, GUARD, sizeof(room));
		arg.enumerate.entries = (unsigned long)&room.entry;
		arg.enumerate.capacity = 1;
		arg.enumerate.entry_size = sizeof(room.entry);
		ASSERT_EQ(0, ioctl(self->control, NETDEV_NAMING_IOC_ENUMERATE, &arg));
		ASSERT_TRUE(intact(&arg, sizeof(arg.enumerate)));
		for (nr = 0; nr < sizeof(room.guards); nr++)
			ASSERT_EQ(GUARD, room.guards[nr]);
		seen += arg.enumerate.count;
		if (arg.enumerate.count && room.entry.ifindex == self->ifindex)
			EXPECT_STREQ(WORK_NIC, room.entry.name);
	} while (arg.enumerate.cursor && seen < MAX);
	EXPECT_EQ(arg.enumerate.total, seen);
}

TEST_F(grow, read_into_the_record_of_today)
{
	struct { struct netdev_naming_event event; unsigned char guards[256]; } room;
	struct pollfd pfd = { .fd = self->control, .events = POLLIN };
	unsigned int nr;

	memset(&room, GUARD, sizeof(room));
	ASSERT_EQ(0, link_rename(self->ifindex, "hst9"));
	ASSERT_EQ(1, poll(&pfd, 1, EVENT_TIMEOUT));
	ASSERT_EQ(sizeof(room.event), read(self->control, &room.event, sizeof(room.event)));
	EXPECT_EQ(sizeof(room.event), room.event.size);
	EXPECT_EQ(NETDEV_NAMING_EVENT_RENAMED, room.event.type);
	EXPECT_STREQ("hst9", room.event.name);
	for (nr = 0; nr < sizeof(room.guards); nr++)
		EXPECT_EQ(GUARD, room.guards[nr]);
	EXPECT_EQ(0, link_rename(self->ifindex, WORK_NIC));
}

TEST_HARNESS_MAIN
