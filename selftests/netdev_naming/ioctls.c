// SPDX-License-Identifier: GPL-2.0-only
/* Conventions that every ioctl keeps: sizes, flags, padding, unknown numbers. */
#define _GNU_SOURCE
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

#define BUF_SIZE	8192
#define TAIL		64
#define END_OF(type, member)	(offsetof(type, member) + sizeof(((type *)0)->member))

enum { HANDLE, CONTROL_DEVICE, KINDS };

struct call {
	const char *name;
	int kind;
	unsigned int cmd;
	size_t min_size;
	size_t size;
	ptrdiff_t reserved;	/* offset of padding, -1 without */
	ptrdiff_t fd;		/* offset of a new descriptor, -1 without */
};

/* Layout is the interface: the same for 32-bit and 64-bit callers. */
static_assert(sizeof(struct netdev_naming_info) == 664, "info");
static_assert(offsetof(struct netdev_naming_info, netns_ino) == 40, "info");
static_assert(offsetof(struct netdev_naming_info, name) == 72, "info");
static_assert(sizeof(struct netdev_naming_altnames) == 32, "altnames");
static_assert(sizeof(struct netdev_naming_entry) == 40, "entry");
static_assert(sizeof(struct netdev_naming_enumerate) == 48, "enumerate");
static_assert(sizeof(struct netdev_naming_open_by_ifindex) == 16, "open_by_ifindex");
static_assert(sizeof(struct netdev_naming_open_by_name) == 144, "open_by_name");
static_assert(sizeof(struct netdev_naming_open_by_id) == 24, "open_by_id");
static_assert(offsetof(struct netdev_naming_open_by_id, id) == 8, "open_by_id");
static_assert(sizeof(struct netdev_naming_event) == 200, "event");
static_assert(offsetof(struct netdev_naming_event, name) == 48, "event");
static_assert(offsetof(struct netdev_naming_event, detail) == 72, "event");
static_assert(sizeof(struct netdev_naming_event_size) == 16, "event_size");

#define CALL(_kind, _cmd, _type, _last, _reserved, _fd)				\
	{ #_cmd, _kind, NETDEV_NAMING_IOC_##_cmd, END_OF(struct _type, _last),	\
	  sizeof(struct _type), _reserved, _fd }

static const struct call calls[] = {
	CALL(HANDLE, GET_INFO, netdev_naming_info, parent_name,
	     offsetof(struct netdev_naming_info, __reserved), -1),
	CALL(HANDLE, GET_ALTNAMES, netdev_naming_altnames, __reserved,
	     offsetof(struct netdev_naming_altnames, __reserved), -1),
	CALL(HANDLE, SET_EVENT_SIZE, netdev_naming_event_size, __reserved,
	     offsetof(struct netdev_naming_event_size, __reserved), -1),
	CALL(CONTROL_DEVICE, SET_EVENT_SIZE, netdev_naming_event_size, __reserved,
	     offsetof(struct netdev_naming_event_size, __reserved), -1),
	CALL(CONTROL_DEVICE, ENUMERATE, netdev_naming_enumerate, total, -1, -1),
	CALL(CONTROL_DEVICE, OPEN_BY_IFINDEX, netdev_naming_open_by_ifindex, fd, -1,
	     offsetof(struct netdev_naming_open_by_ifindex, fd)),
	CALL(CONTROL_DEVICE, OPEN_BY_NAME, netdev_naming_open_by_name, __reserved,
	     offsetof(struct netdev_naming_open_by_name, __reserved),
	     offsetof(struct netdev_naming_open_by_name, fd)),
	CALL(CONTROL_DEVICE, OPEN_BY_ID, netdev_naming_open_by_id, __reserved,
	     offsetof(struct netdev_naming_open_by_id, __reserved),
	     offsetof(struct netdev_naming_open_by_id, fd)),
};

#define NR_CALLS	ARRAY_SIZE(calls)

FIXTURE(ioctls) {
	int fds[KINDS];
	int ifindex;
	__u64 id;
	struct netdev_naming_entry entry;
	unsigned char *buf;
};

FIXTURE_SETUP(ioctls)
{
	struct netdev_naming_info info;

	self->fds[CONTROL_DEVICE] = control_open();
	ASSERT_LE(0, self->fds[CONTROL_DEVICE]);
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	self->fds[HANDLE] = handle_open(self->ifindex);
	ASSERT_LE(0, self->fds[HANDLE]);
	ASSERT_EQ(0, handle_info(self->fds[HANDLE], NETDEV_NAMING_INFO_NAME, &info));
	self->id = info.id;
	self->buf = calloc(1, BUF_SIZE);
	ASSERT_NE(NULL, self->buf);
}

