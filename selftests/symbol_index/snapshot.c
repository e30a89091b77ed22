// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot that mmap() gives: in the format, equal to the index, and unchanging. */
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/utsname.h>
#include <linux/symbol_index_format.h>
#include "symidx_test.h"
#include "kselftest_harness.h"

#define MODULE "lru_cache"
#define SYMBOL "lc_create"

FIXTURE(snapshot)
{
	int fd;
	struct symbol_index_snapshot taken;
	const struct symbol_index_format_header *header;
};

static const void *section(const struct symbol_index_format_header *header, unsigned int id)
{
	return (const char *)header + header->section[id].offset;
}

static const char *string(const struct symbol_index_format_header *header, __u32 at)
{
	return (const char *)section(header, SYMBOL_INDEX_FORMAT_STRINGS) + at;
}

static int take(int fd, struct symbol_index_snapshot *snapshot)
{
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->size = sizeof(*snapshot);
	return ioctl(fd, SYMBOL_INDEX_IOC_SNAPSHOT, snapshot);
}

FIXTURE_SETUP(snapshot)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	rmmod(MODULE);
	ASSERT_EQ(0, take(self->fd, &self->taken));
	self->header = mmap(NULL, self->taken.snapshot_size, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, self->header);
}

FIXTURE_TEARDOWN(snapshot)
{
	munmap((void *)self->header, self->taken.snapshot_size);
	close(self->fd);
}

static __u32 crc32(const unsigned char *data, size_t size)
{
	__u32 crc = ~0U;
	int bit;

	while (size--) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static __u32 hash(const char *name)
{
	size_t size = (strlen(name) + 1 + 7) / 8 * 8, i;
	char padded[1024] = "";
	__u64 h = 0, word;

	memcpy(padded, name, strlen(name));
	for (i = 0; i < size; i += 8) {
		memcpy(&word, padded + i, 8);
		h = (h ^ word) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
		h ^= h >> 32;
	}
	return (h * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER) >> 32;
}

/* Position of the first symbol of that name, -1 for none. */
static long find(const struct symbol_index_format_header *header, const char *name)
{
	const struct symbol_index_format_symbol *symbols =
		section(header, SYMBOL_INDEX_FORMAT_SYMBOLS);
	const __le32 *slots = section(header, SYMBOL_INDEX_FORMAT_SLOTS);
	__u32 mask = header->section[SYMBOL_INDEX_FORMAT_SLOTS].count - 1;
	__u32 h = hash(name), at, position;

	for (at = h & mask; slots[at]; at = (at + 1) & mask) {
		position = (slots[at] & mask) - 1;
		if ((slots[at] & ~mask) == (h & ~mask) &&
		    !strcmp(string(header, symbols[position].name), name))
			return position;
	}
	return -1;
}

TEST_F(snapshot, header)
{
	const struct symbol_index_format_header *header = self->header;
	const size_t from = offsetof(struct symbol_index_format_header, version);
	struct symbol_index_info info;
	struct utsname uts;

	uname(&uts);
	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(0, memcmp(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, 8));
	EXPECT_EQ(SYMBOL_INDEX_FORMAT_VERSION, header->version);
	EXPECT_EQ(self->taken.snapshot_size, header->size);
	EXPECT_EQ(self->taken.generation, header->generation);
	EXPECT_EQ(info.generation, header->generation);
	EXPECT_EQ(crc32((const unsigned char *)header + from, header->size - from),
		  header->checksum);
	EXPECT_NE(0, header->flags & SYMBOL_INDEX_FORMAT_SNAPSHOT);
	EXPECT_EQ(!!(info.capabilities & SYMBOL_INDEX_CAP_CRC),
		  !!(header->flags & SYMBOL_INDEX_FORMAT_MODVERSIONS));
	EXPECT_EQ(info.build_id_size, header->build_id_size);
	EXPECT_EQ(0, memcmp(info.build_id, header->build_id, info.build_id_size));
	EXPECT_STREQ(uts.release, string(header, header->release));
	EXPECT_EQ(info.kernel_symbols + info.module_symbols,
		  header->section[SYMBOL_INDEX_FORMAT_SYMBOLS].count);
	EXPECT_EQ(info.owners + 1, header->section[SYMBOL_INDEX_FORMAT_MODULES].count);
	EXPECT_EQ(0, header->section[SYMBOL_INDEX_FORMAT_IMPORTS].count);
}

TEST_F(snapshot, equals_the_index)
{
	const struct symbol_index_format_header *header = self->header;
	const struct symbol_index_format_symbol *symbols =
		section(header, SYMBOL_INDEX_FORMAT_SYMBOLS);
	const struct symbol_index_format_module *modules =
		section(header, SYMBOL_INDEX_FORMAT_MODULES);
	const __le64 *values = section(header, SYMBOL_INDEX_FORMAT_VALUES);
	struct symbols all = {};
	const struct symbol *symbol;
	size_t i;

	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, 65536, &all));
	ASSERT_EQ(all.count, header->section[SYMBOL_INDEX_FORMAT_SYMBOLS].count);
	for (i = 0; i < all.count; i++) {
		symbol = &all.list[i];
		ASSERT_STREQ(symbol->name, string(header, symbols[i].name));
		ASSERT_STREQ(symbol->owner, string(header, modules[symbols[i].owner].name));
		ASSERT_EQ(strlen(symbol->name), symbols[i].name_length);
		ASSERT_EQ(symbol->crc, symbols[i].crc);
		ASSERT_EQ(!!(symbol->flags & SYMBOL_INDEX_RECORD_GPL_ONLY),
			  !!(symbols[i].flags & SYMBOL_INDEX_FORMAT_SYMBOL_GPL));
		if (header->section[SYMBOL_INDEX_FORMAT_VALUES].count)
			ASSERT_EQ(symbol->address, values[i]);
		ASSERT_LE(0, find(header, symbol->name));
		ASSERT_GE(i, find(header, symbol->name));
	}
	EXPECT_EQ(-1, find(header, "no_such_symbol"));
	symbols_free(&all);
}

