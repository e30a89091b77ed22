// SPDX-License-Identifier: GPL-2.0-only
/* /dev/netdev/control: enumeration, handles without a path, events of all NICs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

#define NICS	4
#define MAX	128

FIXTURE(control) {
	int fd;
	int ifindexes[NICS];
	__u64 ids[NICS];
};

/*
 * NICs stay for the next test as long as nothing happens to them: what udev does to a
 * new one takes longer than most of the tests.
 */
FIXTURE_SETUP(control)
{
	struct netdev_naming_event event;
	struct netdev_naming_info info;
	char name[IFNAMSIZ];
	int i, fd, fresh = 0;

	self->fd = control_open();
	ASSERT_LE(0, self->fd);
	for (i = 0; i < NICS; i++) {
		snprintf(name, sizeof(name), "nnt%d", i);
		self->ifindexes[i] = link_index(name);
		if (self->ifindexes[i] > 0) {
			fd = control_open_by_ifindex(self->fd, self->ifindexes[i]);
			ASSERT_LE(0, fd);
			ASSERT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &info));
			self->ids[i] = info.id;
			close(fd);
			continue;
		}
		fresh++;
		self->ifindexes[i] = link_add("dummy", name, 0);
		ASSERT_LT(0, self->ifindexes[i]);
		ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_ADDED, &event));
		EXPECT_STREQ(name, event.name);
		EXPECT_EQ(1, event.generation);
		self->ids[i] = event.id;
	}
	/* Whatever udev does to them is over. */
	EXPECT_EQ(0, fresh ? system("exec udevadm settle --timeout=600") : 0);
	event_drain(self->fd);
}

FIXTURE_TEARDOWN(control)
{
	char name[IFNAMSIZ];
	int i;

	for (i = 0; i < NICS; i++) {
		snprintf(name, sizeof(name), "nnt%d", i);
		if (link_index(name) != self->ifindexes[i])
			link_del(self->ifindexes[i]);
	}
	close(self->fd);
}

/* At the end of the program; the children that tests run in end by _exit(). */
static void __attribute__((destructor)) remove_nics(void)
{
	char name[IFNAMSIZ];
	int i;

	for (i = 0; i < NICS; i++) {
		snprintf(name, sizeof(name), "nnt%d", i);
		link_del(link_index(name));
	}
}

static int enumerate(int fd, struct netdev_naming_enumerate *arg,
		     struct netdev_naming_entry *entries, unsigned int capacity)
{
	arg->size = sizeof(*arg);
	arg->flags = 0;
	arg->entries = (uintptr_t)entries;
	arg->capacity = capacity;
	arg->entry_size = sizeof(*entries);
	return ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, arg) ? errno : 0;
}

static const struct netdev_naming_entry *find_id(const struct netdev_naming_entry *entries,
						 unsigned int count, __u64 id)
{
	for (; count; count--, entries++)
		if (entries->id == id)
			return entries;
	return NULL;
}

TEST_F(control, enumerate_all)
{
	struct netdev_naming_enumerate arg = {};
	struct netdev_naming_entry entries[MAX];
	const struct netdev_naming_entry *entry;
	char name[IFNAMSIZ];
	unsigned int i;

	ASSERT_EQ(0, enumerate(self->fd, &arg, entries, MAX));
	EXPECT_EQ(0, arg.cursor);
	EXPECT_EQ(arg.total, arg.count);
	for (i = 1; i < arg.count; i++)
		EXPECT_LT(entries[i - 1].id, entries[i].id);
	for (i = 0; i < NICS; i++) {
		snprintf(name, sizeof(name), "nnt%d", i);
		entry = find_id(entries, arg.count, self->ids[i]);
		ASSERT_NE(NULL, entry);
		EXPECT_EQ(self->ifindexes[i], entry->ifindex);
		EXPECT_STREQ(name, entry->name);
		EXPECT_LE(1, entry->generation);
	}
}

