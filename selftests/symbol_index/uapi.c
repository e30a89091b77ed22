// SPDX-License-Identifier: GPL-2.0-only
/* /dev/symbol_index: INFO, LOOKUP, poll; every errno; every length of every ioctl. */
#include <poll.h>
#include <sys/mman.h>
#include "symidx_test.h"
#include "../lib/harness.h"

/* A module with exports and without users that every distribution has. */
#define EXPORTER "lru_cache"
#define EXPORTED "lc_create"

FIXTURE(uapi)
{
	int fd;
	__u64 buffer[4096 / 8];
};

FIXTURE_SETUP(uapi)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
}

FIXTURE_TEARDOWN(uapi)
{
	close(self->fd);
}

TEST_F(uapi, info_counts)
{
	struct symbol_index_info info;
	unsigned int i, bits = 0;

	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_LE(1, info.generation);
	EXPECT_LT(1000, info.kernel_symbols);
	/* symbol_index exports its own interface. */
	EXPECT_LT(0, info.module_symbols);
	EXPECT_LT(0, info.owners);
	EXPECT_EQ(0, info.unindexed);
	EXPECT_LE(info.kernel_symbols * 16ULL, info.memory);
	EXPECT_LT(0, info.build_ns);
	for (i = 0; i < info.build_id_size; i++)
		bits |= info.build_id[i];
	EXPECT_EQ(20, info.build_id_size);
	EXPECT_NE(0, bits);
	EXPECT_EQ(info.origin, info.origin & 1);
}

TEST_F(uapi, info_build_id_is_the_kernels)
{
	struct symbol_index_info info;
	unsigned char notes[8192];
	ssize_t size;
	int fd;

	fd = open("/sys/kernel/notes", O_RDONLY);
	ASSERT_LE(0, fd);
	size = read(fd, notes, sizeof(notes));
	close(fd);
	ASSERT_EQ(0, device_info(self->fd, &info));
	ASSERT_LT(0, info.build_id_size);
	ASSERT_LT(0, size);
	EXPECT_NE(NULL, memmem(notes, size, info.build_id, info.build_id_size));
}

TEST_F(uapi, lookup_kernel_symbol)
{
	const struct symbol_index_record *record = (void *)self->buffer;
	struct symbol_index_info info;

	ASSERT_EQ(0, device_lookup(self->fd, "register_netdev", self->buffer,
				   sizeof(self->buffer)));
	EXPECT_STREQ("register_netdev", record_name(record));
	EXPECT_STREQ("vmlinux", record_owner(record));
	EXPECT_STREQ("", record_namespace(record));
	EXPECT_EQ(0, record->flags & SYMBOL_INDEX_RECORD_MODULE);
	EXPECT_EQ(0, record->flags & SYMBOL_INDEX_RECORD_GPL_ONLY);
	EXPECT_EQ(0, record->record_size % 8);
	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(!!(info.capabilities & SYMBOL_INDEX_CAP_CRC),
		  !!(record->flags & SYMBOL_INDEX_RECORD_CRC));
	EXPECT_EQ(!!(info.capabilities & SYMBOL_INDEX_CAP_ADDRESS),
		  !!(record->flags & SYMBOL_INDEX_RECORD_ADDRESS));
}

TEST_F(uapi, lookup_module_symbol)
{
	const struct symbol_index_record *record = (void *)self->buffer;

	ASSERT_EQ(0, device_lookup(self->fd, "symbol_index_lookup", self->buffer,
				   sizeof(self->buffer)));
	EXPECT_STREQ("symbol_index_lookup", record_name(record));
	EXPECT_STREQ("symbol_index", record_owner(record));
	EXPECT_NE(0, record->flags & SYMBOL_INDEX_RECORD_MODULE);
	EXPECT_NE(0, record->flags & SYMBOL_INDEX_RECORD_GPL_ONLY);
}