TEST_F(snapshot, mapping_never_changes)
{
	const struct symbol_index_format_header *newer;
	struct symbol_index_snapshot again;
	void *copy = malloc(self->taken.snapshot_size);

	memcpy(copy, self->header, self->taken.snapshot_size);
	ASSERT_EQ(0, modprobe(MODULE));
	EXPECT_EQ(-1, find(self->header, SYMBOL));
	ASSERT_EQ(0, take(self->fd, &again));
	EXPECT_LT(self->taken.generation, again.generation);
	newer = mmap(NULL, again.snapshot_size, PROT_READ, MAP_PRIVATE, self->fd, 0);
	ASSERT_NE(MAP_FAILED, newer);
	EXPECT_LE(0, find(newer, SYMBOL));
	ASSERT_EQ(0, rmmod(MODULE));
	EXPECT_EQ(0, memcmp(copy, self->header, self->taken.snapshot_size));
	EXPECT_LE(0, find(newer, SYMBOL));
	munmap((void *)newer, again.snapshot_size);
	free(copy);
}

/* A mapping outlives its descriptor. */
TEST_F(snapshot, mapping_outlives_the_descriptor)
{
	close(self->fd);
	EXPECT_LE(0, find(self->header, "register_netdev"));
	self->fd = device_open();
}

TEST_F(snapshot, no_ioctl_needed)
{
	int fd = device_open();
	const struct symbol_index_format_header *header;

	header = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, header);
	EXPECT_EQ(0, memcmp(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, 8));
	munmap((void *)header, 4096);
	close(fd);
}

TEST_F(snapshot, eacces_writable)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect((void *)self->header, 4096, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, open(DEVICE, O_RDWR | O_CLOEXEC));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(snapshot, einval_offset_and_size)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 4096));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->taken.snapshot_size + 8192, PROT_READ, MAP_SHARED,
				   self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

/* Without the right to see addresses there are none in it. */
TEST_F(snapshot, hides_addresses)
{
	const struct symbol_index_format_header *header;
	char restricted[16];
	int fd;

	ASSERT_EQ(0, read_file("/proc/sys/kernel/kptr_restrict", restricted, sizeof(restricted)));
	ASSERT_EQ(0, write_file("/proc/sys/kernel/kptr_restrict", "2"));
	fd = device_open();
	header = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	write_file("/proc/sys/kernel/kptr_restrict", restricted);
	ASSERT_NE(MAP_FAILED, header);
	EXPECT_EQ(0, header->section[SYMBOL_INDEX_FORMAT_VALUES].count);
	munmap((void *)header, 4096);
	close(fd);
}

/*
 * Every module that comes or goes makes another snapshot. A user can hold so many, by a
 * descriptor or by a mapping; other users have limits of their own.
 */
TEST_F(snapshot, edquot_too_many_generations)
{
	struct symbol_index_snapshot taken;
	int fds[SYMBOL_INDEX_SNAPSHOTS_MAX], status;
	pid_t child;
	void *map;
	int i;

	/* The fixture holds the first one. */
	for (i = 1; i < SYMBOL_INDEX_SNAPSHOTS_MAX; i++) {
		ASSERT_EQ(0, i % 2 ? modprobe(MODULE) : rmmod(MODULE));
		fds[i] = device_open();
		ASSERT_EQ(0, take(fds[i], &taken)) TH_LOG("descriptor %d", i);
	}
	ASSERT_EQ(0, rmmod(MODULE));
	EXPECT_EQ(-1, take(self->fd, &taken));
	EXPECT_EQ(EDQUOT, errno);
	/* The one that the descriptor has stays. */
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, self->fd, 0);
	EXPECT_NE(MAP_FAILED, map);
	munmap(map, 4096);

	child = fork();
	if (!child) {
		if (setresuid(65534, 65534, 65534))
			_exit(2);
		_exit(take(device_open(), &taken) ? 1 : 0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));

	/* A mapping counts as well as a descriptor. */
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fds[1], 0);
	ASSERT_NE(MAP_FAILED, map);
	close(fds[1]);
	EXPECT_EQ(-1, take(self->fd, &taken));
	munmap(map, 4096);
	EXPECT_EQ(0, take(self->fd, &taken));
	for (i = 2; i < SYMBOL_INDEX_SNAPSHOTS_MAX; i++)
		close(fds[i]);
}

TEST_HARNESS_MAIN
