// SPDX-License-Identifier: GPL-2.0-only
/*
 * The node's device in sysfs, its attributes and its uevents, and the event device of its NIC;
 * also with names that udev does not accept in a path.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

#define CLASS	"/sys/class/netdev_naming"
#define VIRTUAL	"/sys/devices/virtual/netdev_naming/"
#define EVENTS	"/sys/class/netdev_naming_event"

/* 2, 3 and 4 bytes a character. */
static const char *const text[] = { "nn\xc3\xa4", "nn\xe2\x82\xac", "nn\xf0\x9f\x98\x80" };

/* The kernel takes all of them for names: of the bytes above 0x7f, only 0xa0 is a space. */
static const char *const no_text[] = {
	"nn\x80",		/* begins with what only continues */
	"nn\xc1\xbf",		/* longer than need be */
	"nn\xe0\x9f\xbf",
	"nn\xe2\x82",		/* cut off by the end */
	"nn\xc3x",		/* and by another character */
	"nn\xed\xa1\x80",	/* a surrogate, U+D840 */
	"nn\xef\xbf\xbe",	/* no character, U+FFFE */
	"nn\xf8\x88\x80\x80\x80",
	"nn\x01",
};

FIXTURE(node) {
	int control;
	int ifindex;
	int fd;
	int uevents;
	bool held;	/* udev, which takes no event meanwhile */
};

FIXTURE_SETUP(node)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = 1 };

	self->control = control_open();
	ASSERT_LE(0, self->control);
	/* Its rules ask for uevents, too, and give some NICs another name (252: "nn_"). */
	ASSERT_EQ(0, system("exec udevadm control --stop-exec-queue"));
	self->held = true;
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
	self->uevents = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			       NETLINK_KOBJECT_UEVENT);
	ASSERT_LE(0, self->uevents);
	ASSERT_EQ(0, bind(self->uevents, (struct sockaddr *)&kernel, sizeof(kernel)));
}

FIXTURE_TEARDOWN(node)
{
	link_del(self->ifindex);
	if (self->held)
		EXPECT_EQ(0, system("exec udevadm control --start-exec-queue"));
	close(self->uevents);
	close(self->fd);
	close(self->control);
}

/* An attribute of the node's device without the newline at its end; empty if it has none. */
static const char *attribute(int ifindex, const char *name)
{
	static char value[256];
	char path[256];
	ssize_t len = 0;
	int fd;

	snprintf(path, sizeof(path), CLASS "/if%d/%s", ifindex, name);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		len = read(fd, value, sizeof(value) - 1);
		close(fd);
	}
	value[len > 0 ? len - 1 : 0] = '\0';
	return value;
}

static unsigned long long number(int ifindex, const char *name)
{
	return strtoull(attribute(ifindex, name), NULL, 10);
}

/* What the event device is a child of; NULL if there is none. */
static const char *parent_of(int ifindex)
{
	static char target[PATH_MAX];
	char path[256], *slash;
	ssize_t len;

	snprintf(path, sizeof(path), EVENTS "/if%d/device", ifindex);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return NULL;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static bool is_virtual(int ifindex)
{
	char path[256], place[PATH_MAX];

	snprintf(path, sizeof(path), CLASS "/if%d", ifindex);
	return realpath(path, place) && !strncmp(place, VIRTUAL, strlen(VIRTUAL));
}

/* The entry of a NIC in an enumeration; zeroes if it has none. */
static struct netdev_naming_entry entry_of(int control, __u64 id)
{
	struct netdev_naming_entry entries[64], none = {};
	struct netdev_naming_enumerate arg = {
		.size = sizeof(arg),
		.entries = (uintptr_t)entries,
		.entry_size = sizeof(entries[0]),
		.capacity = ARRAY_SIZE(entries),
	};
	unsigned int i;

	if (!ioctl(control, NETDEV_NAMING_IOC_ENUMERATE, &arg))
		for (i = 0; i < arg.count; i++)
			if (entries[i].id == id)
				return entries[i];
	return none;
}

/* sysfs, the handle and the enumeration say the same of a NIC with that name. */
static void all_agree(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self,
		      const char *name)
{
	struct netdev_naming_entry entry;
	struct netdev_naming_info info;

	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));
	entry = entry_of(self->control, info.id);
	EXPECT_EQ(info.id, number(self->ifindex, "id"));
	EXPECT_EQ(info.id, entry.id);
	EXPECT_EQ(self->ifindex, number(self->ifindex, "ifindex"));
	EXPECT_EQ(self->ifindex, info.ifindex);
	EXPECT_EQ(self->ifindex, entry.ifindex);
	EXPECT_STREQ(name, attribute(self->ifindex, "interface"));
	EXPECT_STREQ(name, info.name);
	EXPECT_STREQ(name, entry.name);
	EXPECT_EQ(info.generation, number(self->ifindex, "generation"));
	EXPECT_EQ(info.generation, entry.generation);
}

