// SPDX-License-Identifier: GPL-2.0-only
/* A C client of libnetdevname, which knows its installed header and library alone. */
#include <netdevname.h>

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

/* What the library asks for at first. */
#define FIRST 64

/* Every test renames a dummy of its own. */
FIXTURE(library)
{
	struct netdevname *nic;
	unsigned int ifindex;
};

static int load(void)
{
	return access("/dev/netdev/control", F_OK) ? system("exec modprobe netdev_naming") : 0;
}

/* For tests of links, and of events: what udev does to a new NIC is over. */
static int settle_udev(void)
{
	return system("exec udevadm settle --timeout=180");
}

FIXTURE_SETUP(library)
{
	int ifindex;

	ASSERT_EQ(0, load());
	ifindex = link_add("dummy", "lib0", 0);
	ASSERT_LT(0, ifindex);
	self->nic = netdevname_open("lib0");
	ASSERT_NE(NULL, self->nic);
	ASSERT_EQ(0, netdevname_get_name(self->nic, NULL, &self->ifindex));
	ASSERT_EQ(ifindex, self->ifindex);
}

FIXTURE_TEARDOWN(library)
{
	netdevname_close(self->nic);
	link_del(self->ifindex);
}

TEST_F(library, resolve_takes_absolute_and_relative_paths)
{
	char name[NETDEVNAME_NAME_SIZE];
	unsigned int ifindex = 0;

	ASSERT_EQ(0, settle_udev());
	ASSERT_EQ(0, netdevname_resolve("by-name/lib0", name, &ifindex));
	EXPECT_STREQ("lib0", name);
	EXPECT_EQ(self->ifindex, ifindex);
	ASSERT_EQ(0, netdevname_resolve("/dev/netdev/by-name/lib0", name, NULL));
	EXPECT_STREQ("lib0", name);
}

TEST_F(library, errors_tell_what_is_wrong)
{
	EXPECT_EQ(-1, netdevname_resolve("by-name/none", NULL, NULL));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, netdevname_resolve("/dev/null", NULL, NULL));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(NULL, netdevname_open("no-such-name"));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(NULL, netdevname_open(""));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(NULL, netdevname_open("/dev/zero"));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(NULL, netdevname_open_ifindex(2147483647));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(NULL, netdevname_open_id(UINT64_MAX));
	EXPECT_EQ(ENOENT, errno);
	netdevname_close(NULL);
}

TEST_F(library, the_handle_follows_a_rename_and_ends_with_the_nic)
{
	struct netdevname_event *event;
	char name[NETDEVNAME_NAME_SIZE];

	ASSERT_EQ(0, settle_udev());
	netdevname_close(self->nic);
	self->nic = netdevname_open("lib0");
	ASSERT_NE(NULL, self->nic);
	ASSERT_EQ(0, link_rename(self->ifindex, "lib1"));
	ASSERT_EQ(0, netdevname_get_name(self->nic, name, NULL));
	EXPECT_STREQ("lib1", name);
	event = netdevname_read_event(self->nic);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(NETDEVNAME_EVENT_RENAMED, netdevname_event_type(event));
	EXPECT_STREQ("lib1", netdevname_event_name(event));
	EXPECT_STREQ("lib0", netdevname_event_text(event));
	EXPECT_EQ(0, netdevname_event_overflow(event));
	netdevname_event_free(event);
	ASSERT_EQ(0, link_del(self->ifindex));
	event = netdevname_read_event(self->nic);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(NETDEVNAME_EVENT_UNREGISTERED, netdevname_event_type(event));
	netdevname_event_free(event);
	EXPECT_EQ(NULL, netdevname_read_event(self->nic));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-1, netdevname_get_name(self->nic, name, NULL));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(NULL, netdevname_get_info(self->nic));
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(library, info_and_alternative_names)
{
	struct netdevname_info *info = netdevname_get_info(self->nic);
	char **names;
	size_t len = 0, count = 0;

	ASSERT_NE(NULL, info);
	EXPECT_STREQ("lib0", netdevname_info_name(info));
	EXPECT_STREQ("dummy", netdevname_info_kind(info));
	EXPECT_EQ(self->ifindex, netdevname_info_ifindex(info));
	EXPECT_EQ(0, netdevname_info_moved(info));
	netdevname_info_address(info, &len);
	EXPECT_EQ(6, len);
	netdevname_info_permanent_address(info, &len);
	EXPECT_EQ(0, len);
	netdevname_info_free(info);

	ASSERT_EQ(0, link_add_altname(self->ifindex, "library-one"));
	ASSERT_EQ(0, link_add_altname(self->ifindex, "library-two"));
	names = netdevname_get_altnames(self->nic, &count);
	ASSERT_NE(NULL, names);
	EXPECT_EQ(2, count);
	EXPECT_EQ(NULL, names[2]);
	free(names);
}

TEST_F(library, the_list_has_it_once)
{
	struct netdevname_list *list = netdevname_list_new();
	struct netdevname *again;
	size_t i, found = 0;
	uint64_t id = 0;

	ASSERT_NE(NULL, list);
	for (i = 0; i < netdevname_list_count(list); i++) {
		if (strcmp(netdevname_list_name(list, i), "lib0"))
			continue;
		EXPECT_EQ(self->ifindex, netdevname_list_ifindex(list, i));
		id = netdevname_list_id(list, i);
		found++;
	}
	EXPECT_EQ(1, found);
	EXPECT_EQ(NULL, netdevname_list_name(list, netdevname_list_count(list)));
	netdevname_list_free(list);
	again = netdevname_open_id(id);
	ASSERT_NE(NULL, again);
	netdevname_close(again);
	again = netdevname_open_ifindex(self->ifindex);
	ASSERT_NE(NULL, again);
	netdevname_close(again);
}

/* These, lo and lib0; udev sees to each of them. */
TEST_F(library, more_nics_than_one_call_returns)
{
	struct netdevname_list *list;
	char name[IFNAMSIZ];
	int many[FIRST], i;

	for (i = 0; i < FIRST; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		many[i] = link_add("dummy", name, 0);
		EXPECT_LT(0, many[i]);
	}
	list = netdevname_list_new();
	for (i = 0; i < FIRST; i++)
		EXPECT_EQ(0, link_del(many[i]));
	ASSERT_NE(NULL, list);
	EXPECT_LT(FIRST + 1, netdevname_list_count(list));
	netdevname_list_free(list);
}

TEST_F(library, the_monitor_begins_where_its_list_ends)
{
	struct netdevname_monitor *monitor;
	struct netdevname_event *event;
	struct pollfd pfd = { .events = POLLIN };

	ASSERT_EQ(0, settle_udev());
	monitor = netdevname_monitor_new();
	ASSERT_NE(NULL, monitor);
	pfd.fd = netdevname_monitor_fd(monitor);
	EXPECT_LT(1, netdevname_list_count(netdevname_monitor_list(monitor)));
	ASSERT_EQ(0, link_rename(self->ifindex, "lib1"));
	ASSERT_EQ(1, poll(&pfd, 1, 60000));
	event = netdevname_monitor_read(monitor);
	ASSERT_NE(NULL, event);
	EXPECT_EQ(NETDEVNAME_EVENT_RENAMED, netdevname_event_type(event));
	EXPECT_EQ(self->ifindex, netdevname_event_ifindex(event));
	netdevname_event_free(event);
	ASSERT_EQ(0, link_rename(self->ifindex, "lib0"));
	EXPECT_EQ(0, netdevname_monitor_resync(monitor));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	netdevname_monitor_free(monitor);
}

TEST_HARNESS_MAIN
