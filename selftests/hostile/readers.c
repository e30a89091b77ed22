// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/futex.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

#include "../lib/link.h"

#include "cgroup.h"
#include "nobody.h"
#include "readers.h"
#include "work.h"

#define START_SECONDS	60
#define SWITCH_SECONDS	60	/* one per cent of a processor takes its time */
#define BUFFER		65536

struct shared {
	_Atomic unsigned int go;
	_Atomic int busy;
};

struct readers {
	struct nobody nobody[READERS];
	struct shared *shared;
	enum readers_what what;
	int started;
	int nr;			/* in a reader: which one */
	bool throttled;
	char node[64];
};

static void group_name(char *name, size_t size, int nr)
{
	snprintf(name, size, "hostile-reader%d", nr);
}

static void ask_enumerate(int fd, void *buffer)
{
	struct netdev_naming_enumerate arg = {
		.size = sizeof(arg), .entries = (unsigned long)buffer, .capacity = 512,
		.entry_size = sizeof(struct netdev_naming_entry),
	};

	ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &arg);
}

static void ask_read(int fd, void *buffer)
{
	if (read(fd, buffer, BUFFER) < 0)
		return;
}

static void ask_info(int fd, void *buffer)
{
	struct netdev_naming_info *arg = buffer;

	arg->size = sizeof(*arg);
	arg->flags = 0;
	arg->fields = NETDEV_NAMING_INFO_NAME | NETDEV_NAMING_INFO_ADDR;
	ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, arg);
}

static void ask_open(int fd, void *buffer)
{
	struct netdev_naming_open_by_name arg = { .size = sizeof(arg), .name = WORK_NIC };

	if (!ioctl(fd, NETDEV_NAMING_IOC_OPEN_BY_NAME, &arg))
		close(arg.fd);
}

static void ask_snapshot(int fd, void *buffer)
{
	struct symbol_index_snapshot arg = { .size = sizeof(arg) };

	ioctl(fd, SYMBOL_INDEX_IOC_SNAPSHOT, &arg);
}

static void ask_list(int fd, void *buffer)
{
	struct symbol_index_list arg = { .size = sizeof(arg), .buffer_size = BUFFER,
					 .buffer = (unsigned long)buffer };

	ioctl(fd, SYMBOL_INDEX_IOC_LIST, &arg);
}

/* What a reader asks for; the path is NULL for the NIC's node. */
struct question {
	const char *path;
	void (*ask)(int fd, void *buffer);
};

static const struct question questions[][4] = {
	[READERS_NICS] = {
		{ "/dev/netdev/control", ask_enumerate },
		{ "/dev/netdev/control", ask_read },
		{ NULL, ask_info },
		{ "/dev/netdev/control", ask_open },
	},
	[READERS_SYMBOLS] = {
		{ "/dev/symbol_index", ask_snapshot },
		{ "/dev/symbol_index", ask_snapshot },
		{ "/dev/symbol_index", ask_snapshot },
		{ "/dev/symbol_index", ask_list },
	},
};

static void futex(_Atomic unsigned int *word, int operation, unsigned int value)
{
	syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static void reader_act(int tell, const void *arg)
{
	static __u64 buffer[BUFFER / sizeof(__u64)];
	const struct readers *readers = arg;
	const struct question *question = &questions[readers->what][readers->nr % 4];
	struct shared *shared = readers->shared;
	int fd = open(question->path ?: readers->node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		nobody_tell(tell, NOBODY_FAILED, errno);
		return;
	}
	nobody_tell(tell, NOBODY_READY, 0);
	for (;;) {
		while (!shared->go)
			futex(&shared->go, FUTEX_WAIT, 0);
		shared->busy++;
		while (shared->go)
			question->ask(fd, buffer);
		shared->busy--;
	}
}

static int reader_start(struct readers *readers, int nr)
{
	char group[64];
	int err = 0;

	group_name(group, sizeof(group), nr);
	readers->nr = nr;
	if (readers->throttled) {
		err = cgroup_make(group, "cpu");
		err = err ?: cgroup_set(group, "cpu.max", "1000 100000");
	}
	err = err ?: nobody_start(&readers->nobody[nr], readers->throttled ? group : NULL,
				  reader_act, readers);
	if (err)
		return err;
	readers->started = nr + 1;
	return nobody_expect(&readers->nobody[nr], NOBODY_READY, START_SECONDS);
}

struct readers *readers_start(enum readers_what what, bool throttled, int *err)
{
	struct readers *readers = calloc(1, sizeof(*readers));
	int nr;

	readers->what = what;
	readers->throttled = throttled;
	readers->shared = mmap(NULL, sizeof(*readers->shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(readers->node, sizeof(readers->node), "/dev/netdev/if%d", link_index(WORK_NIC));
	*err = readers->shared == MAP_FAILED ? -errno : 0;
	for (nr = 0; nr < READERS && !*err; nr++)
		*err = reader_start(readers, nr);
	return readers;
}

int readers_run(struct readers *readers, bool on)
{
	int tries, wanted = on ? READERS : 0;

	readers->shared->go = on;
	futex(&readers->shared->go, FUTEX_WAKE, INT_MAX);
	for (tries = 0; tries < SWITCH_SECONDS * 200; tries++) {
		if (readers->shared->busy == wanted)
			return 0;
		usleep(5000);
	}
	return -ETIMEDOUT;
}

int readers_stop(struct readers *readers, bool on)
{
	int nr, status;

	for (nr = 0; nr < readers->started; nr++)
		if (kill(readers->nobody[nr].pid, on ? SIGSTOP : SIGCONT))
			return -errno;
	for (nr = 0; on && nr < readers->started; nr++)
		if (waitpid(readers->nobody[nr].pid, &status, WUNTRACED) < 0)
			return -errno;
	return 0;
}

void readers_end(struct readers *readers)
{
	char group[64];
	int nr;

	readers_stop(readers, false);
	for (nr = 0; nr < READERS; nr++) {
		if (nr < readers->started)
			nobody_end(&readers->nobody[nr]);
		group_name(group, sizeof(group), nr);
		if (readers->throttled)
			cgroup_remove(group);
	}
	munmap(readers->shared, sizeof(*readers->shared));
	free(readers);
}
