// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody without privilege gets: as nobody in the initial namespaces,
 * and as nobody who made a user and a network namespace of his own. Nothing of
 * another network namespace, no address of the kernel, no byte that was never
 * written (the sanitizer kernel poisons those; see poison.h).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include "../lib/poison.h"
#include "kselftest_harness.h"

#define NOBODY 65534

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

/* Runs try(path) as nobody; returns its result, at most 255. */
static int as_nobody(enum place place, int (*try)(const char *), const char *path)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(become_nobody(place) ? 255 : try(path));
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 255;
	return WEXITSTATUS(status);
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

/* 0 clean, 1 the call failed, 2 poison, 3 an address */
static int judge(int result, const void *reply, size_t size)
{
	if (result)
		return 1;
	if (poison_find(reply, size) >= 0)
		return 2;
	return poison_find_address(reply, size) >= 0 ? 3 : 0;
}

static int try_info(const char *path)
{
	struct netdev_naming_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return judge(ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &info), &info, sizeof(info));
}

static int try_enumerate(const char *path)
{
	struct netdev_naming_entry entries[64] = {};
	struct netdev_naming_enumerate all = {
		.size = sizeof(all), .capacity = 64, .entry_size = sizeof(entries[0]),
		.entries = (unsigned long)entries,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &all);

	return judge(result || !all.count, entries, sizeof(entries[0]) * all.count);
}

static int try_symbol_info(const char *path)
{
	struct symbol_index_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = ioctl(fd, SYMBOL_INDEX_IOC_INFO, &info);

	/* The build id is a hash: anything may be in it. */
	memset(info.build_id, 0, sizeof(info.build_id));
	return judge(result || info.capabilities & SYMBOL_INDEX_CAP_ADDRESS, &info, sizeof(info));
}

static int try_symbol_list(const char *path)
{
	static unsigned char records[65536];
	struct symbol_index_list list = {
		.size = sizeof(list), .buffer = (unsigned long)records,
		.buffer_size = sizeof(records),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = ioctl(fd, SYMBOL_INDEX_IOC_LIST, &list);

	/* CRCs are hashes: judge the addresses alone. */
	for (unsigned int at = 0; !result && at < list.buffer_size;) {
		const struct symbol_index_record *record = (const void *)(records + at);

		if (record->record_size < sizeof(*record))
			return 1;
		if (record->address || record->flags & SYMBOL_INDEX_RECORD_ADDRESS)
			return 3;
		at += record->record_size;
	}
	return result || !list.count;
}

FIXTURE(isolation)
{
};

FIXTURE_SETUP(isolation)
{
	ASSERT_EQ(0, system("modprobe netdev_naming && modprobe symbol_index"));
	ASSERT_EQ(0, system("udevadm settle"));
}

FIXTURE_TEARDOWN(isolation)
{
}

TEST_F(isolation, nobody_opens_what_is_documented)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, "/dev/netdev/control"));
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, "/dev/netdev/if1"));
	EXPECT_EQ(0, as_nobody(INITIAL, try_open, "/dev/symbol_index"));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_open, "/dev/flex_array"));
}

TEST_F(isolation, nobody_writes_nothing)
{
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, "/dev/netdev/control"));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, "/dev/netdev/if1"));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, "/dev/symbol_index"));
	EXPECT_EQ(EACCES, as_nobody(INITIAL, try_write, "/dev/flex_array"));
}

TEST_F(isolation, own_namespaces_see_no_foreign_nic)
{
	EXPECT_EQ(EPERM, as_nobody(OWN_NAMESPACES, try_open, "/dev/netdev/control"));
	EXPECT_EQ(EPERM, as_nobody(OWN_NAMESPACES, try_open, "/dev/netdev/if1"));
	EXPECT_EQ(EACCES, as_nobody(OWN_NAMESPACES, try_open, "/dev/flex_array"));
}

TEST_F(isolation, info_is_clean)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_info, "/dev/netdev/if1"));
}

TEST_F(isolation, enumerate_is_clean)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_enumerate, "/dev/netdev/control"));
}

TEST_F(isolation, symbol_info_is_clean)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_symbol_info, "/dev/symbol_index"));
	EXPECT_EQ(0, as_nobody(OWN_NAMESPACES, try_symbol_info, "/dev/symbol_index"));
}

TEST_F(isolation, symbol_list_shows_no_address)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_symbol_list, "/dev/symbol_index"));
	EXPECT_EQ(0, as_nobody(OWN_NAMESPACES, try_symbol_list, "/dev/symbol_index"));
}

TEST_HARNESS_MAIN
