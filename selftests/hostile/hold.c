// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/fuse.h>
#include <linux/userfaultfd.h>

#include "hold.h"
#include "nobody.h"

#define CONNECTIONS	"/sys/fs/fuse/connections"

struct reply {
	struct fuse_out_header head;
	union {
		struct fuse_init_out init;
		struct fuse_attr_out attr;
		struct fuse_open_out open;
	};
};

/* The bytes behind the head, or a negative errno value for the one who asks. */
static int fuse_answer(__u32 opcode, struct reply *reply)
{
	switch (opcode) {
	case FUSE_INIT:
		reply->init.major = FUSE_KERNEL_VERSION;
		reply->init.minor = 31;
		reply->init.max_write = 4096;
		return sizeof(reply->init);
	case FUSE_GETATTR:
		reply->attr.attr.ino = FUSE_ROOT_ID;
		reply->attr.attr.mode = S_IFREG | 0644;
		reply->attr.attr.nlink = 1;
		reply->attr.attr.size = HOLD_SIZE;
		return sizeof(reply->attr);
	case FUSE_OPEN:
		return sizeof(reply->open);
	default:
		return -EOPNOTSUPP;
	}
}

/* Until the connection is aborted. What fills pages gets no answer. */
static void fuse_serve(int fd, int tell)
{
	static char request[1 << 17];
	const struct fuse_in_header *head = (const void *)request;

	while (read(fd, request, sizeof(request)) > 0) {
		struct reply reply = {};
		int body;

		if (head->opcode == FUSE_READ) {
			nobody_tell(tell, NOBODY_WAITS, 0);
			continue;
		}
		body = fuse_answer(head->opcode, &reply);
		reply.head.unique = head->unique;
		reply.head.error = body < 0 ? body : 0;
		reply.head.len = sizeof(reply.head) + (body > 0 ? body : 0);
		if (write(fd, &reply, reply.head.len) < 0)
			break;
	}
}

static int file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

static int enter_user_namespace(void)
{
	char map[64];
	int err;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	snprintf(map, sizeof(map), "0 %d 1", NOBODY_ID);
	err = file_put("/proc/self/setgroups", "deny");
	err = err ?: file_put("/proc/self/uid_map", map);
	return err ?: file_put("/proc/self/gid_map", map);
}

/* Forks; returns the pid to the caller only, whose death ends the other. */
static pid_t helper(void)
{
	pid_t pid = fork();

	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static int hold_fuse(int tell, void **memory, __u32 *connection)
{
	char options[128], path[] = "/tmp/hostileXXXXXX";
	struct stat st;
	int device, fd;

	fd = mkstemp(path);
	if (fd < 0 || close(fd))
		return -errno;
	fd = enter_user_namespace();
	if (fd < 0)
		return fd;
	device = open("/dev/fuse", O_RDWR);
	if (device < 0)
		return -errno;
	snprintf(options, sizeof(options), "fd=%d,rootmode=100000,user_id=0,group_id=0", device);
	if (mount("hostile", path, "fuse", 0, options))
		return -errno;
	if (!helper()) {
		fuse_serve(device, tell);
		_exit(0);
	}
	fd = open(path, O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		return -errno;
	*connection = minor(st.st_dev);
	*memory = mmap(NULL, HOLD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	return *memory == MAP_FAILED ? -errno : 0;
}

static int hold_userfaultfd(int tell, void **memory)
{
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	struct pollfd pfd = { .events = POLLIN };

	pfd.fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (pfd.fd < 0)
		return -errno;
	*memory = mmap(NULL, HOLD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (*memory == MAP_FAILED)
		return -errno;
	range.range.start = (unsigned long)*memory;
	range.range.len = HOLD_SIZE;
	if (ioctl(pfd.fd, UFFDIO_API, &api) || ioctl(pfd.fd, UFFDIO_REGISTER, &range))
		return -errno;
	if (!helper()) {
		if (poll(&pfd, 1, -1) == 1)
			nobody_tell(tell, NOBODY_WAITS, 0);
		for (;;)
			pause();
	}
	return 0;
}

int hold_make(enum hold_kind kind, int tell, void **memory, __u32 *connection)
{
	*connection = 0;
	return kind == HOLD_FUSE ? hold_fuse(tell, memory, connection)
				 : hold_userfaultfd(tell, memory);
}

int hold_release(__u32 connection)
{
	char path[128];
	int err;

	snprintf(path, sizeof(path), CONNECTIONS "/%u/abort", connection);
	err = file_put(path, "1");
	if (err != -ENOENT)
		return err;
	if (mount("fusectl", CONNECTIONS, "fusectl", 0, NULL))
		return -errno;
	err = file_put(path, "1");
	umount(CONNECTIONS);
	return err;
}