/* The value of @key in a uevent of @len bytes, or NULL. */
static const char *uevent_value(const char *uevent, size_t len, const char *key)
{
	const char *at, *end = uevent + len;
	size_t key_len = strlen(key);

	for (at = uevent; at < end; at += strlen(at) + 1)
		if (!strncmp(at, key, key_len) && at[key_len] == '=')
			return at + key_len + 1;
	return NULL;
}

static bool is_of(const char *uevent, size_t len, const char *subsystem, int ifindex)
{
	const char *found = uevent_value(uevent, len, "SUBSYSTEM");
	const char *path = uevent_value(uevent, len, "DEVPATH");
	char name[32];

	snprintf(name, sizeof(name), "/if%d", ifindex);
	return found && path && !strcmp(found, subsystem) &&
	       strlen(path) > strlen(name) && !strcmp(path + strlen(path) - strlen(name), name);
}

/*
 * The uevents of a class's device of this NIC since the last call, whose number is returned.
 * @action, @interface: of the last one; NULL means that there must be no interface in it.
 */
static int uevents_of(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self,
		      const char *subsystem, const char *action, const char *interface)
{
	char uevent[8192];
	const char *found;
	int count = 0;
	ssize_t len;

	while ((len = recv(self->uevents, uevent, sizeof(uevent) - 1, MSG_DONTWAIT)) > 0) {
		uevent[len] = '\0';
		if (!is_of(uevent, len, subsystem, self->ifindex))
			continue;
		count++;
		found = uevent_value(uevent, len, "INTERFACE");
		EXPECT_STREQ(action, uevent_value(uevent, len, "ACTION"));
		if (interface) {
			ASSERT_NE(NULL, found);
			EXPECT_STREQ(interface, found);
		} else {
			EXPECT_EQ(NULL, found);
		}
	}
	EXPECT_EQ(EAGAIN, errno);
	return count;
}

/* The node sends one when udev's rule asks for it, and none before. */
static void asked_for(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self,
		      const char *action, const char *interface)
{
	ASSERT_EQ(0, node_announce(0));
	EXPECT_EQ(0, uevents_of(_metadata, self, "netdev_naming", NULL, NULL));
	ASSERT_EQ(0, node_announce(self->ifindex));
	EXPECT_EQ(1, uevents_of(_metadata, self, "netdev_naming", action, interface));
}

/* Without an event device, the node sends one by itself. */
static void unasked(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self,
		    const char *action)
{
	ASSERT_EQ(0, node_announce(0));
	EXPECT_EQ(1, uevents_of(_metadata, self, "netdev_naming", action, NULL));
}

/* The node can be opened, and is that of the NIC with this name. */
static void opens(struct __test_metadata *_metadata, int ifindex, const char *name)
{
	struct netdev_naming_info info;
	int fd = handle_open(ifindex);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_STREQ(name, info.name);
	close(fd);
}

static void has_event_device(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self,
			     const char *name)
{
	const char *parent = parent_of(self->ifindex);

	ASSERT_NE(NULL, parent);
	EXPECT_STREQ(name, parent);
	EXPECT_TRUE(is_virtual(self->ifindex));
}

static void has_no_event_device(struct __test_metadata *_metadata, FIXTURE_DATA(node) * self)
{
	EXPECT_EQ(NULL, parent_of(self->ifindex));
	EXPECT_TRUE(is_virtual(self->ifindex));
}

TEST_F_TIMEOUT(node, attributes, 300)
{
	struct netdev_naming_event event;
	struct netdev_naming_info info;

	all_agree(_metadata, self, "nnt0");
	has_event_device(_metadata, self, "nnt0");
	asked_for(_metadata, self, "add", "nnt0");
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_NAME, &info));

	/* The number of events so far: this is one more. */
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt-new"));
	EXPECT_EQ(info.generation + 1, number(self->ifindex, "generation"));
	EXPECT_EQ(info.id, number(self->ifindex, "id"));
	ASSERT_EQ(0, event_read(self->fd, &event));
	EXPECT_EQ(info.generation + 1, event.generation);
	all_agree(_metadata, self, "nnt-new");
	has_event_device(_metadata, self, "nnt-new");
	asked_for(_metadata, self, "change", "nnt-new");
}

