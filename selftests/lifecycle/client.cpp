// SPDX-License-Identifier: GPL-2.0-only
/* The same from C++, whose rules for casts and enumerations are stricter. */
#include <cerrno>
#include <memory>

#include <linux/flex_array.h>
#include <netdevname.h>

int main()
{
	const std::unique_ptr<struct netdevname, decltype(&netdevname_close)> nic(
		netdevname_open("/dev/netdev/by-role/none"), &netdevname_close);

	return !nic && (errno == ENOENT || errno == ENXIO) ? 0 : 1;
}
