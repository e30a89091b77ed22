/* SPDX-License-Identifier: GPL-2.0-only */
/* Short files of /proc, /sys, debugfs and tracefs, as a whole. */
#ifndef WAYMARK_SELFTESTS_FILES_H
#define WAYMARK_SELFTESTS_FILES_H

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Replaces the content of a file; -1 and errno on failure. */
static inline int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/* Reads the first line of a file, without its newline; -1 and errno on failure. */
static inline int read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, size - 1);
	close(fd);
	if (got < 0)
		return -1;
	text[got] = 0;
	text[strcspn(text, "\n")] = 0;
	return 0;
}

#endif
