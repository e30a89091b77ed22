// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody without privilege gets: as nobody in the initial namespaces,
 * and as nobody who made a user and a network namespace of his own. Nothing of
 * another network namespace, no address of the kernel, no byte that was never
 * written (the sanitizer kernel poisons those; see poison.h), nothing but zero in
 * what is reserved or pads (replies.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/netdev_naming.h>
#include "../lib/link.h"
#include "../lib/harness.h"
#include "nic.h"
#include "replies.h"

#define NOBODY	65534
#define CONTROL	"/dev/netdev/control"
#define SYMBOLS	"/dev/symbol_index"
#define ARRAYS	"/dev/flex_array"

enum place { INITIAL, OWN_NAMESPACES };

static int become_nobody(enum place place)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return errno;
	if (place == OWN_NAMESPACES && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return errno;
	return 0;
}

static int result_of(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
}

/* Runs try(path) as nobody; returns its result, at most 255. */
static int as_nobody(enum place place, int (*try)(const char *), const char *path)
{
	pid_t child = fork();

	if (!child)
		_exit(become_nobody(place) ? 255 : try(path));
	return result_of(child);
}

/* The same for what changes NICs or reads as root, by itself. */
static int in_child(int (*try)(const char *), const char *path)
{
	pid_t child = fork();

	if (!child)
		_exit(try(path));
	return result_of(child);
}

/* 0, or the errno of open(2) */
static int try_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

static int try_write(const char *path)
{
	return open(path, O_RDWR | O_CLOEXEC) < 0 ? errno : 0;
}

/* A rename, which somebody else does, makes the event. */
static int try_events(const char *path)
{
	struct netdev_naming_event events[8];
	int ifindex = link_index(NIC);
	int fd, result, wrong = CLEAN;

	memset(events, 0xe7, sizeof(events));
	if (seteuid(NOBODY))
		return FAILED;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (seteuid(0) || link_rename(ifindex, "iso1") || link_rename(ifindex, NIC))
		return FAILED;
	result = read(fd, events, sizeof(events));
	if (result < 2 * (int)sizeof(events[0]) || result % sizeof(events[0]))
		return FAILED;
	for (unsigned int i = 0; i < result / sizeof(events[0]) && !wrong; i++)
		wrong = reply_event(&events[i]);
	return wrong;
}

/* What a handle of nobody's shows of a NIC that has gone elsewhere. */
static int try_moved(const char *path)
{
	struct netdev_naming_info info = { .size = sizeof(info) };
	struct netdev_naming_info none = {};
	struct netdev_naming_altnames names = { .size = sizeof(names) };
	int fd;

	if (seteuid(NOBODY))
		return FAILED;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (seteuid(0) || link_move(link_index(NIC), open(NIC_NETNS, O_RDONLY | O_CLOEXEC)) ||
	    ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		return FAILED;
	none.size = info.size;
	none.id = info.id;
	none.generation = info.generation;
	none.relation = NETDEV_NAMING_RELATION_MOVED;
	if (memcmp(&info, &none, sizeof(info)))
		return FOREIGN;
	return ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &names) && errno == EACCES ? CLEAN
										    : VISIBLE;
}

/* That NIC is in no list and has no name. */
static int try_foreign(const char *path)
{
	struct netdev_naming_entry entries[64] = {};
	struct netdev_naming_enumerate all = {
		.size = sizeof(all), .capacity = 64, .entry_size = sizeof(entries[0]),
		.entries = (unsigned long)entries,
	};
	struct netdev_naming_open_by_name name = { .size = sizeof(name), .name = NIC };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &all) || !all.count)
		return FAILED;
	for (unsigned int i = 0; i < all.count; i++)
		if (!strcmp(entries[i].name, NIC))
			return FOREIGN;
	return ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_NAME, &name) && errno == ENOENT ? CLEAN
										   : VISIBLE;
}

FIXTURE(isolation)
{
};

