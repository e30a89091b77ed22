// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding a NIC by any of its names, and the handle that stands for it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

/* Where a name without a slash is looked up, the most reliable directory first. */
static const char *const directories[] = {
	"by-role", "by-label", "by-onboard", "by-slot",	  "by-port",
	"by-path", "by-id",    "by-mac",     "by-former",
};

static int open_retry(const char *path)
{
	int fd;

	/* O_NONBLOCK: opening a FIFO or a terminal by mistake must not block. */
	do {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

/* @path is absolute, or leads from /dev/netdev. */
static int open_as_is(const char *path)
{
	char full[PATH_MAX];
	int len;

	if (path[0] == '/')
		return open_retry(path);
	len = snprintf(full, sizeof(full), NETDEVNAME_DIR "%s", path);
	if (len < 0 || (size_t)len >= sizeof(full)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open_retry(full);
}

/* With ENOENT from a path below /dev/netdev: is it that the module is not loaded? */
static void explain_missing(void)
{
	int control = netdevname_open_control();

	if (control >= 0)
		netdevname_close_fd(control);
	errno = control < 0 && errno == ENXIO ? ENXIO : ENOENT;
}

int netdevname_open_path(const char *path)
{
	int fd = open_as_is(path);

	if (fd < 0 && errno == ENOENT &&
	    (path[0] != '/' || !strncmp(path, NETDEVNAME_DIR, strlen(NETDEVNAME_DIR))))
		explain_missing();
	return fd;
}

int netdevname_open_control(void)
{
	int fd = open_retry(NETDEVNAME_CONTROL);

	if (fd < 0 && errno == ENOENT)
		errno = ENXIO;
	return fd;
}

int netdevname_ioctl(int fd, unsigned long request, void *arg)
{
	int rc;

	do {
		rc = ioctl(fd, request, arg);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -1 : 0;
}

void netdevname_close_fd(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

static int get_name(int fd, char name[NETDEVNAME_NAME_SIZE], unsigned int *ifindex)
{
	struct netdev_naming_info info;

	memset(&info, 0, sizeof(info));
	info.size = sizeof(info);
	info.fields = NETDEV_NAMING_INFO_NAME;
	if (netdevname_ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		return -1;
	if (!(info.fields & NETDEV_NAMING_INFO_NAME)) {
		/* The NIC is in a network namespace that the caller may not look into. */
		errno = EACCES;
		return -1;
	}
	if (name)
		memcpy(name, info.name, NETDEVNAME_NAME_SIZE);
	if (ifindex)
		*ifindex = info.ifindex;
	return 0;
}

EXPORT int netdevname_resolve(const char *path, char name[NETDEVNAME_NAME_SIZE],
			      unsigned int *ifindex)
{
	int fd = netdevname_open_path(path);
	int rc;

	if (fd < 0)
		return -1;
	rc = get_name(fd, name, ifindex);
	netdevname_close_fd(fd);
	return rc;
}

/* The handle owns @fd, which is closed on an error. */
static struct netdevname *wrap(int fd)
{
	struct netdevname *nic;

	if (fd < 0)
		return NULL;
	nic = malloc(sizeof(*nic));
	if (!nic) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	nic->fd = fd;
	return nic;
}

static int open_kernel_name(const char *name)
{
	struct netdev_naming_open_by_name arg;
	int control, rc;

	if (strlen(name) >= sizeof(arg.name)) {
		errno = ENOENT;
		return -1;
	}
	control = netdevname_open_control();
	if (control < 0)
		return -1;
	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	strcpy(arg.name, name);
	rc = netdevname_ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_NAME, &arg);
	netdevname_close_fd(control);
	return rc ? -1 : arg.fd;
}

static int open_in_directories(const char *name)
{
	char path[PATH_MAX];
	size_t i;
	int fd, len;

	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		len = snprintf(path, sizeof(path), "%s/%s", directories[i], name);
		if (len < 0 || (size_t)len >= sizeof(path))
			break;
		fd = open_as_is(path);
		if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG))
			return fd;
	}
	errno = ENOENT;
	return -1;
}

EXPORT struct netdevname *netdevname_open(const char *name)
{
	int fd;

	if (!*name || !strcmp(name, ".") || !strcmp(name, "..")) {
		errno = ENOENT;
		return NULL;
	}
	if (strchr(name, '/')) {
		fd = netdevname_open_path(name);
		/* A path can lead to any file: only the node of a NIC answers the ioctl. */
		if (fd >= 0 && get_name(fd, NULL, NULL) && errno != EACCES) {
			netdevname_close_fd(fd);
			return NULL;
		}
		return wrap(fd);
	}
	fd = open_kernel_name(name);
	if (fd < 0 && errno == ENOENT)
		fd = open_in_directories(name);
	return wrap(fd);
}

EXPORT struct netdevname *netdevname_open_ifindex(unsigned int ifindex)
{
	struct netdev_naming_open_by_ifindex arg;
	int control = netdevname_open_control();
	int rc;

	if (control < 0)
		return NULL;
	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	arg.ifindex = ifindex;
	rc = netdevname_ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &arg);
	netdevname_close_fd(control);
	return wrap(rc ? -1 : arg.fd);
}

EXPORT struct netdevname *netdevname_open_id(uint64_t id)
{
	struct netdev_naming_open_by_id arg;
	int control = netdevname_open_control();
	int rc;

	if (control < 0)
		return NULL;
	memset(&arg, 0, sizeof(arg));
	arg.size = sizeof(arg);
	arg.id = id;
	rc = netdevname_ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_ID, &arg);
	netdevname_close_fd(control);
	return wrap(rc ? -1 : arg.fd);
}

EXPORT void netdevname_close(struct netdevname *nic)
{
	if (!nic)
		return;
	netdevname_close_fd(nic->fd);
	free(nic);
}

EXPORT int netdevname_fd(const struct netdevname *nic)
{
	return nic->fd;
}

EXPORT int netdevname_get_name(const struct netdevname *nic, char name[NETDEVNAME_NAME_SIZE],
			       unsigned int *ifindex)
{
	return get_name(nic->fd, name, ifindex);
}