/* What happens meanwhile is not in the snapshot, it is in the events. */
TEST_F(control, enumerate_is_one_snapshot)
{
	struct netdev_naming_enumerate arg = {};
	struct netdev_naming_entry entries[MAX];
	struct netdev_naming_event event;
	unsigned int count = 0;
	__u64 seq;

	ASSERT_EQ(0, enumerate(self->fd, &arg, entries, 3));
	count = arg.count;
	seq = arg.seq;
	ASSERT_EQ(3, count);
	ASSERT_NE(0, arg.cursor);
	EXPECT_FALSE(event_pending(self->fd));

	ASSERT_EQ(0, link_del(self->ifindexes[3]));
	ASSERT_EQ(0, link_rename(self->ifindexes[2], "nnt-new"));
	while (arg.cursor) {
		ASSERT_EQ(0, enumerate(self->fd, &arg, entries + count, 3));
		count += arg.count;
		ASSERT_LE(count, MAX - 3);
		EXPECT_EQ(seq, arg.seq);
	}
	EXPECT_EQ(arg.total, count);
	ASSERT_NE(NULL, find_id(entries, count, self->ids[3]));
	EXPECT_STREQ("nnt2", find_id(entries, count, self->ids[2])->name);

	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(seq + 1, event.seq);
	EXPECT_EQ(NETDEV_NAMING_EVENT_UNREGISTERED, event.type);
	EXPECT_EQ(self->ids[3], event.id);
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(seq + 2, event.seq);
	EXPECT_EQ(NETDEV_NAMING_EVENT_RENAMED, event.type);
	EXPECT_EQ(self->ids[2], event.id);
}

/*
 * Snapshots taken while others rename: together with the events that follow
 * they give the state that really is there in the end.
 */
