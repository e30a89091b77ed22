// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "handle.h"

#define EVENT_TIMEOUT_MS	30000

int node_announce(int ifindex)
{
	int fd = open("/sys/class/netdev_naming/announce", O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%d", ifindex) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Who may not wait for the nodes has to know that they are there. */
int handle_open(int ifindex)
{
	char path[64];
	int fd;

	node_announce(0);
	snprintf(path, sizeof(path), "/dev/netdev/if%d", ifindex);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int control_open(void)
{
	int fd;

	if (access(CONTROL, F_OK) && system("modprobe netdev_naming"))
		return -ENODEV;
	fd = open(CONTROL, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int handle_nonblock(int fd)
{
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

int control_open_by_ifindex(int control, int ifindex)
{
	struct netdev_naming_open_by_ifindex arg = { .size = sizeof(arg), .ifindex = ifindex };

	if (ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &arg))
		return -errno;
	return handle_nonblock(arg.fd);
}

int control_open_by_name(int control, const char *name)
{
	struct netdev_naming_open_by_name arg = { .size = sizeof(arg) };

	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	if (ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_NAME, &arg))
		return -errno;
	return handle_nonblock(arg.fd);
}

int control_open_by_id(int control, __u64 id)
{
	struct netdev_naming_open_by_id arg = { .size = sizeof(arg), .id = id };

	if (ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_ID, &arg))
		return -errno;
	return handle_nonblock(arg.fd);
}

int handle_info(int fd, __u64 fields, struct netdev_naming_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->fields = fields;
	return ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, info) ? -errno : 0;
}

int event_read(int fd, struct netdev_naming_event *event)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t len;
	int ready;

	ready = poll(&pfd, 1, EVENT_TIMEOUT_MS);
	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	len = read(fd, event, sizeof(*event));
	if (len < 0)
		return -errno;
	return len == sizeof(*event) && event->size == sizeof(*event) ? 0 : -EPROTO;
}

int event_find_id(int fd, __u64 id, enum netdev_naming_event_type type,
		  struct netdev_naming_event *event)
{
	int err;

	do {
		err = event_read(fd, event);
	} while (!err && (event->type != type || (id && event->id != id)));
	return err;
}

int event_find(int fd, enum netdev_naming_event_type type, struct netdev_naming_event *event)
{
	return event_find_id(fd, 0, type, event);
}

bool event_pending(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 0) == 1 && (pfd.revents & POLLIN);
}

int event_drain(int fd)
{
	struct netdev_naming_event event;
	int count = 0;

	while (event_pending(fd) && !event_read(fd, &event))
		count++;
	return count;
}
