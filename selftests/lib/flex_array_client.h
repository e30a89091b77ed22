/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of flex_array share: its device and that of the test client. */
#ifndef WAYMARK_SELFTESTS_FLEX_ARRAY_CLIENT_H
#define WAYMARK_SELFTESTS_FLEX_ARRAY_CLIENT_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

#include <linux/flex_array.h>
#include <tests/flex_array_test.h>

#define DEVICE		"/dev/flex_array"
#define CLIENT		"/dev/flex_array_test"
#define MODULE		"flex_array_test"
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#define FREE_BYTE	0x6c

/* Loads the client, as often as wanted: nothing happens if it is there. */
static inline int client_load(void)
{
	const char *dir = getenv("WAYMARK_TEST_MODULES");
	char command[4096];

	if (access(CLIENT, F_OK) == 0)
		return 0;
	snprintf(command, sizeof(command),
		 "{ modprobe flex_array || :; insmod '%s/" MODULE ".ko'; } >&2",
		 dir ? dir : "/opt/waymark/test-modules");
	if (system(command) || access(CLIENT, F_OK)) {
		fprintf(stderr, "%s: no such device, and %s cannot be loaded\n", CLIENT, MODULE);
		return -1;
	}
	return 0;
}

static inline int client_open(void)
{
	return client_load() ? -1 : open(CLIENT, O_RDWR | O_CLOEXEC);
}

static inline int device_open(void)
{
	return client_load() ? -1 : open(DEVICE, O_RDONLY | O_CLOEXEC);
}

/* Makes @call; returns what flex_array returned, or -1000 - errno of the client. */
static inline int client_call(int fd, struct flex_array_test_call *call)
{
	if (ioctl(fd, FLEX_ARRAY_TEST_CALL, call))
		return -1000 - errno;
	return call->result;
}

#define CALL(fd, _op, ...) ({							\
	struct flex_array_test_call __call = { .op = FLEX_ARRAY_TEST_##_op, ##__VA_ARGS__ }; \
	client_call(fd, &__call); })

/* Makes the call; returns its value, or ~0 if the client failed. */
#define VALUE(fd, _op, ...) ({							\
	struct flex_array_test_call __call = { .op = FLEX_ARRAY_TEST_##_op, ##__VA_ARGS__ }; \
	client_call(fd, &__call) < -1000 ? ~0ULL : __call.value; })

#define CREATE(fd, _size, _total, ...)						\
	CALL(fd, CREATE, .kind = FLEX_ARRAY_TEST_OLD, .element_size = (_size),	\
	     .total = (_total), ##__VA_ARGS__)
#define PUT(fd, _nr, _data, ...)						\
	CALL(fd, PUT, .nr = (_nr), .data = (__u64)(unsigned long)(_data), ##__VA_ARGS__)
#define GET(fd, _nr, _data)							\
	VALUE(fd, GET, .nr = (_nr), .data = (__u64)(unsigned long)(_data))

/* What /dev/flex_array says about the client's array; .id is 0 if nothing. */
static inline struct flex_array_info client_info(int fd)
{
	struct flex_array_info info = { .size = sizeof(info), .id = VALUE(fd, INFO) };
	int dev = device_open();

	if (dev < 0 || ioctl(dev, FLEX_ARRAY_IOC_INFO, &info))
		info.id = 0;
	if (dev >= 0)
		close(dev);
	return info;
}

#endif
