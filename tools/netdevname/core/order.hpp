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

/* What decides between NICs, and what they can collide in. */
struct claimant {
	std::uint64_t id = 0; /* of the module, unique */
	std::string location;
	unsigned int dev_port = 0;
	unsigned int dev_id = 0;
	std::string mac;   /* permanent; empty if none */
	std::string label; /* from firmware; empty if none */
	unsigned int ifindex = 0;
	std::vector<std::string> roles; /* that it matches, sorted */
};

/* True if @a and @b claim at least one name both. */
bool collide(const claimant &a, const claimant &b);

/* True if @a wins against @b. */
bool precedes(const claimant &a, const claimant &b);

/* The number of NICs among @all that collide with @nic and win against it. */
unsigned int rank_of(const claimant &nic, const std::vector<claimant> &all);

} // namespace naming
