// SPDX-License-Identifier: GPL-2.0-only
/* What GET_INFO and GET_ALTNAMES say, against what the kernel says elsewhere. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "handle.h"

FIXTURE(info) {
	int control;
	int ifindex;
	int fd;
};

FIXTURE_SETUP(info)
{
	self->control = control_open();
	ASSERT_LE(0, self->control);
	self->ifindex = link_add("dummy", "nnt0", 0);
	ASSERT_LT(0, self->ifindex);
	self->fd = handle_open(self->ifindex);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(info)
{
	link_del(self->ifindex);
	close(self->fd);
	close(self->control);
}

/* Reads an attribute of a net device; empty if it has none. */
static const char *sysfs(const char *name, const char *attr)
{
	static char value[256];
	char path[256];
	ssize_t len = 0;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, attr);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		len = read(fd, value, sizeof(value) - 1);
		close(fd);
	}
	value[len > 0 ? len : 0] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return value;
}

static const char *sysfs_link(const char *name, const char *attr)
{
	static char target[256];
	char path[256], *slash;
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, attr);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return "";
	target[len] = '\0';
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static const char *text_of_address(const __u8 *addr, int len)
{
	static char text[3 * NETDEV_NAMING_ADDR_SIZE];
	int i;

	text[0] = '\0';
	for (i = 0; i < len; i++)
		sprintf(text + 3 * i, "%02x%s", addr[i], i + 1 < len ? ":" : "");
	return text;
}

TEST_F(info, of_a_virtual_nic)
{
	struct netdev_naming_info info;
	struct stat st;

	ASSERT_EQ(0, handle_info(self->fd, 0, &info));
	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_EQ(self->ifindex, info.ifindex);
	EXPECT_STREQ("nnt0", info.name);
	EXPECT_EQ(NETDEV_NAMING_RELATION_INITIAL, info.relation);
	EXPECT_EQ(1, info.link_type);
	EXPECT_STREQ("dummy", info.kind);
	EXPECT_STREQ(sysfs("nnt0", "address"), text_of_address(info.addr, info.addr_len));
	EXPECT_EQ(atoi(sysfs("nnt0", "addr_assign_type")), info.addr_assign_type);
	/* Of each member above, its bit. */
	EXPECT_EQ(NETDEV_NAMING_INFO_NAME | NETDEV_NAMING_INFO_ADDR | NETDEV_NAMING_INFO_TYPE |
		  NETDEV_NAMING_INFO_KIND | NETDEV_NAMING_INFO_NETNS,
		  info.fields & (NETDEV_NAMING_INFO_NAME | NETDEV_NAMING_INFO_ADDR |
				 NETDEV_NAMING_INFO_TYPE | NETDEV_NAMING_INFO_KIND |
				 NETDEV_NAMING_INFO_NETNS));
	EXPECT_EQ(0, info.fields & (NETDEV_NAMING_INFO_PERM_ADDR | NETDEV_NAMING_INFO_PARENT |
				    NETDEV_NAMING_INFO_DRIVER | NETDEV_NAMING_INFO_PORT_NAME |
				    NETDEV_NAMING_INFO_PORT_ID | NETDEV_NAMING_INFO_SWITCH_ID));
	EXPECT_STREQ("", info.parent_name);
	ASSERT_EQ(0, stat("/proc/self/ns/net", &st));
	EXPECT_EQ(st.st_ino, info.netns_ino);
}

TEST_F(info, devtype)
{
	struct netdev_naming_info info;
	int vlan, fd;

	vlan = link_add_vlan("nntv", self->ifindex, 7);
	if (vlan == -EOPNOTSUPP)
		SKIP(return, "this kernel has no VLANs");
	ASSERT_LT(0, vlan);
	fd = control_open_by_ifindex(self->control, vlan);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, handle_info(fd, 0, &info));
	EXPECT_STREQ("vlan", info.devtype);
	EXPECT_STREQ("vlan", info.kind);
	close(fd);
}

/* Asking for little gives little, and no bit without its member. */
TEST_F(info, wanted_fields_only)
{
	struct netdev_naming_info all, one;
	int bit;

	ASSERT_EQ(0, handle_info(self->fd, 0, &all));
	for (bit = 0; bit < 14; bit++) {
		ASSERT_EQ(0, handle_info(self->fd, 1ULL << bit, &one));
		EXPECT_EQ(all.fields & 1ULL << bit, one.fields) TH_LOG("bit %d", bit);
		EXPECT_EQ(all.id, one.id);
	}
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_ADDR, &one));
	EXPECT_STREQ("", one.name);
	EXPECT_EQ(0, one.ifindex);
	EXPECT_EQ(0, one.link_type);
}

/* The module asks rtnetlink by a socket of its own: nobody can take all its addresses. */
TEST_F(info, netlink_addresses_taken)
{
	struct netdev_naming_info info;
	int fds[128], i;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = 0xffffffff - i };

		fds[i] = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
		ASSERT_LE(0, fds[i]);
		/* By the module itself at this moment, if udev asks it. */
		EXPECT_TRUE(!bind(fds[i], (struct sockaddr *)&addr, sizeof(addr)) ||
			    errno == EADDRINUSE) TH_LOG("%s", strerror(errno));
	}
	EXPECT_EQ(0, handle_info(self->fd, 0, &info));
	EXPECT_STREQ("nnt0", info.name);
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

