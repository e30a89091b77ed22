// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract of Documentation/uapi.rst, for every ioctl of every device. An ioctl that
 * the table in ioctls.c lacks makes every_number_is_known fail, a field of which the table
 * is wrong one of the others.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include "../lib/harness.h"
#include "ioctls.h"

#define TAIL	64
#define GARBAGE	0xa5

FIXTURE(contract) {
	struct subjects *subjects;
	size_t page;
	unsigned char *arg;
};

FIXTURE_SETUP(contract)
{
	const char *wrong;

	self->page = sysconf(_SC_PAGESIZE);
	self->subjects = calloc(1, sizeof(*self->subjects));
	self->arg = calloc(1, 2 * self->page);
	ASSERT_NE(NULL, self->subjects);
	ASSERT_NE(NULL, self->arg);
	wrong = subjects_find(self->subjects);
	ASSERT_EQ(NULL, wrong) TH_LOG("%s", wrong);
}

FIXTURE_TEARDOWN(contract)
{
	subjects_release(self->subjects);
	free(self->subjects);
	free(self->arg);
}

#define for_each_request(request)	\
	for (request = requests; request < requests + request_count; request++)

static __u32 get(const unsigned char *arg, size_t offset)
{
	__u32 value;

	memcpy(&value, arg + offset, sizeof(value));
	return value;
}

static void set(unsigned char *arg, size_t offset, __u32 value)
{
	memcpy(arg + offset, &value, sizeof(value));
}

/* A request that succeeds, of @size bytes. */
static unsigned char *prepare(FIXTURE_DATA(contract) * self, const struct request *request,
			      size_t size)
{
	memset(self->arg, 0, 2 * self->page);
	if (request->fill)
		request->fill(self->subjects, self->arg);
	set(self->arg, 0, size);
	return self->arg;
}

/* 0 or an errno; a descriptor that it makes is closed again. */
static int run(FIXTURE_DATA(contract) * self, const struct request *request, void *arg)
{
	if (ioctl(self->subjects->fds[request->on], request->cmd, arg))
		return errno;
	return request->fd && close(get(arg, request->fd)) ? errno : 0;
}

static enum role role_of(const struct request *request, size_t at)
{
	const struct field *field;

	for (field = request->fields; field->role; field++)
		if (field->start <= at && at < field->end)
			return field->role;
	return 0;
}

/* The first byte that an ioctl must not have changed, or -1. */
static int changed(const struct request *request, const unsigned char *before,
		   const unsigned char *after)
{
	for (size_t at = sizeof(__u32); at < request->size; at++)
		if (role_of(request, at) != OUT && role_of(request, at) != IN_OUT &&
		    before[at] != after[at])
			return at;
	return -1;
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static int is_known(enum descriptor on, unsigned int cmd)
{
	const struct request *request;

	for_each_request(request)
		if (request->on == on && request->cmd == cmd)
			return 1;
	return 0;
}

TEST_F(contract, every_number_is_known)
{
	unsigned int on, nr, cmd;

	for (on = 0; on < DESCRIPTORS; on++) {
		for (nr = 0; nr < 256; nr++) {
			cmd = _IO(types[on], nr);
			memset(self->arg, 0, self->page);
			ASSERT_EQ(-1, ioctl(self->subjects->fds[on], cmd, self->arg));
			ASSERT_EQ(is_known(on, cmd) ? EINVAL : ENOTTY, errno)
				TH_LOG("descriptor %u, number %#x", on, nr);
		}
	}
}

TEST_F(contract, the_whole_number_counts)
{
	const struct request *request;

	for_each_request(request) {
		const unsigned int cmds[] = {
			_IOR(types[request->on], _IOC_NR(request->cmd), int),
			_IOW(types[request->on], _IOC_NR(request->cmd), int),
			_IO(types[request->on] ^ 1, _IOC_NR(request->cmd)),
			request->cmd | 4 << _IOC_SIZESHIFT,
		};

		for (unsigned int i = 0; i < ARRAY_SIZE(cmds); i++) {
			prepare(self, request, request->size);
			EXPECT_EQ(-1, ioctl(self->subjects->fds[request->on], cmds[i], self->arg));
			EXPECT_EQ(ENOTTY, errno) TH_LOG("%s as %#x", request->name, cmds[i]);
		}
	}
}

TEST_F(contract, size_below_the_first_published_einval)
{
	const struct request *request;

	for_each_request(request) {
		for (size_t size = 0; size < request->min_size; size++) {
			ASSERT_EQ(EINVAL, run(self, request, prepare(self, request, size)))
				TH_LOG("%s of %zu bytes", request->name, size);
		}
	}
}

/* The size comes back as it was, or as that of the kernel if that is smaller. */
TEST_F(contract, size_never_grows)
{
	const struct request *request;
	unsigned char *arg;
	size_t size;

	for_each_request(request) {
		for (size = request->min_size; size <= self->page; size += 8) {
			arg = prepare(self, request, size);
			memset(arg + size, GARBAGE, TAIL);
			ASSERT_EQ(0, run(self, request, arg))
				TH_LOG("%s of %zu bytes", request->name, size);
			ASSERT_EQ(size < request->size ? size : request->size, get(arg, 0))
				TH_LOG("%s of %zu bytes", request->name, size);
			for (size_t at = request->size; at < size; at++)
				ASSERT_EQ(0, arg[at]);
			ASSERT_EQ(GARBAGE, arg[size]);
		}
	}
}

TEST_F(contract, unknown_tail_e2big)
{
	const struct request *request;
	unsigned char *arg;

	for_each_request(request) {
		for (size_t at = 0; at < TAIL; at++) {
			arg = prepare(self, request, request->size + TAIL);
			arg[request->size + at] = 1;
			ASSERT_EQ(E2BIG, run(self, request, arg))
				TH_LOG("%s, byte %zu", request->name, request->size + at);
			EXPECT_EQ(request->size + TAIL, get(arg, 0));
		}
	}
}

TEST_F(contract, more_than_a_page_e2big)
{
	const __u32 sizes[] = { self->page + 1, 2 * self->page, 0x7fffffff, 0xffffffff };
	const struct request *request;

	for_each_request(request) {
		for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
			EXPECT_EQ(E2BIG, run(self, request, prepare(self, request, sizes[i])))
				TH_LOG("%s of %u bytes", request->name, sizes[i]);
		}
	}
}

