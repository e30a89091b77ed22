// SPDX-License-Identifier: GPL-2.0-or-later
/* The names that one NIC claims: what the udev rules turn into links. */
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nic.hpp"
#include "order.hpp"

namespace naming
{

/* Properties of the NIC as udev knows them: ID_PATH, ID_NET_NAME_SLOT … */
using properties = std::map<std::string, std::string>;

/*
 * Kind → component, encoded: "mac" → "52:54:00:12:34:56". Only what the hardware
 * tells; by-name, by-role and by-former come from elsewhere. Empty for a virtual NIC.
 *
 * "port" has the number of the port, which a driver never changes; "port_name" has
 * the name that some drivers give it besides. Both become links in by-port.
 *
 * @serial: serial number of the PCI function, empty if it has none.
 */
std::map<std::string, std::string> claims_of(const nic_info &info, const properties &props,
					     const std::string &serial);

/* "by-port/…" for a kind and a component of claims_of(). */
std::string link_of(const std::string &kind, const std::string &component);

/* What claims_of() needs from sysfs, of the NIC that is now called @name. */
struct placement {
	std::string syspath;  /* of the network device; empty if it is another one by now */
	std::string location; /* empty: virtual */
	std::string label;    /* of the firmware; empty if none */
	std::string onboard_index; /* of the firmware; empty if none */
	bool removable = false;
};
placement place_of(const std::string &name, unsigned int ifindex, const std::string &sysfs = "/sys");

/* Indexes of the network devices that the one at @syspath sits on. */
std::vector<unsigned int> lowers_of(const std::string &syspath);

claimant claimant_of(const nic_info &info, const placement &place);

/* The permanent address, if it is one that identifies hardware; else empty. */
std::string hardware_mac(const nic_info &info);

/*
 * Device Serial Number capability of a PCI function; empty if it has none. @read
 * returns @len bytes of configuration space from @at, or less where it ends. It is
 * asked for the headers of the list and for the number, and for nothing else.
 */
using config_reader = std::function<std::string(unsigned int at, std::size_t len)>;
std::string pci_serial(const config_reader &read);

/* Of the function at @location; reading wakes a sleeping device. */
std::string serial_of(const std::string &location, const std::string &sysfs = "/sys");

/*
 * True if @serial is made of @mac or of a neighbour of it, as on cards whose number
 * is their first address: it then tells nothing that is not readable by all anyway.
 */
bool is_made_of(const std::string &serial, const std::string &mac);

} // namespace naming
