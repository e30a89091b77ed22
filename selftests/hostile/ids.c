// SPDX-License-Identifier: GPL-2.0-only
/* An id that a program keeps leads to its NIC or to none, also after the module was reloaded. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/netdev_naming.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "work.h"

#define CONTROL		"/dev/netdev/control"
#define MAX		256
#define RELOADS		3
#define UNLOAD_SECONDS	120

static int list(int control, __u64 *ids)
{
	struct netdev_naming_entry entries[MAX];
	struct netdev_naming_enumerate arg = {
		.size = sizeof(arg), .entries = (unsigned long)entries, .capacity = MAX,
		.entry_size = sizeof(entries[0]),
	};
	__u32 nr;

	if (ioctl(control, NETDEV_NAMING_IOC_ENUMERATE, &arg))
		return -errno;
	for (nr = 0; nr < arg.count; nr++)
		ids[nr] = entries[nr].id;
	return arg.count;
}

/* The errno value of opening that NIC, zero if there is one. */
static int open_by_id(int control, __u64 id)
{
	struct netdev_naming_open_by_id arg = { .size = sizeof(arg), .id = id };

	if (ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_ID, &arg))
		return errno;
	close(arg.fd);
	return 0;
}

/* udev may have a node open for a moment. */
static int reload(void)
{
	int tries;

	for (tries = 0; tries < UNLOAD_SECONDS * 20; tries++) {
		if (!system("rmmod netdev_naming 2>/dev/null"))
			return system("modprobe netdev_naming && udevadm settle --timeout=180");
		usleep(50000);
	}
	return -1;
}

TEST(ids_do_not_come_back)
{
	__u64 ids[RELOADS + 1][MAX];
	int counts[RELOADS + 1];
	int control, load, before, nr;

	ASSERT_EQ(0, work_setup());
	for (load = 0; load <= RELOADS; load++) {
		if (load)
			ASSERT_EQ(0, reload());
		control = open(CONTROL, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, control);
		counts[load] = list(control, ids[load]);
		ASSERT_LT(1, counts[load]);
		for (nr = 0; nr < counts[load]; nr++)
			EXPECT_EQ(0, open_by_id(control, ids[load][nr]));
		for (before = 0; before < load; before++)
			for (nr = 0; nr < counts[before]; nr++)
				EXPECT_EQ(ENOENT, open_by_id(control, ids[before][nr]));
		close(control);
	}
	work_cleanup();
}

TEST_HARNESS_MAIN
