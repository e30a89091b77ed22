// SPDX-License-Identifier: GPL-2.0-only
/* /dev/flex_array: one test for every errno, and the promises of the cursor. */
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

#define ARRAYS 100

FIXTURE(device)
{
	int dev;
	int fd;
	struct flex_array_info info;
	struct flex_array_list list;
	struct flex_array_info records[16];
};

FIXTURE_SETUP(device)
{
	__u64 in = 1;

	self->dev = device_open();
	ASSERT_LE(0, self->dev);
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, CREATE(self->fd, 8, 100000));
	ASSERT_EQ(0, PUT(self->fd, 77777, &in));
	memset(&self->info, 0, sizeof(self->info));
	self->info.size = sizeof(self->info);
	self->info.id = VALUE(self->fd, INFO);
	memset(&self->list, 0, sizeof(self->list));
	self->list.size = sizeof(self->list);
	self->list.records = (__u64)(unsigned long)self->records;
	self->list.record_size = sizeof(self->records[0]);
	self->list.capacity = 16;
}

FIXTURE_TEARDOWN(device)
{
	close(self->fd);
	close(self->dev);
}

/* errno of an ioctl, 0 if it succeeds */
static int try(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? errno : 0;
}

TEST_F(device, info)
{
	ASSERT_EQ(0, try(self->dev, FLEX_ARRAY_IOC_INFO, &self->info));
	EXPECT_EQ(1, self->info.parts);
	EXPECT_EQ(100000, self->info.total);
	EXPECT_EQ(8, self->info.element_size);
	EXPECT_EQ(sysconf(_SC_PAGESIZE) / 8, self->info.elements_per_part);
	EXPECT_EQ(2, self->info.depth);
	EXPECT_EQ(1, self->info.nodes);
	EXPECT_LE(2 * sysconf(_SC_PAGESIZE), self->info.bytes);
	EXPECT_EQ(FLEX_ARRAY_ATTR_ALLOCATED, self->info.attributes);
	EXPECT_STREQ("flex_array_test", (char *)self->info.owner);
	EXPECT_STREQ("flex_array_test_create", (char *)self->info.creator);
}

TEST_F(device, unknown_ioctl_enotty)
{
	EXPECT_EQ(ENOTTY, try(self->dev, _IO(FLEX_ARRAY_IOC_TYPE, 0x02), &self->info));
	EXPECT_EQ(ENOTTY, try(self->dev, _IO(FLEX_ARRAY_IOC_TYPE, 0xff), &self->info));
	EXPECT_EQ(ENOTTY, try(self->dev, _IO('x', 0), &self->info));
	EXPECT_EQ(ENOTTY, try(self->dev, _IOR(FLEX_ARRAY_IOC_TYPE, 0, int), &self->info));
}

TEST_F(device, info_unknown_id_enoent)
{
	self->info.id = 0;
	EXPECT_EQ(ENOENT, try(self->dev, FLEX_ARRAY_IOC_INFO, &self->info));
	self->info.id = ~0ULL;
	EXPECT_EQ(ENOENT, try(self->dev, FLEX_ARRAY_IOC_INFO, &self->info));
}

TEST_F(device, info_of_freed_array_enoent)
{
	ASSERT_EQ(0, CALL(self->fd, FREE));
	EXPECT_EQ(ENOENT, try(self->dev, FLEX_ARRAY_IOC_INFO, &self->info));
}

TEST_F(device, unknown_flag_eopnotsupp)
{
	self->info.flags = 1;
	EXPECT_EQ(EOPNOTSUPP, try(self->dev, FLEX_ARRAY_IOC_INFO, &self->info));
	self->list.flags = 0x80000000;
	EXPECT_EQ(EOPNOTSUPP, try(self->dev, FLEX_ARRAY_IOC_LIST, &self->list));
}

TEST_F(device, bad_pointer_efault)
{
	EXPECT_EQ(EFAULT, try(self->dev, FLEX_ARRAY_IOC_INFO, NULL));
	EXPECT_EQ(EFAULT, try(self->dev, FLEX_ARRAY_IOC_LIST, NULL));
	self->list.records = 8;
	EXPECT_EQ(EFAULT, try(self->dev, FLEX_ARRAY_IOC_LIST, &self->list));
}

TEST_F(device, list_bad_field_einval)
{
	struct flex_array_list list = self->list;

	list.capacity = 0;
	EXPECT_EQ(EINVAL, try(self->dev, FLEX_ARRAY_IOC_LIST, &list));
	list = self->list;
	list.record_size = sizeof(self->records[0]) - 1;
	EXPECT_EQ(EINVAL, try(self->dev, FLEX_ARRAY_IOC_LIST, &list));
	list.record_size = 4097;
	EXPECT_EQ(EINVAL, try(self->dev, FLEX_ARRAY_IOC_LIST, &list));
	list = self->list;
	list.reserved = 1;
	EXPECT_EQ(EINVAL, try(self->dev, FLEX_ARRAY_IOC_LIST, &list));
}

