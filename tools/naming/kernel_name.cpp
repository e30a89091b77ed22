// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_name.hpp"

#include <linux/netdev_naming.h>

#include "waymark/error.hpp"
#include "waymark/fd.hpp"
#include "waymark/ioctl.hpp"

namespace naming
{

namespace
{

/* Empty if there is no such NIC. */
waymark::fd open_by_name(const std::string &name)
{
	struct netdev_naming_open_by_name arg = {};

	if (name.size() >= sizeof(arg.name))
		return {};
	name.copy(arg.name, sizeof(arg.name) - 1);
	try {
		const waymark::fd control = waymark::fd::open("/dev/netdev/control");

		if (waymark::try_ioctl(control, NETDEV_NAMING_IOC_OPEN_BY_NAME, arg))
			return {};
	} catch (const waymark::error &) {
		return {};
	}
	return waymark::fd(arg.fd);
}

} // namespace

unsigned int holder_of(const std::string &name)
{
	const waymark::fd handle = open_by_name(name);
	struct netdev_naming_info info = {};

	info.fields = NETDEV_NAMING_INFO_NAME;
	if (!handle || waymark::try_ioctl(handle, NETDEV_NAMING_IOC_GET_INFO, info))
		return 0;
	return info.ifindex;
}

} // namespace naming
