// SPDX-License-Identifier: GPL-2.0-only
/* NICs that move between network namespaces, and who may see what. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

FIXTURE(netns) {
	int home;
	int other;
	int control;
	int ifindex;
	int fd;
	__u64 id;
	bool held;	/* udev, which asks for no uevent meanwhile */
};

FIXTURE_SETUP(netns)
{
	struct netdev_naming_info info;

	self->home = netns_current();
	ASSERT_LE(0, self->home);
	self->other = netns_new();
	ASSERT_LE(0, self->other);
	self->control = control_open();
	ASSERT_LE(0, self->control);
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, handle_info(self->fd, 0, &info));
	self->id = info.id;
	event_drain(self->control);
}

FIXTURE_TEARDOWN(netns)
{
	netns_enter(self->home);
	link_del(link_index("nnt0"));
	if (self->held)
		EXPECT_EQ(0, system("exec udevadm control --start-exec-queue"));
	close(self->fd);
	close(self->control);
	close(self->other);
	close(self->home);
}

/* There and back: node, id, events. */
TEST_F(netns, round_trip)
{
	struct netdev_naming_event event;
	struct netdev_naming_info info;
	int back;

	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	EXPECT_EQ(-ENOENT, handle_open(self->ifindex));
	EXPECT_EQ(-ENOENT, control_open_by_id(self->control, self->id));
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_MOVED, event.type);
	EXPECT_STREQ("nnt0", event.name);
	EXPECT_EQ(self->ifindex, event.ifindex);

	/* What happens elsewhere stays there. */
	ASSERT_EQ(0, netns_enter(self->other));
	back = link_index("nnt0");
	ASSERT_LT(0, back);
	ASSERT_EQ(0, link_rename(back, "nnt-away"));
	EXPECT_FALSE(event_pending(self->fd));
	ASSERT_EQ(0, link_move(back, self->home));
	ASSERT_EQ(0, netns_enter(self->home));

	back = link_index("nnt-away");
	ASSERT_LT(0, back);
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_RETURNED, event.type);
	EXPECT_STREQ("nnt-away", event.name);
	EXPECT_EQ(back, event.ifindex);
	EXPECT_EQ(self->id, event.id);
	ASSERT_EQ(0, handle_info(self->fd, 0, &info));
	EXPECT_EQ(NETDEV_NAMING_RELATION_INITIAL, info.relation);
	EXPECT_EQ(back, info.ifindex);
	EXPECT_EQ(event.generation, info.generation);
	close(handle_open(back));
	EXPECT_FALSE(event_pending(self->fd));
	ASSERT_EQ(0, link_rename(back, "nnt0"));
}

/* The ifindex was taken meanwhile: the node has another name, the handle stays. */
TEST_F(netns, returns_with_another_ifindex)
{
	struct netdev_naming_info info;
	int squatter, back, fd;

	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	squatter = link_add("dummy", "nnt1", self->ifindex);
	ASSERT_EQ(self->ifindex, squatter);
	ASSERT_EQ(0, netns_enter(self->other));
	ASSERT_EQ(0, link_move(link_index("nnt0"), self->home));
	ASSERT_EQ(0, netns_enter(self->home));

	back = link_index("nnt0");
	ASSERT_LT(0, back);
	ASSERT_NE(self->ifindex, back);
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_EQ(back, info.ifindex);
	EXPECT_STREQ("nnt0", info.name);
	EXPECT_EQ(self->id, info.id);

	/* Both nodes lead where their names say, although the ifindex has changed hands. */
	fd = handle_open(back);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_EQ(self->id, info.id);
	close(fd);
	fd = handle_open(squatter);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_STREQ("nnt1", info.name);
	close(fd);
	EXPECT_EQ(0, link_del(squatter));
}

#define ASKERS		8
#define SQUATTER	"nnt-squatter"

/* Asks until @stop; true if what came is about the squatter. */
static bool ask_until(int fd, const volatile int *stop)
{
	char names[256];

	while (!*stop) {
		struct netdev_naming_altnames arg = {
			.size = sizeof(arg),
			.names = (uintptr_t)names,
			.capacity = sizeof(names),
		};

		if (!ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &arg) && arg.length &&
		    memmem(names, arg.length, SQUATTER, strlen(SQUATTER)))
			return true;
	}
	return false;
}

