// SPDX-License-Identifier: GPL-2.0-only
/* What read(2) and poll(2) of a handle deliver, and what they refuse. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

FIXTURE(events) {
	int control;
	int ifindex;
	int fd;
};

FIXTURE_SETUP(events)
{
	self->control = control_open();
	ASSERT_LE(0, self->control);
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(events)
{
	link_del(self->ifindex);
	close(self->fd);
	close(self->control);
}

TEST_F(events, rename)
{
	struct netdev_naming_event event;
	struct netdev_naming_info info;
	__u64 generation, seq;

	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_STREQ("nnt0", info.name);
	generation = info.generation;
	ASSERT_FALSE(event_pending(self->fd));

	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt2"));

	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_RENAMED, event.type);
	EXPECT_EQ(0, event.flags);
	EXPECT_EQ(self->ifindex, event.ifindex);
	EXPECT_EQ(generation + 1, event.generation);
	EXPECT_EQ(info.id, event.id);
	EXPECT_STREQ("nnt1", event.name);
	EXPECT_STREQ("nnt0", (char *)event.detail);
	EXPECT_EQ(4, event.detail_len);
	EXPECT_EQ(0, event.__reserved);
	seq = event.seq;

	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(generation + 2, event.generation);
	EXPECT_LT(seq, event.seq);
	EXPECT_STREQ("nnt2", event.name);
	EXPECT_STREQ("nnt1", (char *)event.detail);

	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_STREQ("nnt2", info.name);
	EXPECT_EQ(event.generation, info.generation);
	EXPECT_FALSE(event_pending(self->fd));
}

TEST_F(events, address)
{
	const __u8 address[6] = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 };
	struct netdev_naming_event event;
	struct netdev_naming_info info;

	ASSERT_EQ(0, link_set_address(self->ifindex, address));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ADDRESS, &event));
	EXPECT_EQ(6, event.detail_len);
	EXPECT_EQ(0, memcmp(address, event.detail, 6));
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_ADDR, &info));
	EXPECT_EQ(6, info.addr_len);
	EXPECT_EQ(0, memcmp(address, info.addr, 6));
	EXPECT_EQ(3, info.addr_assign_type);
}

TEST_F(events, altname_while_up)
{
	struct netdev_naming_event event;

	ASSERT_EQ(0, link_set_up(self->ifindex, true));
	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-alternative"));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ALTNAME_ADDED, &event));
	EXPECT_STREQ("nn-alternative", (char *)event.detail);
	EXPECT_EQ(strlen("nn-alternative"), event.detail_len);
	EXPECT_STREQ("nnt0", event.name);

	ASSERT_EQ(0, link_del_altname(self->ifindex, "nn-alternative"));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ALTNAME_REMOVED, &event));
	EXPECT_STREQ("nn-alternative", (char *)event.detail);
}

/* The kernel itself is silent about this one. */
TEST_F(events, altname_while_down)
{
	struct netdev_naming_event event;

	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-alternative"));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ALTNAME_ADDED, &event));
	EXPECT_STREQ("nn-alternative", (char *)event.detail);
	ASSERT_EQ(0, link_del_altname(self->ifindex, "nn-alternative"));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ALTNAME_REMOVED, &event));
	EXPECT_STREQ("nn-alternative", (char *)event.detail);
	EXPECT_FALSE(event_pending(self->fd));
}

/* The longest that the kernel takes fills the record. */
TEST_F(events, altname_of_127_characters)
{
	char name[NETDEV_NAMING_ALTNAME_SIZE];
	struct netdev_naming_event event;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ASSERT_EQ(0, link_set_up(self->ifindex, true));
	ASSERT_EQ(0, link_add_altname(self->ifindex, name));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ALTNAME_ADDED, &event));
	EXPECT_STREQ(name, (char *)event.detail);
	EXPECT_EQ(sizeof(name) - 1, event.detail_len);
}

