// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"

static void cgroup_path(char *path, size_t size, const char *name, const char *file)
{
	snprintf(path, size, CGROUP_TOP "/%s%s%s", name, file ? "/" : "", file ?: "");
}

static int file_put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = write(fd, value, strlen(value));
	close(fd);
	return len < 0 ? -errno : 0;
}

static ssize_t file_get(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	close(fd);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return len;
}

/* systemd takes a controller back that no unit uses when it sees fit: each time anew. */
static int cgroup_enable(const char *controller)
{
	char known[512], word[32];

	if (file_get(CGROUP_TOP "/cgroup.controllers", known, sizeof(known)) < 0 ||
	    !strstr(known, controller))
		return -EOPNOTSUPP;
	snprintf(word, sizeof(word), "+%s", controller);
	return file_put(CGROUP_TOP "/cgroup.subtree_control", word);
}

int cgroup_make(const char *name, const char *controller)
{
	char path[256];
	int err = cgroup_enable(controller);

	if (err)
		return err;
	cgroup_path(path, sizeof(path), name, NULL);
	return mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
}

int cgroup_set(const char *name, const char *file, const char *value)
{
	char path[256];

	cgroup_path(path, sizeof(path), name, file);
	return file_put(path, value);
}

int cgroup_enter(const char *name)
{
	return cgroup_set(name, "cgroup.procs", "0");
}

long long cgroup_get(const char *name, const char *file)
{
	char path[256], text[64];
	ssize_t len;

	cgroup_path(path, sizeof(path), name, file);
	len = file_get(path, text, sizeof(text));
	return len < 0 ? len : strtoll(text, NULL, 10);
}

void cgroup_remove(const char *name)
{
	char path[256];
	int tries;

	cgroup_path(path, sizeof(path), name, NULL);
	for (tries = 0; tries < 100 && rmdir(path) && errno == EBUSY; tries++)
		usleep(50000);
}
