// SPDX-License-Identifier: GPL-2.0-only
#include "layouts.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

namespace fuzz
{

namespace
{

#define AT(type, member) offsetof(struct type, member), sizeof(type::member)

ioctl_layout info()
{
	const uint64_t some = NETDEV_NAMING_INFO_NAME | NETDEV_NAMING_INFO_PERM_ADDR;
	const uint64_t slow = NETDEV_NAMING_INFO_ALTNAMES | NETDEV_NAMING_INFO_PORT_ID;

	return {netdev_handle, "GET_INFO", NETDEV_NAMING_IOC_GET_INFO, sizeof(netdev_naming_info),
		{{role::choice, AT(netdev_naming_info, fields), {0, some, slow, (1 << 14) - 1}},
		 {role::output, AT(netdev_naming_info, id), {}},
		 {role::output, AT(netdev_naming_info, phys_port_id), {}}},
		{EAGAIN}};
}

ioctl_layout altnames()
{
	return {netdev_handle, "GET_ALTNAMES", NETDEV_NAMING_IOC_GET_ALTNAMES,
		sizeof(netdev_naming_altnames),
		{{role::pointer, AT(netdev_naming_altnames, names), {}},
		 {role::capacity, AT(netdev_naming_altnames, capacity), {0, 16, 256, 4096}},
		 {role::output, AT(netdev_naming_altnames, length), {}},
		 {role::must_be_zero, AT(netdev_naming_altnames, __reserved), {}}},
		{EMSGSIZE, EACCES, EAGAIN}};
}

ioctl_layout enumerate()
{
	return {netdev_control, "ENUMERATE", NETDEV_NAMING_IOC_ENUMERATE,
		sizeof(netdev_naming_enumerate),
		{{role::choice, AT(netdev_naming_enumerate, cursor), {0, 0, 0, 1, 4}},
		 {role::pointer, AT(netdev_naming_enumerate, entries), {}},
		 {role::capacity, AT(netdev_naming_enumerate, capacity), {1, 2, 4, 64}},
		 {role::stride, AT(netdev_naming_enumerate, entry_size), {40, 40, 48, 56, 64}},
		 {role::output, AT(netdev_naming_enumerate, count), {}}},
		{EAGAIN}};
}

ioctl_layout event_size(device_kind device)
{
	return {device, "SET_EVENT_SIZE", NETDEV_NAMING_IOC_SET_EVENT_SIZE,
		sizeof(netdev_naming_event_size),
		{{role::choice, AT(netdev_naming_event_size, event_size),
		  {200, 200, 208, 4096, 0, 199, 204, 4104}},
		 {role::must_be_zero, AT(netdev_naming_event_size, __reserved), {}}},
		{EAGAIN}};
}

ioctl_layout open_by_ifindex()
{
	return {netdev_control, "OPEN_BY_IFINDEX", NETDEV_NAMING_IOC_OPEN_BY_IFINDEX,
		sizeof(netdev_naming_open_by_ifindex),
		{{role::nic, AT(netdev_naming_open_by_ifindex, ifindex), {1, 2, 3, 4, 5, 20, 100}},
		 {role::descriptor, AT(netdev_naming_open_by_ifindex, fd), {}}},
		{ENOENT, EMFILE, ENFILE}};
}

ioctl_layout open_by_name()
{
	return {netdev_control, "OPEN_BY_NAME", NETDEV_NAMING_IOC_OPEN_BY_NAME,
		sizeof(netdev_naming_open_by_name),
		{{role::text, AT(netdev_naming_open_by_name, name), {}},
		 {role::descriptor, AT(netdev_naming_open_by_name, fd), {}},
		 {role::must_be_zero, AT(netdev_naming_open_by_name, __reserved), {}}},
		{ENOENT, EMFILE, ENFILE}};
}

ioctl_layout open_by_id()
{
	return {netdev_control, "OPEN_BY_ID", NETDEV_NAMING_IOC_OPEN_BY_ID,
		sizeof(netdev_naming_open_by_id),
		{{role::choice, AT(netdev_naming_open_by_id, id), {0, 1, 2, 3, 4, 5, 20, 100}},
		 {role::descriptor, AT(netdev_naming_open_by_id, fd), {}},
		 {role::must_be_zero, AT(netdev_naming_open_by_id, __reserved), {}}},
		{ENOENT, EMFILE, ENFILE}};
}

ioctl_layout symbol_info()
{
	return {symbols, "symbol INFO", SYMBOL_INDEX_IOC_INFO, sizeof(symbol_index_info),
		{{role::output, AT(symbol_index_info, generation), {}}}, {}};
}

ioctl_layout lookup()
{
	return {symbols, "LOOKUP", SYMBOL_INDEX_IOC_LOOKUP, sizeof(symbol_index_lookup),
		{{role::text_pointer, AT(symbol_index_lookup, name), {}},
		 {role::pointer, AT(symbol_index_lookup, buffer), {}},
		 {role::capacity, AT(symbol_index_lookup, buffer_size), {0, 31, 64, 256, 1024}},
		 {role::output, AT(symbol_index_lookup, length), {}}},
		{ENOENT, EMSGSIZE, ENAMETOOLONG}};
}

ioctl_layout list()
{
	return {symbols, "symbol LIST", SYMBOL_INDEX_IOC_LIST, sizeof(symbol_index_list),
		{{role::text_pointer, AT(symbol_index_list, prefix), {}},
		 {role::text_pointer, AT(symbol_index_list, owner), {}},
		 {role::text_pointer, AT(symbol_index_list, after), {}},
		 {role::pointer, AT(symbol_index_list, buffer), {}},
		 {role::capacity, AT(symbol_index_list, buffer_size), {0, 64, 512, 4096}},
		 {role::output, AT(symbol_index_list, length), {}},
		 {role::output, AT(symbol_index_list, count), {}},
		 {role::output, AT(symbol_index_list, status), {}}},
		{EMSGSIZE, ENAMETOOLONG}};
}

ioctl_layout snapshot()
{
	return {symbols, "SNAPSHOT", SYMBOL_INDEX_IOC_SNAPSHOT, sizeof(symbol_index_snapshot),
		{{role::output, AT(symbol_index_snapshot, snapshot_size), {}}},
		{EDQUOT, EAGAIN}};
}

ioctl_layout array_info()
{
	return {arrays, "array INFO", FLEX_ARRAY_IOC_INFO, sizeof(flex_array_info),
		{{role::choice, AT(flex_array_info, id), {0, 1, 2, 3, 4, 5}},
		 {role::output, AT(flex_array_info, reserved), {}}},
		{ENOENT}};
}

ioctl_layout array_list()
{
	return {arrays, "array LIST", FLEX_ARRAY_IOC_LIST, sizeof(flex_array_list),
		{{role::choice, AT(flex_array_list, cursor), {0, 0, 1, 3}},
		 {role::pointer, AT(flex_array_list, records), {}},
		 {role::stride, AT(flex_array_list, record_size),
		  {sizeof(flex_array_info), sizeof(flex_array_info), sizeof(flex_array_info) + 64}},
		 {role::capacity, AT(flex_array_list, capacity), {1, 2, 16}},
		 {role::output, AT(flex_array_list, count), {}},
		 {role::must_be_zero, AT(flex_array_list, reserved), {}}},
		{}};
}

} // namespace

const std::vector<ioctl_layout> &layouts()
{
	static const std::vector<ioctl_layout> all = {
		info(),	       altnames(), enumerate(), open_by_ifindex(),
		open_by_name(), open_by_id(), symbol_info(), lookup(),
		list(),	       snapshot(), array_info(), array_list(),
		event_size(netdev_control), event_size(netdev_handle)};

	return all;
}

bool documented(const ioctl_layout &made, unsigned long request, int error)
{
	static const std::vector<int> every = {EINVAL, E2BIG, EOPNOTSUPP, EFAULT, ENOMEM, EINTR};
	const ioctl_layout *called = &made;

	for (const ioctl_layout &one : layouts())
		if (one.device == made.device && one.request == request)
			called = &one;
	if (error == ENODEV)
		return made.device == netdev_handle;
	return std::count(every.begin(), every.end(), error) ||
	       std::count(called->errnos.begin(), called->errnos.end(), error);
}

const std::vector<std::string> &words(device_kind device)
{
	static const std::vector<std::string> nics = {"lo", "fuzz0", "fuzz1", "fuzz2", "dummy0",
						      "a-long-alternative-name", "if1", "eth0", ""};
	static const std::vector<std::string> names = {
		"_printk", "printk", "kfree", "kmalloc", "__kmalloc_noprof", "register_netdevice",
		"vmlinux", "flex_array", "symbol_index", "flex_array_get", "dev_", "_", "zlib_",
		std::string(600, 'x'), std::string(511, 'y'), "\xff\xfe", ""};

	return device == symbols ? names : nics;
}

const char *device_path(device_kind device)
{
	switch (device) {
	case netdev_control:
		return "/dev/netdev/control";
	case symbols:
		return "/dev/symbol_index";
	case arrays:
		return "/dev/flex_array";
	default:
		return nullptr;
	}
}

} // namespace fuzz