TEST_F(events, read_einval)
{
	char buf[sizeof(struct netdev_naming_event) - 1];

	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	EXPECT_EQ(-1, read(self->fd, buf, sizeof(buf)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->fd, buf, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(event_pending(self->fd));
}

TEST_F(events, read_eagain)
{
	struct netdev_naming_event event;

	EXPECT_EQ(-1, read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(events, read_efault_keeps_the_event)
{
	struct netdev_naming_event event;
	void *none;

	none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, none);
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	EXPECT_EQ(-1, read(self->fd, none, 4096));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_STREQ("nnt1", event.name);
	munmap(none, 4096);
}

static void on_alarm(int signal)
{
}

TEST_F(events, read_eintr)
{
	struct sigaction action = { .sa_handler = on_alarm };	/* no SA_RESTART */
	struct netdev_naming_event event;
	int err;

	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	if (!fork()) {
		/* Again and again: one signal might come before the read. */
		while (!kill(getppid(), SIGUSR1) && getppid() != 1)
			usleep(10000);
		_exit(0);
	}
	err = read(self->fd, &event, sizeof(event)) < 0 ? errno : 0;
	EXPECT_EQ(EINTR, err);
}

TEST_F(events, not_seekable)
{
	struct netdev_naming_event event;

	EXPECT_EQ(-1, lseek(self->fd, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pread(self->fd, &event, sizeof(event), 0));
	EXPECT_EQ(ESPIPE, errno);
}

TEST_F(events, several_records_in_one_read)
{
	struct netdev_naming_event events[4];
	char name[IFNAMSIZ];
	int i;

	for (i = 1; i <= 30; i++) {
		snprintf(name, sizeof(name), "nnt%d", i);
		ASSERT_EQ(0, link_rename(self->ifindex, name));
	}
	/* Whole records only. */
	ASSERT_EQ(3 * sizeof(events[0]), read(self->fd, events, sizeof(events) - 1));
	EXPECT_STREQ("nnt3", events[2].name);
	ASSERT_EQ(4 * sizeof(events[0]), read(self->fd, events, sizeof(events)));
	EXPECT_STREQ("nnt4", events[0].name);
	EXPECT_EQ(23, event_drain(self->fd));
}

TEST_F(events, unregistered_wakes_poll)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };
	struct netdev_naming_event event;

	ASSERT_EQ(0, poll(&pfd, 1, 0));
	if (!fork())
		_exit(link_del(self->ifindex) ? 1 : 0);
	ASSERT_EQ(1, poll(&pfd, 1, 30000));
	EXPECT_EQ(POLLIN | POLLHUP | POLLERR, pfd.revents | POLLIN);

	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_UNREGISTERED, event.type);
	EXPECT_STREQ("nnt0", event.name);
	EXPECT_EQ(self->ifindex, event.ifindex);
	EXPECT_EQ(-1, read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLHUP | POLLERR, pfd.revents);
}

/* Not even a blocking read waits for what cannot come. */
TEST_F(events, blocking_read_ends_with_the_nic)
{
	struct netdev_naming_event event;

	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, 0));
	if (!fork())
		_exit(link_del(self->ifindex) ? 1 : 0);
	ASSERT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(NETDEV_NAMING_EVENT_UNREGISTERED, event.type);
	EXPECT_EQ(-1, read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(ENODEV, errno);
}

/* The ifindex and the name live on in another NIC: the handle does not. */
TEST_F(events, enodev_also_when_the_ifindex_is_reused)
{
	struct netdev_naming_info info, other;
	int fd;

	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	ASSERT_EQ(0, link_del(self->ifindex));
	EXPECT_EQ(-ENODEV, handle_info(self->fd, 0, &other));
	EXPECT_EQ(-ENODEV, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &other));

	ASSERT_EQ(self->ifindex, link_add("dummy", "nnt0", self->ifindex));
	EXPECT_EQ(-ENODEV, handle_info(self->fd, 0, &other));
	EXPECT_EQ(-ENODEV, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &other));
	EXPECT_EQ(1, event_drain(self->fd));

	fd = handle_open(self->ifindex);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &other));
	EXPECT_LT(info.id, other.id);
	close(fd);
}