/* One that leaves its ifindex to the squatter and returns; its new ifindex. */
static int trade_places(struct __test_metadata *_metadata, FIXTURE_DATA(netns) * self, int ifindex)
{
	int squatter, back;

	EXPECT_EQ(0, link_move(ifindex, self->other));
	squatter = link_add("dummy", "nnt1", ifindex);
	EXPECT_EQ(ifindex, squatter);
	EXPECT_EQ(0, link_add_altname(squatter, SQUATTER));
	EXPECT_EQ(0, netns_enter(self->other));
	EXPECT_EQ(0, link_move(link_index("nnt0"), self->home));
	EXPECT_EQ(0, netns_enter(self->home));
	back = link_index("nnt0");
	EXPECT_EQ(0, link_del(squatter));
	return back;
}

/*
 * rtnetlink is asked by ifindex, one question at a time: while the others wait, the NIC moves
 * away, and what is asked about is another one.
 */
TEST_F(netns, answers_are_about_the_nic_itself)
{
	int round, ifindex = self->ifindex, status;
	pid_t askers[ASKERS];
	volatile int *stop;
	unsigned int i;

	stop = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, stop);
	for (i = 0; i < ASKERS; i++) {
		askers[i] = fork();
		if (!askers[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(ask_until(self->fd, stop));
		}
	}
	for (round = 0; round < harness_rounds(40) && ifindex > 0; round++)
		ifindex = trade_places(_metadata, self, ifindex);
	*stop = 1;
	for (i = 0; i < ASKERS; i++) {
		ASSERT_EQ(askers[i], waitpid(askers[i], &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_LT(0, ifindex);
	munmap((void *)stop, 4096);
}

/* A namespace that ends takes virtual NICs along. */
TEST_F(netns, namespace_deleted)
{
	struct netdev_naming_event event;

	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	close(self->other);
	self->other = -1;
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_MOVED, &event));
	ASSERT_EQ(0, event_find(self->fd, NETDEV_NAMING_EVENT_UNREGISTERED, &event));
	EXPECT_STREQ("nnt0", event.name);
	ASSERT_EQ(0, event_find_id(self->control, self->id, NETDEV_NAMING_EVENT_UNREGISTERED,
				   &event));
}

TEST_F(netns, relation_seen_by_a_privileged_opener)
{
	struct netdev_naming_altnames altnames = { .size = sizeof(altnames) };
	struct netdev_naming_info info;
	struct stat st;

	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-alternative"));
	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	ASSERT_EQ(0, netns_enter(self->other));
	ASSERT_EQ(0, link_rename(link_index("nnt0"), "nnt-away"));
	ASSERT_EQ(0, netns_enter(self->home));

	ASSERT_EQ(0, handle_info(self->fd, 0, &info));
	EXPECT_EQ(NETDEV_NAMING_RELATION_MOVED, info.relation);
	EXPECT_STREQ("nnt-away", info.name);
	ASSERT_EQ(0, fstat(self->other, &st));
	EXPECT_EQ(st.st_ino, info.netns_ino);
	EXPECT_EQ(1, info.altnames_count);
	EXPECT_EQ(-1, ioctl(self->fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &altnames));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(strlen("nn-alternative") + 1, altnames.length);
}

/* It counts who opened the descriptor: root asks in vain through this one. */
TEST_F(netns, relation_seen_by_an_unprivileged_opener)
{
	struct netdev_naming_altnames altnames = { .size = sizeof(altnames) };
	struct netdev_naming_info info;
	int fd;

	ASSERT_EQ(0, seteuid(65534));
	fd = handle_open(self->ifindex);
	ASSERT_EQ(0, seteuid(0));
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, 0, &info));
	EXPECT_STREQ("nnt0", info.name);

	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	ASSERT_EQ(0, handle_info(fd, 0, &info));
	EXPECT_EQ(NETDEV_NAMING_RELATION_MOVED, info.relation);
	EXPECT_EQ(self->id, info.id);
	EXPECT_EQ(0, info.fields);
	EXPECT_EQ(0, info.ifindex);
	EXPECT_EQ(0, info.netns_ino);
	EXPECT_STREQ("", info.name);
	EXPECT_EQ(0, info.addr_len);
	EXPECT_EQ(-1, ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &altnames));
	EXPECT_EQ(EACCES, errno);
	close(fd);
}