FIXTURE_TEARDOWN(ioctls)
{
	link_del(self->ifindex);
	close(self->fds[HANDLE]);
	close(self->fds[CONTROL_DEVICE]);
	free(self->buf);
}

/* A request that succeeds. */
static void *prepare(FIXTURE_DATA(ioctls) * self, const struct call *call, size_t size)
{
	struct netdev_naming_enumerate *enumerate = (void *)self->buf;
	struct netdev_naming_event_size *event_size = (void *)self->buf;
	struct netdev_naming_open_by_ifindex *by_ifindex = (void *)self->buf;
	struct netdev_naming_open_by_name *by_name = (void *)self->buf;
	struct netdev_naming_open_by_id *by_id = (void *)self->buf;
	__u32 size32 = size;

	memset(self->buf, 0, BUF_SIZE);
	memcpy(self->buf, &size32, sizeof(size32));
	switch (call->cmd) {
	case NETDEV_NAMING_IOC_ENUMERATE:
		enumerate->entries = (uintptr_t)&self->entry;
		enumerate->capacity = 1;
		enumerate->entry_size = sizeof(self->entry);
		break;
	case NETDEV_NAMING_IOC_SET_EVENT_SIZE:
		event_size->event_size = sizeof(struct netdev_naming_event);
		break;
	case NETDEV_NAMING_IOC_OPEN_BY_IFINDEX:
		by_ifindex->ifindex = self->ifindex;
		break;
	case NETDEV_NAMING_IOC_OPEN_BY_NAME:
		snprintf(by_name->name, sizeof(by_name->name), "nnt0");
		break;
	case NETDEV_NAMING_IOC_OPEN_BY_ID:
		by_id->id = self->id;
		break;
	}
	return self->buf;
}

static int run(FIXTURE_DATA(ioctls) * self, const struct call *call, void *arg)
{
	__s32 fd;

	if (ioctl(self->fds[call->kind], call->cmd, arg))
		return errno;
	if (call->fd >= 0) {
		memcpy(&fd, (char *)arg + call->fd, sizeof(fd));
		close(fd);
	}
	return 0;
}