TEST_F(contract, unknown_flag_eopnotsupp)
{
	const struct request *request;
	unsigned char *arg;

	for_each_request(request) {
		for (int bit = 0; bit < 32; bit++) {
			arg = prepare(self, request, request->size);
			set(arg, sizeof(__u32), 1U << bit);
			ASSERT_EQ(EOPNOTSUPP, run(self, request, arg))
				TH_LOG("%s, flag %d", request->name, bit);
		}
	}
}

TEST_F(contract, reserved_einval)
{
	const struct request *request;
	unsigned char *arg;

	for_each_request(request) {
		for (size_t at = 0; at < request->size; at++) {
			if (role_of(request, at) != RESERVED)
				continue;
			arg = prepare(self, request, request->size);
			arg[at] = 1;
			EXPECT_EQ(EINVAL, run(self, request, arg))
				TH_LOG("%s, byte %zu", request->name, at);
		}
	}
}

TEST_F(contract, out_is_not_read_and_in_is_not_written)
{
	const struct request *request;
	unsigned char before[4096], *arg;

	for_each_request(request) {
		arg = prepare(self, request, request->size);
		for (size_t at = 0; at < request->size; at++)
			if (role_of(request, at) == OUT)
				arg[at] = GARBAGE;
		memcpy(before, arg, request->size);
		EXPECT_EQ(0, run(self, request, arg)) TH_LOG("%s", request->name);
		EXPECT_EQ(-1, changed(request, before, arg)) TH_LOG("%s", request->name);
	}
}

TEST_F(contract, a_reply_is_a_request)
{
	const struct request *request;
	unsigned char *arg;

	for_each_request(request) {
		arg = prepare(self, request, request->size);
		for (int i = 0; i < 4; i++)
			EXPECT_EQ(0, run(self, request, arg)) TH_LOG("%s", request->name);
	}
}

TEST_F(contract, small_buffer_emsgsize)
{
	const struct request *request;
	unsigned char before[4096], *arg;
	__u32 needed;
	int seen = 0;

	for_each_request(request) {
		if (!request->capacity)
			continue;
		arg = prepare(self, request, request->size);
		set(arg, request->capacity, 0);
		memcpy(before, arg, request->size);
		ASSERT_EQ(EMSGSIZE, run(self, request, arg)) TH_LOG("%s", request->name);
		EXPECT_EQ(-1, changed(request, before, arg)) TH_LOG("%s", request->name);
		needed = get(arg, request->length);
		ASSERT_LT(0, needed) TH_LOG("%s", request->name);
		set(arg, request->capacity, needed - 1);
		EXPECT_EQ(EMSGSIZE, run(self, request, arg)) TH_LOG("%s", request->name);
		EXPECT_EQ(needed, get(arg, request->length));
		set(arg, request->capacity, needed);
		EXPECT_EQ(0, run(self, request, arg)) TH_LOG("%s", request->name);
		EXPECT_EQ(needed, get(arg, request->length));
		seen++;
	}
	EXPECT_EQ(3, seen);
}

