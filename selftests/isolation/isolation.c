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
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include <linux/symbol_index_format.h>
#include "../lib/link.h"
#include "../lib/poison.h"
#include "../harness.h"

#define NOBODY 65534
#define NETNS "/run/netns/waymark-iso"

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

/* The same for what opens as nobody and changes NICs as root by itself. */
static int in_child(int (*try)(const char *), const char *path)
{
	pid_t child = fork();

	if (!child)
		_exit(try(path));
	return result_of(child);
}

/* Two tests make them. */
static void remove_nic(void)
{
	int ifindex = link_index("iso0"), netns = !access(NETNS, F_OK);

	if (ifindex > 0)
		link_del(ifindex);
	if (netns)
		system("exec ip netns del waymark-iso");
	if (ifindex > 0 || netns)
		system("exec udevadm settle");
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

static int try_altnames(const char *path)
{
	char names[4096] = "";
	struct netdev_naming_altnames all = {
		.size = sizeof(all), .names = (unsigned long)names, .capacity = sizeof(names),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &all);

	/* Its own pointer is no address of the kernel. */
	return judge(result, &all, sizeof(all)) ?: judge(0, names, sizeof(names));
}

static int try_open_by(const char *path)
{
	struct netdev_naming_open_by_ifindex index = { .size = sizeof(index), .ifindex = 1 };
	struct netdev_naming_open_by_name name = { .size = sizeof(name), .name = "lo" };
	struct netdev_naming_open_by_id id = { .size = sizeof(id) };
	struct netdev_naming_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	wrong = judge(ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &index), &index, sizeof(index));
	if (wrong || ioctl(index.fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		return wrong ?: 1;
	id.id = info.id;
	wrong = judge(ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_NAME, &name), &name, sizeof(name));
	return wrong ?: judge(ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_ID, &id), &id, sizeof(id));
}

/* A rename, which somebody else does, makes the event. */
static int try_events(const char *path)
{
	struct netdev_naming_event events[8] = {};
	int ifindex = link_index("iso0");
	int fd, result;

	if (seteuid(NOBODY))
		return 1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (seteuid(0) || link_rename(ifindex, "iso1") || link_rename(ifindex, "iso0"))
		return 1;
	result = read(fd, events, sizeof(events));
	return judge(result < 2 * (int)sizeof(events[0]), events, sizeof(events));
}

/* What a handle of nobody's shows of a NIC that has gone elsewhere. */
static int try_moved(const char *path)
{
	struct netdev_naming_info info = { .size = sizeof(info) };
	struct netdev_naming_info none = {};
	struct netdev_naming_altnames names = { .size = sizeof(names) };
	int fd;

	if (seteuid(NOBODY))
		return 1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (seteuid(0) || link_move(link_index("iso0"), open(NETNS, O_RDONLY | O_CLOEXEC)) ||
	    ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		return 1;
	none.size = info.size;
	none.id = info.id;
	none.generation = info.generation;
	none.relation = NETDEV_NAMING_RELATION_MOVED;
	if (memcmp(&info, &none, sizeof(info)))
		return 4;
	return ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &names) && errno == EACCES ? 0 : 5;
}

/* That NIC is in no list and has no name. */
static int try_foreign(const char *path)
{
	struct netdev_naming_entry entries[64] = {};
	struct netdev_naming_enumerate all = {
		.size = sizeof(all), .capacity = 64, .entry_size = sizeof(entries[0]),
		.entries = (unsigned long)entries,
	};
	struct netdev_naming_open_by_name name = { .size = sizeof(name), .name = "iso0" };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &all) || !all.count)
		return 1;
	for (unsigned int i = 0; i < all.count; i++)
		if (!strcmp(entries[i].name, "iso0"))
			return 4;
	return ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_NAME, &name) && errno == ENOENT ? 0 : 5;
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