static void set_event_size(struct __test_metadata *_metadata, int fd, __u32 event_size,
			   int expected)
{
	struct netdev_naming_event_size arg = { .size = sizeof(arg), .event_size = event_size };
	int ret = ioctl(fd, NETDEV_NAMING_IOC_SET_EVENT_SIZE, &arg);

	EXPECT_EQ(expected, ret ? errno : 0) TH_LOG("%u bytes", event_size);
	EXPECT_EQ(event_size, arg.event_size);
}

/* A reader of a later header than the kernel's has zeroes where the kernel knows nothing. */
TEST_F(events, records_as_long_as_asked_for)
{
	struct {
		struct netdev_naming_event event;
		__u64 later[4];
	} events[3];
	int fds[] = { self->fd, self->control }, i;

	event_drain(self->control);
	for (i = 0; i < 2; i++) {
		set_event_size(_metadata, fds[i], 199, EINVAL);
		set_event_size(_metadata, fds[i], 204, EINVAL);
		set_event_size(_metadata, fds[i], 4104, EINVAL);
		set_event_size(_metadata, fds[i], 0, EINVAL);
		set_event_size(_metadata, fds[i], sizeof(events[0]), 0);
	}
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt2"));
	for (i = 0; i < 2; i++) {
		memset(events, 0xff, sizeof(events));
		EXPECT_EQ(-1, read(fds[i], events, sizeof(events[0]) - 1));
		EXPECT_EQ(EINVAL, errno);
		ASSERT_EQ(2 * sizeof(events[0]), read(fds[i], events, sizeof(events) - 1));
		EXPECT_EQ(sizeof(events[0]), events[1].event.size);
		EXPECT_STREQ("nnt1", events[0].event.name);
		EXPECT_STREQ("nnt2", events[1].event.name);
		EXPECT_EQ(0, events[0].later[0] | events[0].later[3] | events[1].later[0]);
		EXPECT_EQ(~0ULL, events[2].later[0]);
	}
	/* And the first published ones again. */
	set_event_size(_metadata, self->fd, sizeof(events[0].event), 0);
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt3"));
	ASSERT_EQ(sizeof(events[0].event), read(self->fd, events, sizeof(events)));
	EXPECT_EQ(sizeof(events[0].event), events[0].event.size);
}

/* More events than the log holds, all of another NIC. */
static void flood(struct __test_metadata *_metadata)
{
	__u8 address[6] = { 2 };
	int ifindex, i;

	ifindex = link_add("dummy", "nnt-flood", 0);
	ASSERT_LT(0, ifindex);
	for (i = 0; i <= NETDEV_NAMING_QUEUE_MAX; i++) {
		address[4] = i >> 8;
		address[5] = i;
		ASSERT_EQ(0, link_set_address(ifindex, address));
	}
	ASSERT_EQ(0, link_del(ifindex));
}

/* Of the events of its NIC, a handle never loses the newest, whatever others had since. */
TEST_F(events, newest_event_stays)
{
	struct netdev_naming_event event;

	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	flood(_metadata);
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(0, event.flags);
	EXPECT_STREQ("nnt1", event.name);
	EXPECT_FALSE(event_pending(self->fd));

	/* Two are one too many: the mark says so. */
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt2"));
	ASSERT_EQ(0, link_del(self->ifindex));
	flood(_metadata);
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_F_OVERFLOW, event.flags);
	EXPECT_EQ(NETDEV_NAMING_EVENT_UNREGISTERED, event.type);
	EXPECT_EQ(-1, read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(ENODEV, errno);
}

/* An open handle does not delay the unregistration. */
TEST_F(events, nic_is_not_pinned)
{
	int fds[64], i;

	for (i = 0; i < 64; i++) {
		fds[i] = handle_open(self->ifindex);
		ASSERT_LE(0, fds[i]);
	}
	ASSERT_EQ(0, link_del(self->ifindex));
	EXPECT_EQ(-ENODEV, link_index("nnt0"));
	EXPECT_EQ(-ENOENT, handle_open(self->ifindex));
	for (i = 0; i < 64; i++) {
		EXPECT_EQ(1, event_drain(fds[i]));
		close(fds[i]);
	}
}

TEST_HARNESS_MAIN
