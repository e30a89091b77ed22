// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who wins when several NICs claim one name: always the same one.
 *
 * The order is that of where a NIC is plugged in, never that of probing.
 */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace naming
{

/* Compares runs of hexadecimal digits by value: "1.0" < "a.0" < "10.0". */
int compare_natural(std::string_view a, std::string_view b);

/*
 * Where the device of a NIC is plugged in, from the sysfs path of the NIC or of
 * anything below it: "/sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0" is at
 * "pci0000:00/0000:00:03.0". What depends on the order of probing (virtio0) is
 * left out. Empty for virtual NICs.
 */
std::string location_of(std::string_view syspath);

/* What decides between NICs. */
struct claimant {
	std::uint64_t id = 0; /* of the module, unique */
	/* What anybody can plug in comes after what is built in. */
	bool removable = false;
	std::string location;
	unsigned int dev_port = 0;
	unsigned int dev_id = 0;
	std::string mac; /* permanent; empty if none */
	unsigned int ifindex = 0;
};

/* True if @a wins against @b. */
bool precedes(const claimant &a, const claimant &b);

} // namespace naming
