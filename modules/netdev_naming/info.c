// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "netdev_naming.h"

/* What only rtnetlink can tell. */
#define NN_INFO_ASK	(NETDEV_NAMING_INFO_PORT_NAME | NETDEV_NAMING_INFO_PORT_ID |	\
			 NETDEV_NAMING_INFO_SWITCH_ID | NETDEV_NAMING_INFO_ALTNAMES)

#define NN_INFO_ALL	(NN_INFO_ASK |							\
			 NETDEV_NAMING_INFO_NAME | NETDEV_NAMING_INFO_ADDR |		\
			 NETDEV_NAMING_INFO_PERM_ADDR | NETDEV_NAMING_INFO_TYPE |	\
			 NETDEV_NAMING_INFO_KIND | NETDEV_NAMING_INFO_DEVTYPE |		\
			 NETDEV_NAMING_INFO_PARENT | NETDEV_NAMING_INFO_DRIVER |	\
			 NETDEV_NAMING_INFO_DEV_PORT | NETDEV_NAMING_INFO_NETNS)

struct nn_info {
	struct netdev_naming_info *out;
	u64 wanted;
};

static bool nn_info_wants(const struct nn_info *info, u64 field)
{
	return info->wanted & field;
}

static void nn_info_string(struct nn_info *info, u64 field, char *dst, size_t size,
			   const char *src)
{
	if (!nn_info_wants(info, field) || !*src)
		return;
	strscpy(dst, src, size);
	info->out->fields |= field;
}

/*
 * An address may change while it is read, as nothing but RTNL keeps it from
 * that: two equal readings in a row are one address, not half of each.
 */
static void nn_info_read_address(u8 *dst, const struct net_device *netdev, unsigned int len)
{
	u8 again[MAX_ADDR_LEN];

	do {
		/* Half of each is what the comparison is for. */
		data_race(memcpy(dst, netdev->dev_addr, len));
		barrier();
		/* As above. */
		data_race(memcpy(again, netdev->dev_addr, len));
	} while (memcmp(dst, again, len));
}

static void nn_info_addresses(struct nn_info *info, const struct net_device *netdev)
{
	struct netdev_naming_info *out = info->out;
	/* A bond without ports takes over type and length of its first one. */
	unsigned int len = READ_ONCE(netdev->addr_len);

	if (!len)
		return;
	if (nn_info_wants(info, NETDEV_NAMING_INFO_ADDR)) {
		nn_info_read_address(out->addr, netdev, len);
		out->addr_assign_type = READ_ONCE(netdev->addr_assign_type);
		out->addr_len = len;
		out->fields |= NETDEV_NAMING_INFO_ADDR;
	}
	if (nn_info_wants(info, NETDEV_NAMING_INFO_PERM_ADDR) &&
	    memchr_inv(netdev->perm_addr, 0, len)) {
		memcpy(out->perm_addr, netdev->perm_addr, len);
		out->addr_len = len;
		out->fields |= NETDEV_NAMING_INFO_PERM_ADDR;
	}
}

static void nn_info_numbers(struct nn_info *info, const struct net_device *netdev)
{
	struct netdev_naming_info *out = info->out;

	if (nn_info_wants(info, NETDEV_NAMING_INFO_TYPE)) {
		out->link_type = READ_ONCE(netdev->type);
		out->fields |= NETDEV_NAMING_INFO_TYPE;
	}
	if (nn_info_wants(info, NETDEV_NAMING_INFO_DEV_PORT)) {
		out->dev_port = netdev->dev_port;
		out->dev_id = netdev->dev_id;
		out->fields |= NETDEV_NAMING_INFO_DEV_PORT;
	}
}

static void nn_info_fixed(struct nn_info *info, const struct nn_fixed *fixed)
{
	struct netdev_naming_info *out = info->out;

	nn_info_string(info, NETDEV_NAMING_INFO_KIND, out->kind, sizeof(out->kind), fixed->kind);
	nn_info_string(info, NETDEV_NAMING_INFO_DEVTYPE, out->devtype, sizeof(out->devtype),
		       fixed->devtype);
	nn_info_string(info, NETDEV_NAMING_INFO_DRIVER, out->driver, sizeof(out->driver),
		       fixed->driver);
	nn_info_string(info, NETDEV_NAMING_INFO_PARENT, out->parent_name,
		       sizeof(out->parent_name), fixed->parent_name);
	if (out->fields & NETDEV_NAMING_INFO_PARENT)
		strscpy(out->parent_bus, fixed->parent_bus, sizeof(out->parent_bus));
}

/* What is always there. */
static void nn_info_start(struct nn_info *info, const struct nn_nic *nic)
{
	struct netdev_naming_info *out = info->out;

	lockdep_assert_held(&nn_lock);
	memset(out, 0, sizeof(*out));
	out->id = nic->id;
	out->generation = nic->generation;
	out->relation = nic->here ? NETDEV_NAMING_RELATION_INITIAL : NETDEV_NAMING_RELATION_MOVED;
}