static int try_lookup(const char *path)
{
	static const char name[] = "register_netdev";
	unsigned char record[1024] = {};
	struct symbol_index_lookup lookup = {
		.size = sizeof(lookup), .name = (unsigned long)name,
		.buffer = (unsigned long)record, .buffer_size = sizeof(record),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong = judge(ioctl(fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup), &lookup, sizeof(lookup));

	return wrong ?: judge(0, record, sizeof(record));
}

/* Ends of one section to the start of the next: the bytes of nothing. */
static int gaps_are_zero(const unsigned char *map, size_t mapped)
{
	const struct symbol_index_format_header *header = (const void *)map;
	size_t end = sizeof(*header);

	for (int i = 0; i <= SYMBOL_INDEX_FORMAT_NR_SECTIONS; i++) {
		const struct symbol_index_format_section *section = &header->section[i];
		int last = i == SYMBOL_INDEX_FORMAT_NR_SECTIONS;
		size_t start = last ? mapped : section->offset;

		if (!last && !section->count)
			continue;
		for (; end < start; end++)
			if (map[end])
				return 0;
		if (!last)
			end = start + (size_t)section->count * section->entry_size;
	}
	return 1;
}

static int try_snapshot(const char *path)
{
	struct symbol_index_snapshot taken = { .size = sizeof(taken) };
	const struct symbol_index_format_header *header;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t page = sysconf(_SC_PAGESIZE), mapped;

	if (ioctl(fd, SYMBOL_INDEX_IOC_SNAPSHOT, &taken))
		return 1;
	mapped = (taken.snapshot_size + page - 1) / page * page;
	header = mmap(NULL, mapped, PROT_READ, MAP_SHARED, fd, 0);
	if (header == MAP_FAILED || memcmp(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, 8) ||
	    !header->section[SYMBOL_INDEX_FORMAT_SYMBOLS].count)
		return 1;
	if (header->section[SYMBOL_INDEX_FORMAT_VALUES].count)
		return 3;
	return gaps_are_zero((const void *)header, mapped) ? 0 : 2;
}

FIXTURE(isolation)
{
};

FIXTURE_SETUP(isolation)
{
	if (!access("/dev/netdev/control", F_OK) && !access("/dev/symbol_index", F_OK))
		return;
	ASSERT_EQ(0, system("modprobe netdev_naming && modprobe symbol_index"));
	ASSERT_EQ(0, system("udevadm settle"));
}

FIXTURE_TEARDOWN(isolation)
{
	remove_nic();
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

TEST_F(isolation, altnames_are_clean)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_altnames, "/dev/netdev/if1"));
}

TEST_F(isolation, handles_are_clean)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_open_by, "/dev/netdev/control"));
}

static void make_nic(char *node, size_t size)
{
	int ifindex;

	remove_nic();
	if (system("modprobe dummy numdummies=0 && ip netns add waymark-iso"))
		ifindex = -1;
	else
		ifindex = link_add("dummy", "iso0", 0);
	if (ifindex < 0 || link_add_altname(ifindex, "iso-other") || system("exec udevadm settle"))
		node[0] = '\0';
	else
		snprintf(node, size, "/dev/netdev/if%d", ifindex);
}

TEST_F(isolation, events_are_clean)
{
	char node[64];

	make_nic(node, sizeof(node));
	EXPECT_EQ(0, in_child(try_events, node));
	EXPECT_EQ(0, in_child(try_events, "/dev/netdev/control"));
}

TEST_F(isolation, nic_that_moved_away_is_hidden)
{
	char node[64];

	make_nic(node, sizeof(node));
	EXPECT_EQ(0, in_child(try_moved, node));
	EXPECT_EQ(0, as_nobody(INITIAL, try_foreign, "/dev/netdev/control"));
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

TEST_F(isolation, symbol_lookup_shows_no_address)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_lookup, "/dev/symbol_index"));
	EXPECT_EQ(0, as_nobody(OWN_NAMESPACES, try_lookup, "/dev/symbol_index"));
}

TEST_F(isolation, snapshot_shows_no_address_and_no_stray_byte)
{
	EXPECT_EQ(0, as_nobody(INITIAL, try_snapshot, "/dev/symbol_index"));
	EXPECT_EQ(0, as_nobody(OWN_NAMESPACES, try_snapshot, "/dev/symbol_index"));
}

TEST_HARNESS_MAIN