TEST_F(uapi, lookup_follows_load_and_unload)
{
	struct symbol_index_info before, loaded, after;

	rmmod(EXPORTER);
	ASSERT_EQ(-1, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
	ASSERT_EQ(0, device_info(self->fd, &before));
	ASSERT_EQ(0, modprobe(EXPORTER));
	EXPECT_EQ(0, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	ASSERT_EQ(0, device_info(self->fd, &loaded));
	EXPECT_EQ(before.generation + 1, loaded.generation);
	EXPECT_EQ(before.owners + 1, loaded.owners);
	EXPECT_LT(before.module_symbols, loaded.module_symbols);
	EXPECT_EQ(before.updates + 1, loaded.updates);
	ASSERT_EQ(0, rmmod(EXPORTER));
	EXPECT_EQ(-1, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
	ASSERT_EQ(0, device_info(self->fd, &after));
	EXPECT_EQ(before.generation + 2, after.generation);
	EXPECT_EQ(before.module_symbols, after.module_symbols);
	EXPECT_EQ(before.owners, after.owners);
}

/*
 * What a module leaves is used again, though not before its readers are gone: a load
 * that comes sooner takes new entries. So there is a little slack, and no growth.
 */
TEST_F(uapi, loads_and_unloads_leave_no_memory)
{
	unsigned int i, first = harness_slow() ? 4 : 10, rounds = harness_slow() ? 30 : 50;
	struct symbol_index_info before, after;

	rmmod(EXPORTER);
	for (i = 0; i < rounds; i++) {
		if (i == first)
			ASSERT_EQ(0, device_info(self->fd, &before));
		ASSERT_EQ(0, modprobe(EXPORTER));
		ASSERT_EQ(0, rmmod(EXPORTER));
	}
	ASSERT_EQ(0, device_info(self->fd, &after));
	EXPECT_EQ(before.module_symbols, after.module_symbols);
	/* 26 loads of what lru_cache exports are more than three pages of entries. */
	EXPECT_GE(before.memory + 2 * sysconf(_SC_PAGESIZE), after.memory);
}

TEST_F(uapi, poll_reports_a_change_until_info)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };
	struct symbol_index_info info;

	rmmod(EXPORTER);
	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, modprobe(EXPORTER));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN, pfd.revents);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, rmmod(EXPORTER));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
}

TEST_F(uapi, poll_wakes_a_sleeper)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };
	struct symbol_index_info info;
	int status;
	pid_t pid;

	rmmod(EXPORTER);
	ASSERT_EQ(0, device_info(self->fd, &info));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(poll(&pfd, 1, 60000) == 1 ? 0 : 1);
	ASSERT_EQ(0, modprobe(EXPORTER));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, rmmod(EXPORTER));
}

TEST_F(uapi, module_stays_while_it_is_open)
{
	EXPECT_NE(0, rmmod("symbol_index"));
	EXPECT_EQ(0, access(DEVICE, F_OK));
}

TEST_F(uapi, enotty)
{
	unsigned int nr;

	EXPECT_EQ(-1, ioctl(self->fd, _IO(0xBF, 0), self->buffer));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->fd, _IOR(SYMBOL_INDEX_IOC_TYPE, 0, int), self->buffer));
	EXPECT_EQ(ENOTTY, errno);
	for (nr = SYMBOL_INDEX_CMD_SNAPSHOT + 1; nr < 256; nr++) {
		EXPECT_EQ(-1, ioctl(self->fd, _IO(SYMBOL_INDEX_IOC_TYPE, nr), self->buffer));
		EXPECT_EQ(ENOTTY, errno);
	}
}

static const struct {
	const char *name;
	unsigned long cmd;
	unsigned int size;
} ioctls[] = {
	{ "INFO", SYMBOL_INDEX_IOC_INFO, sizeof(struct symbol_index_info) },
	{ "LOOKUP", SYMBOL_INDEX_IOC_LOOKUP, sizeof(struct symbol_index_lookup) },
	{ "LIST", SYMBOL_INDEX_IOC_LIST, sizeof(struct symbol_index_list) },
	{ "SNAPSHOT", SYMBOL_INDEX_IOC_SNAPSHOT, sizeof(struct symbol_index_snapshot) },
};

#define NR_IOCTLS (ARRAY_SIZE(ioctls))