/* @nic->netdev is there. */
static void nn_info_fill(struct nn_info *info, const struct nn_nic *nic, const char *name,
			 unsigned int ifindex, const struct net *net)
{
	struct netdev_naming_info *out = info->out;

	lockdep_assert_held(&nn_lock);
	nn_info_start(info, nic);
	nn_info_string(info, NETDEV_NAMING_INFO_NAME, out->name, sizeof(out->name), name);
	if (out->fields & NETDEV_NAMING_INFO_NAME)
		out->ifindex = ifindex;
	if (nn_info_wants(info, NETDEV_NAMING_INFO_NETNS)) {
		out->netns_ino = net->ns.inum;
		out->fields |= NETDEV_NAMING_INFO_NETNS;
	}
	nn_info_addresses(info, nic->netdev);
	nn_info_numbers(info, nic->netdev);
	nn_info_fixed(info, &nic->fixed);
}

static u8 nn_info_port(struct nn_info *info, u64 field, u8 *dst, const struct nlmsghdr *head,
		       int attrtype)
{
	const struct nlattr *attr = nlmsg_find_attr(head, sizeof(struct ifinfomsg), attrtype);

	if (!nn_info_wants(info, field) || !attr || !nla_len(attr) ||
	    nla_len(attr) > NETDEV_NAMING_PORT_SIZE)
		return 0;
	memcpy(dst, nla_data(attr), nla_len(attr));
	info->out->fields |= field;
	return nla_len(attr);
}

static void nn_info_ports(struct nn_info *info, const struct nlmsghdr *head)
{
	struct netdev_naming_info *out = info->out;
	const struct nlattr *attr;

	out->phys_port_id_len = nn_info_port(info, NETDEV_NAMING_INFO_PORT_ID, out->phys_port_id,
					     head, IFLA_PHYS_PORT_ID);
	out->phys_switch_id_len = nn_info_port(info, NETDEV_NAMING_INFO_SWITCH_ID,
					       out->phys_switch_id, head, IFLA_PHYS_SWITCH_ID);
	attr = nlmsg_find_attr(head, sizeof(struct ifinfomsg), IFLA_PHYS_PORT_NAME);
	if (attr && strnlen(nla_data(attr), nla_len(attr)) < nla_len(attr) &&
	    nla_len(attr) <= sizeof(out->phys_port_name))
		nn_info_string(info, NETDEV_NAMING_INFO_PORT_NAME, out->phys_port_name,
			       sizeof(out->phys_port_name), nla_data(attr));
}

static int nn_info_answer(struct nn_nic *nic, const struct nn_place *place,
			  const struct nlmsghdr *head, void *arg)
{
	struct nn_altnames altnames = {};
	struct nn_info *info = arg;
	const struct nlattr *name;
	int err;

	name = nlmsg_find_attr(head, sizeof(struct ifinfomsg), IFLA_IFNAME);
	if (!name || strnlen(nla_data(name), nla_len(name)) == nla_len(name))
		return -EPROTO;
	err = nn_altnames_read(nic, place, head, &altnames);
	if (err)
		return err;

	raw_spin_lock(&nn_lock);
	if (nn_place_valid(nic, place)) {
		nn_info_fill(info, nic, nic->here ? nic->name : nla_data(name), place->ifindex,
			     place->net);
		nn_info_ports(info, head);
		if (nn_info_wants(info, NETDEV_NAMING_INFO_ALTNAMES)) {
			info->out->altnames_len = altnames.length;
			info->out->altnames_count = altnames.count;
			info->out->fields |= NETDEV_NAMING_INFO_ALTNAMES;
		}
	} else {
		err = -EAGAIN;
	}
	raw_spin_unlock(&nn_lock);
	kfree(altnames.names);
	return err;
}

/* Returns false if rtnetlink has to be asked. */
static bool nn_info_try_known(struct nn_info *info, const struct nn_nic *nic)
{
	bool known;

	raw_spin_lock(&nn_lock);
	known = nic->netdev && nic->here && !nn_info_wants(info, NN_INFO_ASK);
	if (known)
		nn_info_fill(info, nic, nic->name, nic->ifindex, &init_net);
	raw_spin_unlock(&nn_lock);
	return known;
}

/* rtnetlink may not be asked: report only that the NIC moved, if it still is elsewhere. */
static int nn_info_elsewhere(struct nn_info *info, struct nn_nic *nic)
{
	int err = 0;

	raw_spin_lock(&nn_lock);
	if (!nic->netdev)
		err = -ENODEV;
	else if (nic->here)
		err = -EAGAIN;
	else
		nn_info_start(info, nic);
	raw_spin_unlock(&nn_lock);
	return err;
}

int nn_info_get(struct waymark_ioctl_call *call)
{
	struct nn_nic *nic = nn_call_reader(call)->nic;
	struct nn_info info = { .out = call->arg };
	unsigned int tries = NN_ASK_MAX;
	int err;

	if (memchr_inv(info.out->__reserved, 0, sizeof(info.out->__reserved)))
		return -EINVAL;
	if (info.out->fields & ~NN_INFO_ALL)
		return -EOPNOTSUPP;
	info.wanted = info.out->fields ?: NN_INFO_ALL;

	do {
		if (nn_info_try_known(&info, nic))
			return 0;
		err = nn_rtnetlink_ask(nic, call->file, nn_info_answer, &info);
		if (err == -EACCES)
			err = nn_info_elsewhere(&info, nic);
	} while (err == -EAGAIN && --tries);
	return err;
}