/* As with rtnetlink, a process elsewhere does not see the NICs of this place. */
TEST_F(netns, open_from_elsewhere_eperm)
{
	int fd;

	ASSERT_EQ(0, netns_enter(self->other));
	ASSERT_EQ(0, seteuid(65534));
	EXPECT_EQ(-EPERM, handle_open(self->ifindex));
	EXPECT_EQ(-EPERM, control_open());
	ASSERT_EQ(0, seteuid(0));
	/* An administrator of the initial namespace may. */
	fd = handle_open(self->ifindex);
	EXPECT_LE(0, fd);
	close(fd);
}

/* NICs that were never here have no node, no event, no entry. */
TEST_F(netns, foreign_nics_are_invisible)
{
	struct netdev_naming_enumerate arg = { .size = sizeof(arg), .capacity = 128 };
	struct netdev_naming_entry entries[128];
	unsigned int i;
	int ifindex;

	ASSERT_EQ(0, netns_enter(self->other));
	ifindex = link_add("dummy", "nnt-foreign", 12345);
	ASSERT_EQ(12345, ifindex);
	ASSERT_EQ(0, link_rename(ifindex, "nnt-foreign2"));
	EXPECT_FALSE(event_pending(self->control));
	EXPECT_EQ(-ENOENT, handle_open(ifindex));
	EXPECT_EQ(-ENOENT, control_open_by_ifindex(self->control, ifindex));
	EXPECT_EQ(-ENOENT, control_open_by_name(self->control, "nnt-foreign2"));

	arg.entries = (uintptr_t)entries;
	arg.entry_size = sizeof(entries[0]);
	ASSERT_EQ(0, ioctl(self->control, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	ASSERT_EQ(0, arg.cursor);
	for (i = 0; i < arg.count; i++) {
		EXPECT_NE(ifindex, entries[i].ifindex);
	}
	ASSERT_EQ(0, link_del(ifindex));
	EXPECT_FALSE(event_pending(self->control));
}

/* Both ends of a pair, one of them moved here: that one is new here. */
TEST_F(netns, arrives_from_elsewhere)
{
	struct netdev_naming_event event;
	int ifindex, fd;

	ASSERT_EQ(0, netns_enter(self->other));
	ifindex = link_add_veth("nnv0", "nnv1");
	ASSERT_LT(0, ifindex);
	ASSERT_EQ(0, link_move(ifindex, self->home));
	ASSERT_EQ(0, netns_enter(self->home));

	ASSERT_EQ(0, event_read(self->control, &event));
	EXPECT_EQ(NETDEV_NAMING_EVENT_ADDED, event.type);
	EXPECT_STREQ("nnv0", event.name);
	fd = handle_open(event.ifindex);
	EXPECT_LE(0, fd);
	EXPECT_EQ(0, link_del(link_index("nnv0")));
	EXPECT_EQ(0, event_find(fd, NETDEV_NAMING_EVENT_UNREGISTERED, &event));
	close(fd);
}

static int uevent_socket(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd, size = 4 << 20;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ? -errno : fd;
}

static const char *uevent_get(const char *msg, ssize_t len, const char *key)
{
	const char *at;

	for (at = msg; at < msg + len; at += strlen(at) + 1)
		if (!strncmp(at, key, strlen(key)) && at[strlen(key)] == '=')
			return at + strlen(key) + 1;
	return "";
}

/*
 * Counts the class's uevents that are there; the last one's action, name and
 * index go to @text. The kernel has sent them all once the nodes are as they
 * should be.
 */
static int uevents(int fd, char *text, size_t size)
{
	char msg[8192];
	ssize_t len;
	int count = 0;

	node_announce(0);
	while ((len = recv(fd, msg, sizeof(msg) - 1, 0)) > 0) {
		msg[len] = '\0';
		if (strcmp(uevent_get(msg, len, "SUBSYSTEM"), "netdev_naming"))
			continue;
		snprintf(text, size, "%s %s %s %s", uevent_get(msg, len, "ACTION"),
			 uevent_get(msg, len, "INTERFACE"), uevent_get(msg, len, "IFINDEX"),
			 uevent_get(msg, len, "DEVNAME"));
		count++;
	}
	return count;
}

/* A limit beyond any wait: who is killed leaves udev held. */
TEST_F_TIMEOUT(netns, uevents_stay_at_home, 300)
{
	char text[256], expected[256];
	int here, there, ifindex;

	self->held = true;
	ASSERT_EQ(0, system("exec udevadm control --stop-exec-queue"));
	here = uevent_socket();
	ASSERT_LE(0, here);
	ASSERT_EQ(0, netns_enter(self->other));
	there = uevent_socket();
	ASSERT_LE(0, there);
	ASSERT_EQ(0, netns_enter(self->home));

	ifindex = link_add("dummy", "nnt1", 0);
	ASSERT_LT(0, ifindex);
	EXPECT_EQ(0, uevents(here, text, sizeof(text)));
	ASSERT_EQ(0, node_announce(ifindex));
	snprintf(expected, sizeof(expected), "add nnt1 %d netdev/if%d", ifindex, ifindex);
	ASSERT_EQ(1, uevents(here, text, sizeof(text)));
	EXPECT_STREQ(expected, text);

	ASSERT_EQ(0, link_rename(ifindex, "nnt2"));
	EXPECT_EQ(0, uevents(here, text, sizeof(text)));
	ASSERT_EQ(0, node_announce(ifindex));
	snprintf(expected, sizeof(expected), "change nnt2 %d netdev/if%d", ifindex, ifindex);
	ASSERT_EQ(1, uevents(here, text, sizeof(text)));
	EXPECT_STREQ(expected, text);

	ASSERT_EQ(0, link_move(ifindex, self->other));
	snprintf(expected, sizeof(expected), "remove nnt2 %d netdev/if%d", ifindex, ifindex);
	ASSERT_EQ(1, uevents(here, text, sizeof(text)));
	EXPECT_STREQ(expected, text);

	ASSERT_EQ(0, netns_enter(self->other));
	ASSERT_EQ(0, link_move(link_index("nnt2"), self->home));
	ASSERT_EQ(0, netns_enter(self->home));
	ASSERT_EQ(0, node_announce(link_index("nnt2")));
	EXPECT_EQ(1, uevents(here, text, sizeof(text)));
	ASSERT_EQ(0, link_del(link_index("nnt2")));
	EXPECT_EQ(1, uevents(here, text, sizeof(text)));
	EXPECT_EQ(0, uevents(there, text, sizeof(text)));
	close(here);
	close(there);
}

/* The ifindex in the path of the event device, or 0. */
static int event_device(const char *nic, int ifindex)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/net/%s/netdev_naming_event/if%d", nic, ifindex);
	return access(path, F_OK) ? 0 : ifindex;
}

/* The event device hangs below the net device, which is what orders udev's events. */
TEST_F(netns, event_device_is_a_child_of_the_net_device)
{
	char path[128];

	EXPECT_EQ(self->ifindex, event_device("nnt0", self->ifindex));
	snprintf(path, sizeof(path), "/sys/class/netdev_naming_event/if%d", self->ifindex);
	EXPECT_EQ(0, access(path, F_OK));
	/* With a number, the device would wait for devtmpfs under RTNL. */
	snprintf(path, sizeof(path), "/sys/class/netdev_naming_event/if%d/dev", self->ifindex);
	EXPECT_EQ(-1, access(path, F_OK));
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt1"));
	EXPECT_EQ(self->ifindex, event_device("nnt1", self->ifindex));
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt0"));

	/* It goes with the NIC, and takes the directory of its class along. */
	ASSERT_EQ(0, link_move(self->ifindex, self->other));
	snprintf(path, sizeof(path), "/sys/class/netdev_naming_event/if%d", self->ifindex);
	EXPECT_EQ(-1, access(path, F_OK));
}

TEST_HARNESS_MAIN