/* An argument of @size bytes that ioctl @i takes; @records is for records. */
static void fill_arg(unsigned int i, void *arg, unsigned int size, void *records)
{
	memset(arg, 0, size > ioctls[i].size ? size : ioctls[i].size);
	if (ioctls[i].cmd == SYMBOL_INDEX_IOC_LOOKUP) {
		struct symbol_index_lookup *lookup = arg;

		lookup->name = (uintptr_t)"printk_timed_ratelimit";
		lookup->buffer = (uintptr_t)records;
		lookup->buffer_size = 1024;
	} else if (ioctls[i].cmd == SYMBOL_INDEX_IOC_LIST) {
		struct symbol_index_list *list = arg;

		list->buffer = (uintptr_t)records;
		list->buffer_size = 1024;
	}
	*(__u32 *)arg = size;
}

TEST_F(uapi, every_length_of_every_ioctl)
{
	unsigned int i, size, at;
	__u64 arg[512 / 8];
	char *bytes = (char *)arg;

	for (i = 0; i < NR_IOCTLS; i++) {
		for (size = 0; size < ioctls[i].size; size++) {
			fill_arg(i, arg, size, self->buffer);
			EXPECT_EQ(-1, ioctl(self->fd, ioctls[i].cmd, arg))
				TH_LOG("%s of %u bytes", ioctls[i].name, size);
			EXPECT_EQ(EINVAL, errno)
				TH_LOG("%s of %u bytes", ioctls[i].name, size);
		}
		for (; size <= sizeof(arg); size++) {
			fill_arg(i, arg, size, self->buffer);
			EXPECT_EQ(0, ioctl(self->fd, ioctls[i].cmd, arg))
				TH_LOG("%s of %u bytes", ioctls[i].name, size);
			EXPECT_EQ(ioctls[i].size, *(__u32 *)bytes);
			for (at = ioctls[i].size; at < size; at++)
				EXPECT_EQ(0, bytes[at]);
			if (size == ioctls[i].size)
				continue;
			fill_arg(i, arg, size, self->buffer);
			bytes[size - 1] = 1;
			EXPECT_EQ(-1, ioctl(self->fd, ioctls[i].cmd, arg));
			EXPECT_EQ(E2BIG, errno)
				TH_LOG("%s of %u bytes", ioctls[i].name, size);
		}
	}
}

/* Zeros or not: nobody knows that much. */
TEST_F(uapi, absurd_size_e2big)
{
	static const __u32 sizes[] = { 65537, 0x7fffffff, 0xffffffff };
	unsigned char *bytes = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int i, s;

	ASSERT_NE(MAP_FAILED, bytes);
	for (i = 0; i < NR_IOCTLS; i++) {
		for (s = 0; s < ARRAY_SIZE(sizes); s++) {
			memcpy(bytes, &sizes[s], sizeof(sizes[s]));
			EXPECT_EQ(-1, ioctl(self->fd, ioctls[i].cmd, bytes));
			EXPECT_EQ(E2BIG, errno)
				TH_LOG("%s of %u bytes", ioctls[i].name, sizes[s]);
		}
	}
	munmap(bytes, 1 << 20);
}

TEST_F(uapi, eopnotsupp)
{
	__u64 arg[512 / 8];
	unsigned int i, bit;

	for (i = 0; i < NR_IOCTLS; i++) {
		for (bit = 0; bit < 32; bit++) {
			fill_arg(i, arg, ioctls[i].size, self->buffer);
			((__u32 *)(void *)arg)[1] = 1U << bit;
			EXPECT_EQ(-1, ioctl(self->fd, ioctls[i].cmd, arg));
			EXPECT_EQ(EOPNOTSUPP, errno)
				TH_LOG("%s, flag %u", ioctls[i].name, bit);
		}
	}
}

