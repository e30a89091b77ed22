// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events, of one NIC or of all. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct netdevname_monitor {
	int fd;
	struct netdevname_list *list;
};

/* Descriptors are non-blocking; the functions of this library are not. */
static int wait_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int rc;

	do {
		rc = poll(&pfd, 1, -1);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -1 : 0;
}

struct netdevname_event *netdevname_event_read(int fd)
{
	struct netdevname_event *event = calloc(1, sizeof(*event));
	ssize_t len;

	if (!event)
		return NULL;
	for (;;) {
		/*
		 * Room for exactly one record: the kernel returns whole ones
		 * only, so none can be cut off.
		 */
		len = read(fd, &event->record, sizeof(event->record));
		if (len > 0)
			return event;
		if (len == 0)
			errno = EIO;
		else if (errno == EINTR)
			continue;
		else if (errno == EAGAIN && !wait_readable(fd))
			continue;
		break;
	}
	{
		int saved = errno;

		free(event);
		errno = saved;
	}
	return NULL;
}

EXPORT struct netdevname_monitor *netdevname_monitor_new(void)
{
	struct netdevname_monitor *monitor = calloc(1, sizeof(*monitor));

	if (!monitor)
		return NULL;
	monitor->fd = netdevname_open_control();
	if (monitor->fd < 0)
		goto err_free_monitor;
	if (netdevname_monitor_resync(monitor))
		goto err_close_fd;
	return monitor;

err_close_fd:
	netdevname_close_fd(monitor->fd);
err_free_monitor: {
	int saved = errno;

	free(monitor);
	errno = saved;
	return NULL;
}
}

EXPORT int netdevname_monitor_resync(struct netdevname_monitor *monitor)
{
	struct netdevname_list *list = netdevname_list_read(monitor->fd);

	if (!list)
		return -1;
	free(monitor->list);
	monitor->list = list;
	return 0;
}

EXPORT void netdevname_monitor_free(struct netdevname_monitor *monitor)
{
	if (!monitor)
		return;
	netdevname_close_fd(monitor->fd);
	free(monitor->list);
	free(monitor);
}

EXPORT int netdevname_monitor_fd(const struct netdevname_monitor *monitor)
{
	return monitor->fd;
}

EXPORT const struct netdevname_list *
netdevname_monitor_list(const struct netdevname_monitor *monitor)
{
	return monitor->list;
}

EXPORT struct netdevname_event *netdevname_monitor_read(struct netdevname_monitor *monitor)
{
	return netdevname_event_read(monitor->fd);
}

EXPORT struct netdevname_event *netdevname_read_event(struct netdevname *nic)
{
	return netdevname_event_read(nic->fd);
}

EXPORT void netdevname_event_free(struct netdevname_event *event)
{
	free(event);
}

EXPORT int netdevname_event_type(const struct netdevname_event *event)
{
	return event->record.type;
}

EXPORT int netdevname_event_overflow(const struct netdevname_event *event)
{
	return !!(event->record.flags & NETDEV_NAMING_EVENT_F_OVERFLOW);
}

EXPORT uint64_t netdevname_event_id(const struct netdevname_event *event)
{
	return event->record.id;
}

EXPORT uint64_t netdevname_event_sequence(const struct netdevname_event *event)
{
	return event->record.seq;
}

EXPORT uint64_t netdevname_event_generation(const struct netdevname_event *event)
{
	return event->record.generation;
}

EXPORT uint64_t netdevname_event_time(const struct netdevname_event *event)
{
	return event->record.time_ns;
}

EXPORT unsigned int netdevname_event_ifindex(const struct netdevname_event *event)
{
	return event->record.ifindex;
}

EXPORT const char *netdevname_event_name(const struct netdevname_event *event)
{
	return event->record.name;
}

EXPORT const char *netdevname_event_text(const struct netdevname_event *event)
{
	switch (event->record.type) {
	case NETDEV_NAMING_EVENT_RENAMED:
	case NETDEV_NAMING_EVENT_ALTNAME_ADDED:
	case NETDEV_NAMING_EVENT_ALTNAME_REMOVED:
		return (const char *)event->record.detail;
	default:
		return "";
	}
}

EXPORT const uint8_t *netdevname_event_data(const struct netdevname_event *event, size_t *len)
{
	*len = event->record.detail_len;
	return event->record.detail;
}
