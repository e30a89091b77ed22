// SPDX-License-Identifier: LGPL-2.1-or-later
/* Events, of one NIC or of all. */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* Size of the first published record. Later kernels append members and drop none. */
#define RECORD_MIN 200
/* Limit of the search for the size of a record. */
#define RECORD_MAX 65536

_Static_assert(offsetof(struct netdev_naming_event, size) == 0, "where parse_record() reads it");
_Static_assert(offsetof(struct netdev_naming_event, detail) + NETDEV_NAMING_ALTNAME_SIZE ==
		       RECORD_MIN,
	       "the first published record ends with its detail");

struct netdevname_monitor {
	int fd;
	struct netdevname_list *list;
};

/* The descriptors are non-blocking, the functions of this library wait. */
static int wait_readable(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int rc;

	do {
		rc = poll(&pfd, 1, -1);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -1 : 0;
}

/* read(2) that waits, and is repeated after a signal. */
static ssize_t read_waiting(int fd, void *buf, size_t size)
{
	ssize_t len;

	do {
		len = read(fd, buf, size);
	} while (len < 0 && (errno == EINTR || (errno == EAGAIN && !wait_readable(fd))));
	return len;
}

/*
 * Fills in the record from the @len bytes that were read. Members that only the kernel
 * knows are dropped, members that only this library knows become zero.
 */
static int parse_record(struct netdevname_event *event, size_t len)
{
	uint32_t size = 0;

	if (len >= RECORD_MIN)
		memcpy(&size, event->raw, sizeof(size));
	if (!size || size != len) {
		errno = EIO;
		return -1;
	}
	memset(&event->record, 0, sizeof(event->record));
	memcpy(&event->record, event->raw,
	       len < sizeof(event->record) ? len : sizeof(event->record));
	if (event->record.detail_len > sizeof(event->record.detail)) {
		errno = EIO;
		return -1;
	}
	return 0;
}

/*
 * Reads exactly one record: poll(2) would not report a second one that waits in here.
 *
 * The kernel delivers records of RECORD_MIN bytes to a reader that does not ask for
 * longer ones. Should a record be longer all the same, the kernel refuses the buffer
 * with EINVAL, and the buffer grows by RECORD_MIN. The one that fits is then too long by
 * less than RECORD_MIN, which leaves no room for a second record. Each call starts with
 * the smallest buffer again, as records may differ in size.
 */
struct netdevname_event *netdevname_event_read(int fd)
{
	struct netdevname_event *event = NULL, *bigger;
	size_t room = 0;
	ssize_t len;
	int saved;

	do {
		room += RECORD_MIN;
		bigger = realloc(event, sizeof(*event) + room);
		if (!bigger)
			goto err_free_event;
		event = bigger;
		len = read_waiting(fd, event->raw, room);
	} while (len < 0 && errno == EINVAL && room < RECORD_MAX);
	if (len < 0 || parse_record(event, len))
		goto err_free_event;
	return event;

err_free_event:
	saved = errno;
	free(event);
	errno = saved;
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