static const struct call *find_call(int kind, unsigned int cmd)
{
	size_t i;

	for (i = 0; i < NR_CALLS; i++)
		if (calls[i].kind == kind && calls[i].cmd == cmd)
			return &calls[i];
	return NULL;
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

/* The table above is complete: no other number is an ioctl. */
TEST_F(ioctls, every_number)
{
	unsigned int kind, nr, cmd;
	int expected;

	for (kind = 0; kind < KINDS; kind++) {
		for (nr = 0; nr < 256; nr++) {
			cmd = _IO(NETDEV_NAMING_IOC_MAGIC, nr);
			memset(self->buf, 0, BUF_SIZE);
			expected = find_call(kind, cmd) ? EINVAL : ENOTTY;
			ASSERT_EQ(-1, ioctl(self->fds[kind], cmd, self->buf));
			ASSERT_EQ(expected, errno) TH_LOG("kind %u nr 0x%x", kind, nr);
		}
	}
	/* The number alone does not make it: neither direction nor size may differ. */
	EXPECT_EQ(-1, ioctl(self->fds[HANDLE], _IOR(NETDEV_NAMING_IOC_MAGIC, 0, int), self->buf));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(ioctls, short_size_einval)
{
	size_t i, size;

	for (i = 0; i < NR_CALLS; i++) {
		for (size = 0; size < calls[i].min_size; size++) {
			ASSERT_EQ(EINVAL, run(self, &calls[i], prepare(self, &calls[i], size)))
				TH_LOG("%s size %zu", calls[i].name, size);
		}
	}
}

TEST_F(ioctls, exact_size)
{
	size_t i;

	for (i = 0; i < NR_CALLS; i++) {
		EXPECT_EQ(0, run(self, &calls[i], prepare(self, &calls[i], calls[i].size)))
			TH_LOG("%s", calls[i].name);
	}
}

/* From a later header. What comes back is never longer than what the kernel knows. */
TEST_F(ioctls, longer_with_zero_tail)
{
	unsigned char *arg;
	__u32 size;
	size_t i;

	for (i = 0; i < NR_CALLS; i++) {
		arg = prepare(self, &calls[i], calls[i].size + TAIL);
		/* Beyond what the size covers nothing counts, nor is it written. */
		memset(arg + calls[i].size + TAIL, 0xff, TAIL);
		EXPECT_EQ(0, run(self, &calls[i], arg)) TH_LOG("%s", calls[i].name);
		memcpy(&size, arg, sizeof(size));
		EXPECT_EQ(calls[i].size, size) TH_LOG("%s", calls[i].name);
		EXPECT_EQ(0, arg[calls[i].size]);
		EXPECT_EQ(0xff, arg[calls[i].size + TAIL]);
	}
}

TEST_F(ioctls, longer_with_other_tail_e2big)
{
	unsigned char *arg;
	size_t i, at;

	for (i = 0; i < NR_CALLS; i++) {
		for (at = 0; at < TAIL; at++) {
			arg = prepare(self, &calls[i], calls[i].size + TAIL);
			arg[calls[i].size + at] = 1;
			ASSERT_EQ(E2BIG, run(self, &calls[i], arg))
				TH_LOG("%s byte %zu", calls[i].name, at);
		}
	}
}

TEST_F(ioctls, absurd_size_e2big)
{
	__u32 sizes[] = { BUF_SIZE, 0x7fffffff, 0x80000000, 0xffffffff };
	size_t i, j;

	for (i = 0; i < NR_CALLS; i++) {
		for (j = 0; j < ARRAY_SIZE(sizes); j++) {
			EXPECT_EQ(E2BIG, run(self, &calls[i], prepare(self, &calls[i], sizes[j])))
				TH_LOG("%s size %u", calls[i].name, sizes[j]);
		}
	}
}

TEST_F(ioctls, unknown_flag_eopnotsupp)
{
	struct netdev_naming_info *info;
	__u32 flags;
	size_t i;
	int bit;

	for (i = 0; i < NR_CALLS; i++) {
		for (bit = 0; bit < 32; bit++) {
			flags = 1U << bit;
			prepare(self, &calls[i], calls[i].size);
			memcpy(self->buf + 4, &flags, sizeof(flags));
			ASSERT_EQ(EOPNOTSUPP, run(self, &calls[i], self->buf))
				TH_LOG("%s bit %d", calls[i].name, bit);
		}
	}
	for (bit = 14; bit < 64; bit++) {
		info = prepare(self, &calls[0], calls[0].size);
		info->fields = NETDEV_NAMING_INFO_NAME | 1ULL << bit;
		ASSERT_EQ(EOPNOTSUPP, run(self, &calls[0], info)) TH_LOG("field %d", bit);
	}
}

TEST_F(ioctls, padding_einval)
{
	unsigned char *arg;
	size_t i;

	for (i = 0; i < NR_CALLS; i++) {
		if (calls[i].reserved < 0)
			continue;
		arg = prepare(self, &calls[i], calls[i].size);
		arg[calls[i].reserved] = 1;
		EXPECT_EQ(EINVAL, run(self, &calls[i], arg)) TH_LOG("%s", calls[i].name);
	}
}

TEST_F(ioctls, efault)
{
	char *none;
	size_t i;

	none = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, none);
	ASSERT_EQ(0, mprotect(none + 4096, 4096, PROT_NONE));
	for (i = 0; i < NR_CALLS; i++) {
		EXPECT_EQ(EFAULT, run(self, &calls[i], NULL)) TH_LOG("%s", calls[i].name);
		EXPECT_EQ(EFAULT, run(self, &calls[i], none + 4096));
		/* The last byte is out of reach. */
		prepare(self, &calls[i], calls[i].size);
		memcpy(none + 4096 - calls[i].size + 1, self->buf, calls[i].size - 1);
		EXPECT_EQ(EFAULT, run(self, &calls[i], none + 4096 - calls[i].size + 1));
	}
	munmap(none, 8192);
}

/* A reply that cannot be stored: no descriptor stays behind. */
TEST_F(ioctls, efault_on_the_reply)
{
	int before = count_fds();
	void *page;
	size_t i;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	for (i = 0; i < NR_CALLS; i++) {
		ASSERT_EQ(0, mprotect(page, 4096, PROT_READ | PROT_WRITE));
		memcpy(page, prepare(self, &calls[i], calls[i].size), calls[i].size);
		ASSERT_EQ(0, mprotect(page, 4096, PROT_READ));
		EXPECT_EQ(EFAULT, run(self, &calls[i], page)) TH_LOG("%s", calls[i].name);
	}
	munmap(page, 4096);
	EXPECT_EQ(before, count_fds());
}

/* On a handle of a removed NIC all fail alike. */
TEST_F(ioctls, enodev)
{
	size_t i;

	ASSERT_EQ(0, link_del(self->ifindex));
	for (i = 0; i < NR_CALLS; i++) {
		if (calls[i].kind != HANDLE)
			continue;
		EXPECT_EQ(ENODEV, run(self, &calls[i], prepare(self, &calls[i], calls[i].size)))
			TH_LOG("%s", calls[i].name);
	}
}

TEST_HARNESS_MAIN
