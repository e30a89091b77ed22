// SPDX-License-Identifier: GPL-2.0-only
/*
 * Somebody without privilege lets a system call wait for memory that never comes. Nothing
 * of the machine may wait for him: not for the lock of a directory of /dev that
 * getdents64(2) keeps meanwhile, nor for a lock of ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "hold.h"
#include "nobody.h"
#include "work.h"

#define CONTROL		"/dev/netdev/control"
#define SYMBOLS		"/dev/symbol_index"
#define ASK_SECONDS	60	/* to get into the page fault */
#define WORK_SECONDS	15	/* for what takes a fraction of one */
#define NODE_SECONDS	60

struct stall {
	enum hold_kind kind;
	const char *path;			/* NULL: the node of WORK_NIC */
	int (*call)(int fd, void *held);	/* zero or an errno value */
};

static char node[64];

static int errno_of(long result)
{
	return result < 0 ? errno : 0;
}

static int call_getdents(int fd, void *held)
{
	return errno_of(syscall(SYS_getdents64, fd, held, HOLD_SIZE));
}

/* The NIC's address changes once the descriptor is open, so there is a record to copy. */
static int call_read(int fd, void *held)
{
	return errno_of(read(fd, held, HOLD_SIZE));
}

static int call_info(int fd, void *held)
{
	return errno_of(ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, held));
}

static int call_altnames(int fd, void *held)
{
	struct netdev_naming_altnames arg = { .size = sizeof(arg), .capacity = HOLD_SIZE,
					      .names = (unsigned long)held };

	return errno_of(ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &arg));
}

static int call_enumerate(int fd, void *held)
{
	struct netdev_naming_enumerate arg = { .size = sizeof(arg), .capacity = 64,
					       .entries = (unsigned long)held,
					       .entry_size = sizeof(struct netdev_naming_entry) };

	return errno_of(ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &arg));
}

static int call_lookup(int fd, void *held)
{
	struct symbol_index_lookup arg = { .size = sizeof(arg), .buffer_size = HOLD_SIZE,
					   .buffer = (unsigned long)held,
					   .name = (unsigned long)"register_netdev" };

	return errno_of(ioctl(fd, SYMBOL_INDEX_IOC_LOOKUP, &arg));
}

static int call_list(int fd, void *held)
{
	struct symbol_index_list arg = { .size = sizeof(arg), .buffer_size = HOLD_SIZE,
					 .buffer = (unsigned long)held };

	return errno_of(ioctl(fd, SYMBOL_INDEX_IOC_LIST, &arg));
}

static int call_snapshot(int fd, void *held)
{
	return errno_of(ioctl(fd, SYMBOL_INDEX_IOC_SNAPSHOT, held));
}

/* In the process without privilege. */
static void stall_act(int tell, const void *arg)
{
	const struct stall *stall = arg;
	__u32 connection = 0;
	void *held;
	int fd, err;

	fd = open(stall->path ?: node, O_RDONLY);
	err = fd < 0 ? -errno : hold_make(stall->kind, tell, &held, &connection);
	if (err) {
		nobody_tell(tell, NOBODY_FAILED, -err);
		return;
	}
	nobody_tell(tell, NOBODY_READY, connection);
	nobody_tell(tell, NOBODY_RETURNED, stall->call(fd, held));
}

/* The node of that NIC is there, or is gone, within so many seconds. */
static bool node_is(int ifindex, bool there)
{
	char path[64];
	int tries;

	snprintf(path, sizeof(path), "/dev/netdev/if%d", ifindex);
	for (tries = 0; tries < NODE_SECONDS * 20; tries++) {
		if (!access(path, F_OK) == there)
			return true;
		usleep(50000);
	}
	return false;
}

FIXTURE(stall)
{
	struct nobody nobody;
	int late;		/* a NIC that is made during the stall */
};

FIXTURE_VARIANT(stall)
{
	struct stall how;
};

FIXTURE_VARIANT_ADD(stall, getdents_of_netdev)
{
	.how = { HOLD_FUSE, "/dev/netdev", call_getdents },
};

