// SPDX-License-Identifier: GPL-2.0-or-later
/* The names that one NIC claims: what the udev rules turn into links. */
#pragma once

#include <map>
#include <string>

#include "nic.hpp"
#include "order.hpp"

namespace naming
{

/* Properties of the NIC as udev knows them: ID_PATH, ID_NET_NAME_SLOT … */
using properties = std::map<std::string, std::string>;

/*
 * Directory below /dev/netdev without its "by-" → component, encoded: "mac" →
 * "52:54:00:12:34:56". Only what the hardware tells; by-name, by-role and
 * by-former come from elsewhere. Empty for a virtual NIC.
 *
 * @serial: serial number of the PCI function, empty if it has none.
 * @stacked: the NIC sits on top of another one (see is_stacked()).
 */
std::map<std::string, std::string> claims_of(const nic_info &info, const properties &props,
					     const std::string &serial, bool stacked);

/* What claims_of() needs from sysfs, of the NIC that is now called if@ifindex. */
struct placement {
	std::string syspath;  /* of the network device; empty if it is gone */
	std::string location; /* empty: virtual */
	std::string label;    /* of the firmware; empty if none */
	std::string onboard_index; /* of the firmware; empty if none */
	std::string serial;   /* PCI device serial number; empty if none */
};
placement place_of(unsigned int ifindex, const std::string &sysfs = "/sys");

/* True if the network device at @syspath is one that borrows from a lower one. */
bool is_stacked(const std::string &syspath);

claimant claimant_of(const nic_info &info, const placement &place);

/* The permanent address, if it is one that identifies hardware; else empty. */
std::string hardware_mac(const nic_info &info, bool stacked);

/* Device Serial Number capability out of PCI configuration space; empty if none. */
std::string pci_serial(const std::string &config);

} // namespace naming