/* Every ioctl with every size: too short, longer with zeroes, longer with more. */
TEST_F(device, sizes_of_every_ioctl)
{
	const struct {
		unsigned long cmd;
		void *arg;
		__u32 size;
	} calls[] = {
		{ FLEX_ARRAY_IOC_INFO, &self->info, sizeof(self->info) },
		{ FLEX_ARRAY_IOC_LIST, &self->list, sizeof(self->list) },
	};
	const long page = sysconf(_SC_PAGESIZE);
	unsigned char *buffer = calloc(1, page + 4096);

	/* A new ioctl belongs into the table. */
	ASSERT_EQ(ENOTTY, try(self->dev, _IO(FLEX_ARRAY_IOC_TYPE, 2), buffer));
	for (int i = 0; i < 2; i++) {
		for (__u32 size = 0; size < calls[i].size; size++) {
			memcpy(buffer, calls[i].arg, calls[i].size);
			memcpy(buffer, &size, sizeof(size));
			EXPECT_EQ(EINVAL, try(self->dev, calls[i].cmd, buffer));
		}
		for (__u32 size = calls[i].size; size <= page; size += 8) {
			memset(buffer, 0, page + 4096);
			memcpy(buffer, calls[i].arg, calls[i].size);
			memcpy(buffer, &size, sizeof(size));
			EXPECT_EQ(0, try(self->dev, calls[i].cmd, buffer));
			if (size == calls[i].size)
				continue;
			memcpy(buffer, calls[i].arg, calls[i].size);
			memcpy(buffer, &size, sizeof(size));
			buffer[size - 1] = 1;
			EXPECT_EQ(E2BIG, try(self->dev, calls[i].cmd, buffer));
		}
	}
	free(buffer);
}

/* Counts the records of all arrays with @owner; ids have to rise. */
static int count_all(int dev, const char *owner, __u32 room, __u32 stride)
{
	unsigned char *records = malloc((size_t)room * stride);
	struct flex_array_list list = {
		.size = sizeof(list), .records = (__u64)(unsigned long)records,
		.record_size = stride, .capacity = room,
	};
	__u64 last = 0;
	int found = 0;

	do {
		memset(records, 0xff, (size_t)room * stride);
		if (ioctl(dev, FLEX_ARRAY_IOC_LIST, &list))
			found = -1;
		for (__u32 i = 0; found >= 0 && i < list.count; i++) {
			struct flex_array_info *info = (void *)(records + i * stride);

			if (info->id <= last || info->size != sizeof(*info) ||
			    (stride > sizeof(*info) && ((char *)info)[stride - 1]))
				found = -2;
			else
				found += !strcmp((char *)info->owner, owner);
			last = info->id;
		}
		if (list.count && list.cursor != last)
			found = -3;
	} while (found >= 0 && list.count);
	free(records);
	return found;
}

TEST_F(device, list_shows_every_array_once)
{
	static const __u32 rooms[] = { 1, 7, 20, 21, 1000 };
	int fds[ARRAYS];

	for (int i = 0; i < ARRAYS; i++) {
		fds[i] = client_open();
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, CREATE(fds[i], 8, 1));
	}
	for (int i = 0; i < 5; i++) {
		EXPECT_EQ(ARRAYS + 1, count_all(self->dev, MODULE, rooms[i],
						sizeof(struct flex_array_info)));
		EXPECT_EQ(ARRAYS + 1, count_all(self->dev, MODULE, rooms[i],
						sizeof(struct flex_array_info) + 104));
	}
	for (int i = 0; i < ARRAYS; i++)
		close(fds[i]);
	EXPECT_EQ(1, count_all(self->dev, MODULE, 1000, sizeof(struct flex_array_info)));
}

/* Another process makes and frees arrays all the time: those that stay are shown once each. */
TEST_F(device, cursor_is_stable)
{
	int fds[ARRAYS], status;
	pid_t pid;

	for (int i = 0; i < ARRAYS; i++) {
		fds[i] = client_open();
		ASSERT_EQ(0, CREATE(fds[i], 16, 3));
	}
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int fd = client_open();

		for (;;)
			if (CREATE(fd, 8, 1) || CALL(fd, FREE))
				_exit(1);
	}
	for (int i = 0; i < 200; i++) {
		struct flex_array_list list = self->list;
		int mine = 0;

		list.cursor = 0;
		list.capacity = 3;
		do {
			ASSERT_EQ(0, ioctl(self->dev, FLEX_ARRAY_IOC_LIST, &list));
			for (__u32 n = 0; n < list.count; n++)
				mine += self->records[n].element_size == 16;
		} while (list.count);
		EXPECT_EQ(ARRAYS, mine);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	EXPECT_TRUE(WIFSIGNALED(status));
	for (int i = 0; i < ARRAYS; i++)
		close(fds[i]);
}

TEST_F(device, mode_keeps_others_out)
{
	struct stat st;

	ASSERT_EQ(0, stat(DEVICE, &st));
	EXPECT_EQ(0640, st.st_mode & 07777);
	EXPECT_EQ(0, st.st_uid);
}

/* No field but id, figures and names: nothing in an answer looks like an address. */
TEST_F(device, no_kernel_address)
{
	self->list.cursor = 0;
	ASSERT_EQ(0, try(self->dev, FLEX_ARRAY_IOC_LIST, &self->list));
	ASSERT_LE(1, self->list.count);
	for (__u32 i = 0; i < self->list.count; i++) {
		const unsigned char *bytes = (unsigned char *)&self->records[i];

		for (size_t at = 0; at + 8 <= sizeof(self->records[i]); at++) {
			__u64 word;

			memcpy(&word, bytes + at, sizeof(word));
			EXPECT_NE(0xffff, word >> 48);
		}
	}
}

TEST_HARNESS_MAIN