/* As udev is to handle the net device first, its event device has an event of each rename. */
TEST_F_TIMEOUT(node, event_device_follows_renames, 300)
{
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt-new"));
	EXPECT_EQ(1, uevents_of(_metadata, self, "netdev_naming_event", "change", NULL));
	ASSERT_EQ(0, link_del(self->ifindex));
	EXPECT_EQ(1, uevents_of(_metadata, self, "netdev_naming_event", "remove", NULL));
}

/* Two users of one path: a minor that was just given back comes back last. */
TEST_F_TIMEOUT(node, minors_go_round, 300)
{
	char before[256], after[256];

	snprintf(before, sizeof(before), "%s", attribute(self->ifindex, "dev"));
	ASSERT_STRNE("", before);
	ASSERT_EQ(0, link_del(self->ifindex));
	ASSERT_EQ(0, node_announce(0));
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	ASSERT_EQ(0, node_announce(0));
	snprintf(after, sizeof(after), "%s", attribute(self->ifindex, "dev"));
	ASSERT_STRNE("", after);
	EXPECT_STRNE(before, after);
}

/* NICs take over an ifindex before the worker has removed the node of the one before. */
TEST_F_TIMEOUT(node, ifindex_changes_hands, 300)
{
	struct netdev_naming_info info;
	int i, fd;

	for (i = 0; i < harness_rounds(100); i++) {
		ASSERT_EQ(0, link_del(self->ifindex));
		ASSERT_EQ(self->ifindex, link_add("dummy", i % 2 ? "nnt0" : "nnt1", self->ifindex));
	}
	ASSERT_EQ(0, handle_info(self->fd, 0, &info) == -ENODEV ? 0 : 1);
	fd = handle_open(self->ifindex);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, NETDEV_NAMING_INFO_NAME, &info));
	EXPECT_STREQ(i % 2 ? "nnt1" : "nnt0", info.name);
	EXPECT_EQ(info.id, number(self->ifindex, "id"));
	close(fd);
}

TEST_F_TIMEOUT(node, names_of_many_bytes_a_character, 300)
{
	unsigned int i;

	asked_for(_metadata, self, "add", "nnt0");
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		ASSERT_EQ(0, link_rename(self->ifindex, text[i]));
		all_agree(_metadata, self, text[i]);
		has_event_device(_metadata, self, text[i]);
		asked_for(_metadata, self, "change", text[i]);
	}
	opens(_metadata, self->ifindex, text[i - 1]);
}

/* The descriptor that was opened before follows, as all_agree() asks it. */
TEST_F_TIMEOUT(node, names_that_are_no_text, 300)
{
	unsigned int i;

	asked_for(_metadata, self, "add", "nnt0");
	for (i = 0; i < ARRAY_SIZE(no_text); i++) {
		TH_LOG("name %u", i);
		ASSERT_EQ(0, link_rename(self->ifindex, no_text[i]));
		all_agree(_metadata, self, no_text[i]);
		has_no_event_device(_metadata, self);
		unasked(_metadata, self, "change");
		opens(_metadata, self->ifindex, no_text[i]);
	}
	ASSERT_EQ(0, link_rename(self->ifindex, "nnt-text"));
	all_agree(_metadata, self, "nnt-text");
	has_event_device(_metadata, self, "nnt-text");
	asked_for(_metadata, self, "change", "nnt-text");
	opens(_metadata, self->ifindex, "nnt-text");
}

/* It comes with such a name. A limit beyond any wait: who is killed leaves udev held. */
TEST_F_TIMEOUT(node, new_nic_without_text, 300)
{
	ASSERT_EQ(0, link_del(self->ifindex));
	close(self->fd);
	self->ifindex = link_add("dummy", no_text[0], 0);
	ASSERT_LT(0, self->ifindex);
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
	all_agree(_metadata, self, no_text[0]);
	has_no_event_device(_metadata, self);
	unasked(_metadata, self, "add");
}

TEST_HARNESS_MAIN