/* Every NIC that this machine has. */
TEST_F(info, of_all_nics_as_sysfs)
{
	struct netdev_naming_enumerate arg = { .size = sizeof(arg), .capacity = 64 };
	struct netdev_naming_entry entries[64];
	struct netdev_naming_info info;
	unsigned int i;
	int fd;

	arg.entries = (uintptr_t)entries;
	arg.entry_size = sizeof(entries[0]);
	ASSERT_EQ(0, ioctl(self->control, NETDEV_NAMING_IOC_ENUMERATE, &arg));
	ASSERT_LE(2, arg.count);
	for (i = 0; i < arg.count; i++) {
		fd = control_open_by_id(self->control, entries[i].id);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, handle_info(fd, 0, &info));
		TH_LOG("%s driver %s parent %s/%s", info.name, info.driver, info.parent_bus,
		       info.parent_name);
		EXPECT_EQ(atoi(sysfs(info.name, "ifindex")), info.ifindex);
		EXPECT_EQ(atoi(sysfs(info.name, "type")), info.link_type);
		EXPECT_EQ(entries[i].link_type, info.link_type);
		EXPECT_EQ(atoi(sysfs(info.name, "dev_port")), info.dev_port);
		EXPECT_EQ(strtol(sysfs(info.name, "dev_id"), NULL, 16), info.dev_id);
		EXPECT_STREQ(sysfs(info.name, "phys_port_name"), info.phys_port_name);
		EXPECT_STREQ(sysfs_link(info.name, "device"), info.parent_name);
		EXPECT_STREQ(sysfs_link(info.name, "device/driver"), info.driver);
		EXPECT_STREQ(sysfs_link(info.name, "device/subsystem"), info.parent_bus);
		EXPECT_STREQ(sysfs(info.name, "address"),
			     text_of_address(info.addr, info.addr_len));
		if (info.fields & NETDEV_NAMING_INFO_PERM_ADDR && !info.addr_assign_type) {
			EXPECT_EQ(0, memcmp(info.addr, info.perm_addr, info.addr_len));
		}
		close(fd);
	}
}

static int altnames(int fd, struct netdev_naming_altnames *arg, void *names, unsigned int capacity)
{
	memset(arg, 0, sizeof(*arg));
	arg->size = sizeof(*arg);
	arg->names = (uintptr_t)names;
	arg->capacity = capacity;
	return ioctl(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, arg) ? errno : 0;
}

TEST_F(info, altnames)
{
	static const char expected[] = "nn-first\0nn-second-name";
	struct netdev_naming_altnames arg;
	struct netdev_naming_info info;
	char names[64];

	ASSERT_EQ(0, altnames(self->fd, &arg, NULL, 0));
	EXPECT_EQ(0, arg.length);
	EXPECT_EQ(0, arg.count);

	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-first"));
	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-second-name"));
	ASSERT_EQ(0, altnames(self->fd, &arg, names, sizeof(names)));
	EXPECT_EQ(2, arg.count);
	ASSERT_EQ(sizeof(expected), arg.length);
	EXPECT_EQ(0, memcmp(expected, names, sizeof(expected)));
	ASSERT_EQ(0, handle_info(self->fd, NETDEV_NAMING_INFO_ALTNAMES, &info));
	EXPECT_EQ(2, info.altnames_count);
	EXPECT_EQ(sizeof(expected), info.altnames_len);
}

TEST_F(info, altnames_emsgsize)
{
	struct netdev_naming_altnames arg;
	char names[16] = "";

	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-first"));
	EXPECT_EQ(EMSGSIZE, altnames(self->fd, &arg, names, sizeof("nn-first") - 1));
	EXPECT_EQ(sizeof("nn-first"), arg.length);
	EXPECT_EQ(1, arg.count);
	EXPECT_STREQ("", names);
	EXPECT_EQ(0, altnames(self->fd, &arg, names, arg.length));
	EXPECT_STREQ("nn-first", names);
}

TEST_F(info, altnames_efault)
{
	struct netdev_naming_altnames arg;

	ASSERT_EQ(0, link_add_altname(self->ifindex, "nn-first"));
	EXPECT_EQ(EFAULT, altnames(self->fd, &arg, NULL, 100));
}

/* More than a page of names. */
TEST_F(info, altnames_100)
{
	struct netdev_naming_altnames arg;
	static char names[100 * 128];
	char name[128];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "nn-%0100d", i);
		ASSERT_EQ(0, link_add_altname(self->ifindex, name));
	}
	ASSERT_EQ(0, altnames(self->fd, &arg, names, sizeof(names)));
	EXPECT_EQ(100, arg.count);
	EXPECT_EQ(100 * 104, arg.length);
	EXPECT_STREQ(name, names + 99 * 104);
}

TEST_HARNESS_MAIN