FIXTURE_SETUP(isolation)
{
	if (!access(CONTROL, F_OK) && !access(SYMBOLS, F_OK) && !access(ARRAYS, F_OK))
		return;
	ASSERT_EQ(0, system("modprobe netdev_naming && modprobe symbol_index"));
	ASSERT_EQ(0, system("udevadm settle"));
}

FIXTURE_TEARDOWN(isolation)
{
	nic_remove();
}

TEST_F(isolation, nobody_opens_what_is_documented)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, CONTROL));
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, "/dev/netdev/if1"));
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, SYMBOLS));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_open, ARRAYS));
}

TEST_F(isolation, nobody_writes_nothing)
{
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, CONTROL));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, "/dev/netdev/if1"));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, SYMBOLS));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, ARRAYS));
}

TEST_F(isolation, own_namespaces_see_no_foreign_nic)
{
	EXPECT_EQ(EPERM, as_nobody(OWN_NAMESPACES, try_open, CONTROL));
	EXPECT_EQ(EPERM, as_nobody(OWN_NAMESPACES, try_open, "/dev/netdev/if1"));
	EXPECT_EQ(EACCES, as_nobody(OWN_NAMESPACES, try_open, ARRAYS));
}

TEST_F(isolation, info_is_clean)
{
	char node[64];

	nic_make(node, sizeof(node));
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_info, node));
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_info, "/dev/netdev/if1"));
}

TEST_F(isolation, altnames_are_clean)
{
	char node[64];

	nic_make(node, sizeof(node));
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_altnames, node));
}

TEST_F(isolation, enumerate_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_enumerate, CONTROL));
}

TEST_F(isolation, open_by_ifindex_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_open_by_ifindex, CONTROL));
}

TEST_F(isolation, open_by_name_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_open_by_name, CONTROL));
}

TEST_F(isolation, open_by_id_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_open_by_id, CONTROL));
}

TEST_F(isolation, events_are_clean)
{
	char node[64];

	nic_make(node, sizeof(node));
	EXPECT_EQ(CLEAN, in_child(try_events, node));
	EXPECT_EQ(CLEAN, in_child(try_events, CONTROL));
}

TEST_F(isolation, nic_that_moved_away_is_hidden)
{
	char node[64];

	nic_make(node, sizeof(node));
	EXPECT_EQ(CLEAN, in_child(try_moved, node));
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, try_foreign, CONTROL));
}

TEST_F(isolation, symbol_info_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_symbol_info, SYMBOLS));
	EXPECT_EQ(CLEAN, as_nobody(OWN_NAMESPACES, reply_symbol_info, SYMBOLS));
}

TEST_F(isolation, symbol_list_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_symbol_list, SYMBOLS));
	EXPECT_EQ(CLEAN, as_nobody(OWN_NAMESPACES, reply_symbol_list, SYMBOLS));
}

TEST_F(isolation, symbol_lookup_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_symbol_lookup, SYMBOLS));
	EXPECT_EQ(CLEAN, as_nobody(OWN_NAMESPACES, reply_symbol_lookup, SYMBOLS));
}

TEST_F(isolation, snapshot_is_clean)
{
	EXPECT_EQ(CLEAN, as_nobody(INITIAL, reply_snapshot, SYMBOLS));
	EXPECT_EQ(CLEAN, as_nobody(OWN_NAMESPACES, reply_snapshot, SYMBOLS));
}

/* A judge who never says no proves nothing. */
TEST_F(isolation, planted_bytes_are_seen)
{
	char node[64];

	nic_make(node, sizeof(node));
	EXPECT_EQ(0, planted_missed(node));
}

/* Nobody opens that device; root gets no stray bytes either. */
TEST_F(isolation, array_list_is_clean)
{
	EXPECT_EQ(CLEAN, in_child(reply_array_list, ARRAYS));
}

TEST_F(isolation, array_info_is_clean)
{
	EXPECT_EQ(CLEAN, in_child(reply_array_info, ARRAYS));
}

TEST_HARNESS_MAIN
