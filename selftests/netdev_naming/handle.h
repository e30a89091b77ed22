/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors of the device under test, and their events. */
#ifndef HANDLE_H
#define HANDLE_H

#include <stdbool.h>

#include <linux/netdev_naming.h>

#define CONTROL		"/dev/netdev/control"

/*
 * Return a descriptor, zero or what the comment says, or a negative errno value.
 */
int handle_open(int ifindex);			/* by its node, once the kernel has made it */
int node_announce(int ifindex);			/* sends its uevent; waits for all nodes */
int control_open(void);				/* loads the module if need be */
int control_open_by_ifindex(int control, int ifindex);
int control_open_by_name(int control, const char *name);
int control_open_by_id(int control, __u64 id);
int handle_info(int fd, __u64 fields, struct netdev_naming_info *info);

/* Wait for one record (or one of that type); -ETIMEDOUT after half a minute. */
int event_read(int fd, struct netdev_naming_event *event);
int event_find(int fd, enum netdev_naming_event_type type, struct netdev_naming_event *event);
int event_find_id(int fd, __u64 id, enum netdev_naming_event_type type,
		  struct netdev_naming_event *event);
bool event_pending(int fd);			/* right now */
int event_drain(int fd);			/* number of records dropped */

#endif /* HANDLE_H */