FIXTURE_VARIANT_ADD(stall, getdents_of_dev)
{
	.how = { HOLD_FUSE, "/dev", call_getdents },
};

FIXTURE_VARIANT_ADD(stall, getdents_of_netdev_userfaultfd)
{
	.how = { HOLD_USERFAULTFD, "/dev/netdev", call_getdents },
};

FIXTURE_VARIANT_ADD(stall, getdents_of_dev_userfaultfd)
{
	.how = { HOLD_USERFAULTFD, "/dev", call_getdents },
};

FIXTURE_VARIANT_ADD(stall, getdents_elsewhere)
{
	.how = { HOLD_FUSE, "/sys/class/net", call_getdents },
};

FIXTURE_VARIANT_ADD(stall, read_handle)
{
	.how = { HOLD_FUSE, NULL, call_read },
};

FIXTURE_VARIANT_ADD(stall, read_control)
{
	.how = { HOLD_FUSE, CONTROL, call_read },
};

FIXTURE_VARIANT_ADD(stall, info)
{
	.how = { HOLD_FUSE, NULL, call_info },
};

FIXTURE_VARIANT_ADD(stall, altnames)
{
	.how = { HOLD_FUSE, NULL, call_altnames },
};

FIXTURE_VARIANT_ADD(stall, enumerate)
{
	.how = { HOLD_FUSE, CONTROL, call_enumerate },
};

FIXTURE_VARIANT_ADD(stall, lookup)
{
	.how = { HOLD_FUSE, SYMBOLS, call_lookup },
};

FIXTURE_VARIANT_ADD(stall, list)
{
	.how = { HOLD_FUSE, SYMBOLS, call_list },
};

FIXTURE_VARIANT_ADD(stall, snapshot)
{
	.how = { HOLD_FUSE, SYMBOLS, call_snapshot },
};

FIXTURE_SETUP(stall)
{
	self->late = 0;
	if (system("modprobe fuse && udevadm settle --timeout=180"))
		SKIP(return, "no FUSE in this kernel");
	ASSERT_EQ(0, work_setup());
	snprintf(node, sizeof(node), "/dev/netdev/if%d", link_index(WORK_NIC));
	ASSERT_EQ(0, link_add_altname(link_index(WORK_NIC), "hostile-alternative"));
}

FIXTURE_TEARDOWN(stall)
{
	if (self->late > 0)
		link_del(self->late);
	work_cleanup();
}

static int late_link(void)
{
	int ifindex = link_add("dummy", "hst3", 0);

	return ifindex < 0 ? ifindex : 0;
}

TEST_F(stall, nothing_waits)
{
	long connection;
	int err;

	ASSERT_EQ(0, nobody_start(&self->nobody, NULL, stall_act, &variant->how));
	connection = nobody_expect(&self->nobody, NOBODY_READY, ASK_SECONDS);
	if (connection == -EPERM && variant->how.kind == HOLD_USERFAULTFD) {
		nobody_end(&self->nobody);
		SKIP(return, "userfaultfd is not for everybody here");
	}
	ASSERT_LE(0, connection);
	ASSERT_LT(0, work_time_address(NULL));
	ASSERT_EQ(0, nobody_expect(&self->nobody, NOBODY_WAITS, ASK_SECONDS));

	err = work_within(WORK_SECONDS, work_links);
	EXPECT_EQ(0, err);
	if (!err)
		err = work_within(WORK_SECONDS, work_modules);
	EXPECT_EQ(0, err);
	if (!err)
		err = work_within(WORK_SECONDS, late_link);
	EXPECT_EQ(0, err);

	/* The way out, also for the machine. */
	if (variant->how.kind == HOLD_FUSE)
		EXPECT_EQ(0, hold_release(connection));
	EXPECT_TRUE(nobody_end(&self->nobody));
	EXPECT_TRUE(work_join());

	/* What had to wait has been made good. */
	self->late = link_index("hst3");
	ASSERT_LT(0, self->late);
	EXPECT_TRUE(node_is(self->late, true));
	ASSERT_EQ(0, link_del(self->late));
	EXPECT_TRUE(node_is(self->late, false));
	self->late = 0;
}

TEST_HARNESS_MAIN
