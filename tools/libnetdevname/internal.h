/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of libnetdevname; not installed. */
#ifndef NETDEVNAME_INTERNAL_H
#define NETDEVNAME_INTERNAL_H

#include <linux/netdev_naming.h>

#include "netdevname.h"

#define NETDEVNAME_DIR "/dev/netdev/"
#define NETDEVNAME_CONTROL NETDEVNAME_DIR "control"

#define EXPORT __attribute__((visibility("default")))

struct netdevname {
	int fd;
};

struct netdevname_list {
	size_t count;
	struct netdev_naming_entry entries[];
};

struct netdevname_event {
	struct netdev_naming_event record; /* as far as this library knows it */
	unsigned char raw[];		   /* what read(2) returned */
};

/*
 * open(2) that is repeated after a signal; @path as netdevname_resolve() takes it. ENXIO
 * if @path is not there because the module is not loaded.
 */
int netdevname_open_path(const char *path);

/* Opens the control device; ENXIO if the module is not loaded. */
int netdevname_open_control(void);

/* ioctl(2) that is repeated after a signal. */
int netdevname_ioctl(int fd, unsigned long request, void *arg);

/* close(2) that keeps errno. */
void netdevname_close_fd(int fd);

/* Takes a snapshot on the control descriptor @fd. */
struct netdevname_list *netdevname_list_read(int fd);

/* Reads one record from a handle or from a control descriptor. */
struct netdevname_event *netdevname_event_read(int fd);

#endif /* NETDEVNAME_INTERNAL_H */