TEST_F(uapi, efault)
{
	struct symbol_index_lookup lookup = { .size = sizeof(lookup), .name = 8 };
	struct symbol_index_list list = { .size = sizeof(list) };
	unsigned int i;
	void *readonly;

	for (i = 0; i < NR_IOCTLS; i++) {
		EXPECT_EQ(-1, ioctl(self->fd, ioctls[i].cmd, NULL));
		EXPECT_EQ(EFAULT, errno);
	}
	readonly = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, readonly);
	fill_arg(0, readonly, ioctls[0].size, NULL);
	ASSERT_EQ(0, mprotect(readonly, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_INFO, readonly));
	EXPECT_EQ(EFAULT, errno);
	munmap(readonly, 4096);

	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, device_lookup(self->fd, "register_netdev", (void *)8, 1024));
	EXPECT_EQ(EFAULT, errno);
	list.buffer = 8;
	list.buffer_size = 1024;
	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
	EXPECT_EQ(EFAULT, errno);
	list.buffer = (uintptr_t)self->buffer;
	list.prefix = 8;
	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(uapi, einval_fields)
{
	struct symbol_index_lookup lookup = {
		.size = sizeof(lookup),
		.name = (uintptr_t)"register_netdev",
		.buffer = (uintptr_t)self->buffer,
		.buffer_size = sizeof(self->buffer),
	};

	EXPECT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	lookup.name = 0;
	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, device_lookup(self->fd, "", self->buffer, sizeof(self->buffer)));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(uapi, enoent)
{
	EXPECT_EQ(-1, device_lookup(self->fd, "no_such_symbol", self->buffer,
				    sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
	/* There is such a function, but it is not exported. */
	EXPECT_EQ(-1, device_lookup(self->fd, "kallsyms_lookup_name", self->buffer,
				    sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
}

TEST_F(uapi, emsgsize_says_what_is_needed)
{
	struct symbol_index_lookup lookup = {
		.size = sizeof(lookup),
		.name = (uintptr_t)"register_netdev",
		.buffer = (uintptr_t)self->buffer,
	};
	struct symbol_index_list list = { .size = sizeof(list) };
	__u32 needed;

	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	EXPECT_EQ(EMSGSIZE, errno);
	needed = lookup.length;
	EXPECT_LT(sizeof(struct symbol_index_record), needed);
	lookup.buffer_size = needed - 1;
	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(needed, lookup.length);
	EXPECT_EQ(needed - 1, lookup.buffer_size);
	lookup.buffer_size = needed;
	EXPECT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup));
	EXPECT_EQ(needed, lookup.length);

	EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(SYMBOL_INDEX_LIST_MORE, list.status);
	EXPECT_EQ(0, list.count);
	EXPECT_LT(sizeof(struct symbol_index_record), list.length);
	list.buffer = (uintptr_t)self->buffer;
	list.buffer_size = list.length;
	EXPECT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
	EXPECT_EQ(1, list.count);
}

TEST_F(uapi, enametoolong)
{
	char name[SYMBOL_INDEX_CURSOR_MAX + 1], *const end = name + SYMBOL_INDEX_CURSOR_MAX;
	struct symbol_index_list list = {
		.size = sizeof(list),
		.buffer = (uintptr_t)self->buffer,
		.buffer_size = sizeof(self->buffer),
	};
	__u64 *const strings[] = { &list.prefix, &list.after, &list.owner };
	const unsigned int max[] = {
		SYMBOL_INDEX_NAME_MAX, SYMBOL_INDEX_CURSOR_MAX, SYMBOL_INDEX_OWNER_MAX
	};
	unsigned int i;

	memset(name, 'x', sizeof(name));
	*end = 0;
	EXPECT_EQ(-1, device_lookup(self->fd, end - SYMBOL_INDEX_NAME_MAX, self->buffer,
				    sizeof(self->buffer)));
	EXPECT_EQ(ENAMETOOLONG, errno);
	/* One byte less is just a name that nobody exports. */
	EXPECT_EQ(-1, device_lookup(self->fd, end - SYMBOL_INDEX_NAME_MAX + 1, self->buffer,
				    sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
	for (i = 0; i < 3; i++) {
		*strings[i] = (uintptr_t)(end - max[i]);
		EXPECT_EQ(-1, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
		EXPECT_EQ(ENAMETOOLONG, errno);
		*strings[i] += 1;
		EXPECT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
		/* Nothing begins with that name or belongs to it; some may follow it. */
		if (strings[i] != &list.after)
			EXPECT_EQ(0, list.count);
		*strings[i] = 0;
	}
}

TEST_HARNESS_MAIN
