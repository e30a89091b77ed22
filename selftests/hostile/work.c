// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/link.h"

#include "work.h"

#define MODULE		"symbol_index_long"
#define JOIN_SECONDS	60

static int nic;
static pid_t worker = -1;

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int work_setup(void)
{
	if (system("modprobe -a dummy netdev_naming symbol_index"))
		return -ENODEV;
	nic = link_add("dummy", WORK_NIC, 0);
	if (nic < 0)
		return nic;
	return system("exec udevadm settle --timeout=180") ? -ETIMEDOUT : 0;
}

void work_cleanup(void)
{
	if (nic > 0)
		link_del(nic);
	nic = 0;
	if (system("rm -f /tmp/hostile??????; exec udevadm settle --timeout=180"))
		fprintf(stderr, "# udevadm settle did not end\n");
}

int work_links(void)
{
	static const __u8 address[6] = { 0x02, 0x55, 0, 0, 0, 0x01 };
	int ifindex = link_add("dummy", "hst1", 0), err;

	if (ifindex < 0)
		return ifindex;
	err = link_set_mtu(ifindex, 1400);
	err = err ?: link_rename(ifindex, "hst2");
	err = err ?: link_set_address(ifindex, address);
	return link_del(ifindex) ?: err;
}

/* Nanoseconds that finit_module() took. */
static long long load_and_unload(void)
{
	const char *folder = getenv("WAYMARK_TEST_MODULES");
	long long start, took;
	char path[256];
	int fd, tries;

	snprintf(path, sizeof(path), "%s/" MODULE ".ko", folder ?: ".");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	start = now_ns();
	took = syscall(SYS_finit_module, fd, "", 0) ? -errno : now_ns() - start;
	close(fd);
	if (took < 0)
		return took;
	/* Whoever looks at the new module, udev for one, may hold it for a moment. */
	for (tries = 0; tries < 100; tries++) {
		if (!syscall(SYS_delete_module, MODULE, O_NONBLOCK))
			return took;
		if (errno != EAGAIN && errno != EBUSY && errno != EWOULDBLOCK)
			break;
		usleep(10000);
	}
	return -errno;
}

int work_modules(void)
{
	long long took = load_and_unload();

	return took < 0 ? took : 0;
}

long long work_time_links(void *none)
{
	long long start = now_ns();

	return work_links() ?: now_ns() - start;
}

long long work_time_modules(void *none)
{
	return load_and_unload();
}

long long work_time_address(void *none)
{
	static unsigned int count;
	const __u8 address[6] = { 0x02, 0x66, 0, 0, ++count >> 8, count };
	long long start = now_ns();

	return link_set_address(nic, address) ?: now_ns() - start;
}

/* Zero once it has ended; its result is in @status. */
static int worker_wait(int seconds, int *status)
{
	int tries;

	for (tries = 0; tries < seconds * 100; tries++) {
		if (waitpid(worker, status, WNOHANG) == worker) {
			worker = -1;
			return 0;
		}
		usleep(10000);
	}
	return -ETIMEDOUT;
}

int work_within(int seconds, int (*work)(void))
{
	int status;

	worker = fork();
	if (worker < 0)
		return -errno;
	if (!worker)
		_exit(-work());
	if (worker_wait(seconds, &status))
		return -ETIMEDOUT;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

bool work_join(void)
{
	int status;

	return worker < 0 || !worker_wait(JOIN_SECONDS, &status);
}
