// SPDX-License-Identifier: GPL-2.0-or-later
#include "nic.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "encode.hpp"
#include "waymark/error.hpp"
#include "waymark/hex.hpp"

namespace naming
{

namespace
{

using getter = const std::uint8_t *(*)(const struct netdevname_info *, size_t *);

std::string bytes_of(const struct netdevname_info *info, getter get)
{
	size_t len = 0;
	const std::uint8_t *bytes = get(info, &len);

	return format_bytes(bytes, len);
}

} // namespace

std::string format_bytes(const std::uint8_t *bytes, std::size_t len)
{
	return waymark::hex_bytes(bytes, len, ":");
}

std::string reason_of(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return "no such name";
	case ENOTTY:
	case EISDIR:
		return "not the node of a network device";
	case ENODEV:
		return "the network device is gone";
	case ENXIO:
		return "the netdev_naming module is not loaded";
	case EPERM:
		return "only visible in the initial network namespace";
	default:
		return std::system_category().message(errnum);
	}
}

std::string escaped_link(const std::string &name)
{
	static const std::string directory = "/dev/netdev/";
	const std::size_t begin = name.compare(0, directory.size(), directory) == 0 ? directory.size() : 0;
	const std::size_t slash = name.find('/', begin);

	if (name.compare(begin, 3, "by-") != 0 || slash == std::string::npos ||
	    is_plain(name.substr(slash + 1)))
		return {};
	const std::string component = encode(name.substr(slash + 1));
	return component.empty() ? std::string() : name.substr(0, slash + 1) + component;
}

int missing_reason(int errnum)
{
	return errnum == ENOENT && access("/dev/netdev/control", F_OK) ? ENXIO : errnum;
}

nic nic::open(const std::string &name)
{
	nic opened(netdevname_open(name.c_str()));
	const int errnum = missing_reason(errno);

	if (!opened && errnum == ENOENT)
		if (const std::string escaped = escaped_link(name); !escaped.empty())
			opened = nic(netdevname_open(escaped.c_str()));
	if (!opened)
		throw waymark::error(name, reason_of(errnum));
	return opened;
}

int nic::try_info(nic_info &info) const
{
	std::unique_ptr<struct netdevname_info, decltype(&netdevname_info_free)> raw(
		netdevname_get_info(get()), &netdevname_info_free);

	if (!raw)
		return errno;
	info.id = netdevname_info_id(raw.get());
	info.generation = netdevname_info_generation(raw.get());
	info.netns = netdevname_info_netns(raw.get());
	info.ifindex = netdevname_info_ifindex(raw.get());
	info.link_type = netdevname_info_link_type(raw.get());
	info.dev_port = netdevname_info_dev_port(raw.get());
	info.dev_id = netdevname_info_dev_id(raw.get());
	info.address_type = netdevname_info_address_type(raw.get());
	info.moved = netdevname_info_moved(raw.get());
	info.name = netdevname_info_name(raw.get());
	info.driver = netdevname_info_driver(raw.get());
	info.kind = netdevname_info_kind(raw.get());
	info.devtype = netdevname_info_devtype(raw.get());
	info.parent_bus = netdevname_info_parent_bus(raw.get());
	info.parent_name = netdevname_info_parent_name(raw.get());
	info.port_name = netdevname_info_port_name(raw.get());
	info.address = bytes_of(raw.get(), netdevname_info_address);
	info.permanent_address = bytes_of(raw.get(), netdevname_info_permanent_address);
	info.port_id = bytes_of(raw.get(), netdevname_info_port_id);
	info.switch_id = bytes_of(raw.get(), netdevname_info_switch_id);
	return 0;
}

nic_info nic::info(const std::string &object) const
{
	nic_info info;

	if (const int errnum = try_info(info))
		throw waymark::error(object, reason_of(errnum));
	return info;
}

std::vector<std::string> nic::altnames(const std::string &object) const
{
	size_t count = 0;
	std::unique_ptr<char *, decltype(&std::free)> raw(netdevname_get_altnames(get(), &count),
							  &std::free);

	if (!raw)
		throw waymark::error(object, reason_of(errno));
	return std::vector<std::string>(raw.get(), raw.get() + count);
}

std::vector<nic_entry> to_entries(const struct netdevname_list *list)
{
	std::vector<nic_entry> entries;

	for (std::size_t i = 0; i < netdevname_list_count(list); i++)
		entries.push_back({netdevname_list_id(list, i), netdevname_list_ifindex(list, i),
				   netdevname_list_name(list, i)});
	return entries;
}

std::vector<nic_entry> list_nics()
{
	std::unique_ptr<struct netdevname_list, decltype(&netdevname_list_free)> list(
		netdevname_list_new(), &netdevname_list_free);

	if (!list)
		throw waymark::error("/dev/netdev/control", reason_of(errno));
	return to_entries(list.get());
}

} // namespace naming