TEST_F(contract, argument_out_of_reach_efault)
{
	const struct request *request;
	char *none;

	none = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	ASSERT_NE(MAP_FAILED, none);
	ASSERT_EQ(0, mprotect(none + self->page, self->page, PROT_NONE));
	for_each_request(request) {
		char *at = none + self->page - request->size + 1;

		EXPECT_EQ(EFAULT, run(self, request, NULL)) TH_LOG("%s", request->name);
		EXPECT_EQ(EFAULT, run(self, request, none + self->page));
		/* All but the last byte. */
		memcpy(at, prepare(self, request, request->size), request->size - 1);
		EXPECT_EQ(EFAULT, run(self, request, at)) TH_LOG("%s", request->name);
	}
	munmap(none, 2 * self->page);
}

/* A reply that cannot be stored leaves no descriptor behind. */
TEST_F(contract, reply_out_of_reach_efault)
{
	const struct request *request;
	int before = count_fds();
	unsigned char *page;

	page = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	for_each_request(request) {
		ASSERT_EQ(0, mprotect(page, self->page, PROT_READ | PROT_WRITE));
		memcpy(page, prepare(self, request, request->size), request->size);
		if (request->capacity)
			set(page, request->capacity, 0);
		ASSERT_EQ(0, mprotect(page, self->page, PROT_READ));
		EXPECT_EQ(EFAULT, run(self, request, page)) TH_LOG("%s", request->name);
	}
	munmap(page, self->page);
	EXPECT_EQ(before, count_fds());
}

/* The loops of the documentation, as they stand there. */

TEST_F(contract, documented_loop_over_arrays)
{
	struct flex_array_info records[2];
	struct flex_array_list list = {
		.size = sizeof(list),
		.records = (uintptr_t)records,
		.record_size = sizeof(records[0]),
		.capacity = 2,
	};
	int found = 0;

	do {
		ASSERT_EQ(0, ioctl(self->subjects->fds[ARRAYS], FLEX_ARRAY_IOC_LIST, &list));
		for (__u32 i = 0; i < list.count; i++)
			found += records[i].id == self->subjects->array;
	} while (list.count);
	EXPECT_EQ(1, found);
}

TEST_F(contract, documented_loop_over_symbols)
{
	char *buffer = (char *)self->subjects->buffer;
	struct symbol_index_list list = {
		.size = sizeof(list),
		.buffer = (uintptr_t)buffer,
		.buffer_size = 4096,
	};
	struct symbol_index_info info = { .size = sizeof(info) };
	char last[SYMBOL_INDEX_CURSOR_MAX] = "";
	struct symbol_index_record *record;
	unsigned int at, count = 0;

	do {
		ASSERT_EQ(0, ioctl(self->subjects->fds[SYMBOLS], SYMBOL_INDEX_IOC_LIST, &list));
		for (at = 0; at < list.length; at += record->record_size) {
			record = (void *)(buffer + at);
			ASSERT_GE(0, strcmp(last, (char *)record + record->name_offset));
			snprintf(last, sizeof(last), "%s", (char *)record + record->name_offset);
			list.after = (uintptr_t)last;
			count++;
		}
	} while (list.status & SYMBOL_INDEX_LIST_MORE);
	ASSERT_EQ(0, ioctl(self->subjects->fds[SYMBOLS], SYMBOL_INDEX_IOC_INFO, &info));
	EXPECT_EQ(info.kernel_symbols + info.module_symbols, count);
}

TEST_F(contract, documented_loop_over_nics)
{
	struct netdev_naming_entry entries[2];
	struct netdev_naming_enumerate list = {
		.size = sizeof(list),
		.entries = (uintptr_t)entries,
		.entry_size = sizeof(entries[0]),
		.capacity = 2,
	};
	int found = 0;

	do {
		ASSERT_EQ(0, ioctl(self->subjects->fds[CONTROL], NETDEV_NAMING_IOC_ENUMERATE,
				   &list));
		for (__u32 i = 0; i < list.count; i++)
			found += entries[i].id == self->subjects->nic;
	} while (list.cursor);
	EXPECT_EQ(1, found);
}

/* What a program of tomorrow passes: its record is longer, the rest of it is zero. */
TEST_F(contract, records_are_padded)
{
	struct {
		struct flex_array_info known;
		unsigned char beyond[104];
	} records[2];
	struct flex_array_list list = {
		.size = sizeof(list),
		.records = (uintptr_t)records,
		.record_size = sizeof(records[0]),
		.capacity = 1,
	};

	memset(records, GARBAGE, sizeof(records));
	ASSERT_EQ(0, ioctl(self->subjects->fds[ARRAYS], FLEX_ARRAY_IOC_LIST, &list));
	ASSERT_EQ(1, list.count);
	EXPECT_EQ(sizeof(records[0].known), records[0].known.size);
	for (size_t at = 0; at < sizeof(records[0].beyond); at++)
		ASSERT_EQ(0, records[0].beyond[at]);
	for (size_t at = 0; at < sizeof(records[1]); at++)
		ASSERT_EQ(GARBAGE, ((unsigned char *)&records[1])[at]);
}

TEST_HARNESS_MAIN