TEST_F(control, no_gap_between_snapshot_and_events)
{
	struct netdev_naming_enumerate arg = {};
	struct netdev_naming_entry entries[MAX];
	struct netdev_naming_event event;
	/* udev sees to each of them, too. */
	int renames = getenv("WAYMARK_LONG") ? 400 : harness_slow() ? 20 : 80;
	char name[IFNAMSIZ], last[IFNAMSIZ], end[IFNAMSIZ];
	int round, i, status;
	__u64 seq;
	pid_t pid;

	snprintf(end, sizeof(end), "nnr%d", renames - 1);
	pid = fork();
	if (!pid) {
		for (i = 0; i < renames; i++) {
			snprintf(name, sizeof(name), "nnr%d", i);
			if (link_rename(self->ifindexes[0], name))
				_exit(1);
		}
		_exit(0);
	}
	for (round = 0; round < 50; round++) {
		arg.cursor = 0;
		ASSERT_EQ(0, enumerate(self->fd, &arg, entries, MAX));
	}
	ASSERT_NE(NULL, find_id(entries, arg.count, self->ids[0]));
	snprintf(last, sizeof(last), "%s", find_id(entries, arg.count, self->ids[0])->name);
	seq = arg.seq;
	while (strcmp(last, end)) {
		ASSERT_EQ(0, event_read(self->fd, &event));
		ASSERT_EQ(0, event.flags);
		ASSERT_EQ(++seq, event.seq);
		if (event.id != self->ids[0] || event.type != NETDEV_NAMING_EVENT_RENAMED)
			continue;
		ASSERT_STREQ(last, (char *)event.detail);
		snprintf(last, sizeof(last), "%s", event.name);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(control, enumerate_einval)
{
	struct netdev_naming_enumerate arg = {};
	struct netdev_naming_entry entries[MAX];
	__u64 cursor;

	EXPECT_EQ(EINVAL, enumerate(self->fd, &arg, entries, 0));
	arg.cursor = 5;
	EXPECT_EQ(EINVAL, enumerate(self->fd, &arg, entries, 3));
	arg.cursor = 0;
	ASSERT_EQ(0, enumerate(self->fd, &arg, entries, 3));
	cursor = arg.cursor;
	ASSERT_EQ(0, enumerate(self->fd, &arg, entries, 3));
	/* Not the latest any more. */
	arg.cursor = cursor;
	EXPECT_EQ(EINVAL, enumerate(self->fd, &arg, entries, 3));

	arg.cursor = 0;
	arg.capacity = 1;
	arg.entry_size = sizeof(entries[0]) - 1;
	EXPECT_EQ(-1, ioctl(self->fd, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	EXPECT_EQ(EINVAL, errno);
	arg.entry_size = 4097;
	EXPECT_EQ(-1, ioctl(self->fd, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	EXPECT_EQ(EINVAL, errno);
}

/* A program with a later header has larger entries. */
TEST_F(control, enumerate_longer_entries)
{
	struct { struct netdev_naming_entry entry; __u8 tail[24]; } entries[2];
	struct netdev_naming_enumerate arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)entries,
		.capacity = 2,
		.entry_size = sizeof(entries[0]),
	};

	memset(entries, 0xff, sizeof(entries));
	ASSERT_EQ(0, ioctl(self->fd, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	ASSERT_EQ(2, arg.count);
	EXPECT_LT(entries[0].entry.id, entries[1].entry.id);
	EXPECT_EQ(0, entries[0].tail[0] | entries[1].tail[23]);
}

TEST_F(control, open_by)
{
	struct netdev_naming_info info;
	int fds[4], i;

	ASSERT_EQ(0, link_add_altname(self->ifindexes[3], "nn-alternative-name"));
	fds[0] = control_open_by_ifindex(self->fd, self->ifindexes[3]);
	fds[1] = control_open_by_name(self->fd, "nnt3");
	fds[2] = control_open_by_name(self->fd, "nn-alternative-name");
	fds[3] = control_open_by_id(self->fd, self->ids[3]);
	for (i = 0; i < 4; i++) {
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, handle_info(fds[i], 0, &info));
		EXPECT_EQ(self->ids[3], info.id);
		EXPECT_EQ(FD_CLOEXEC, fcntl(fds[i], F_GETFD));
		EXPECT_EQ(O_RDONLY, fcntl(fds[i], F_GETFL) & O_ACCMODE);
		close(fds[i]);
	}
	/* It has another name now. */
	ASSERT_EQ(0, link_del(self->ifindexes[3]));
}

/* A handle is a handle, wherever it comes from. */
TEST_F(control, open_by_gives_events)
{
	struct netdev_naming_event event;
	int fd;

	fd = control_open_by_ifindex(self->fd, self->ifindexes[0]);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, link_rename(self->ifindexes[1], "nnt-other"));
	ASSERT_EQ(0, link_rename(self->ifindexes[0], "nnt-new"));
	ASSERT_EQ(0, event_read(fd, &event));
	EXPECT_STREQ("nnt-new", event.name);
	EXPECT_FALSE(event_pending(fd));
	close(fd);
}

TEST_F(control, open_by_enoent)
{
	ASSERT_EQ(0, link_del(self->ifindexes[1]));
	EXPECT_EQ(-ENOENT, control_open_by_ifindex(self->fd, self->ifindexes[1]));
	EXPECT_EQ(-ENOENT, control_open_by_name(self->fd, "nnt1"));
	EXPECT_EQ(-ENOENT, control_open_by_id(self->fd, self->ids[1]));
	EXPECT_EQ(-ENOENT, control_open_by_id(self->fd, 0));
	EXPECT_EQ(-ENOENT, control_open_by_id(self->fd, ~0ULL));
	EXPECT_EQ(-ENOENT, control_open_by_ifindex(self->fd, 0x7fffffff));
	EXPECT_EQ(-ENOENT, control_open_by_name(self->fd, "a/b %s\t\xff"));
}

TEST_F(control, open_by_einval)
{
	char name[NETDEV_NAMING_ALTNAME_SIZE];

	memset(name, 'x', sizeof(name));
	EXPECT_EQ(-EINVAL, control_open_by_ifindex(self->fd, 0));
	EXPECT_EQ(-EINVAL, control_open_by_ifindex(self->fd, -1));
	EXPECT_EQ(-EINVAL, control_open_by_name(self->fd, ""));
	EXPECT_EQ(-EINVAL, control_open_by_name(self->fd, name));
}

TEST_F(control, open_by_emfile)
{
	struct rlimit old, none = { 3, 3 };

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none.rlim_max = old.rlim_max;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(-EMFILE, control_open_by_ifindex(self->fd, self->ifindexes[0]));
	EXPECT_EQ(-EMFILE, control_open_by_name(self->fd, "nnt0"));
	EXPECT_EQ(-EMFILE, control_open_by_id(self->fd, self->ids[0]));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
}

/* Everybody may look, nobody may write. */
TEST_F(control, unprivileged)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(1);
		if (open(CONTROL, O_RDONLY) < 0 || handle_open(self->ifindexes[0]) < 0)
			_exit(2);
		_exit(open(CONTROL, O_RDWR) < 0 && errno == EACCES ? 0 : 3);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
