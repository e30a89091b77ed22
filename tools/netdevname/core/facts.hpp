// SPDX-License-Identifier: GPL-2.0-or-later
/* What identifies a NIC on hardware, as it is here or as a snapshot recorded it. */
#pragma once

#include <map>
#include <string>
#include <vector>

#include "claims.hpp"
#include "waymark/json.hpp"

namespace naming
{

struct nic_facts {
	std::string name; /* of the kernel, at the time of recording */
	unsigned int ifindex = 0;
	std::string driver;
	std::string type; /* as Type= of systemd.link(5): "ether", "wlan" … */
	std::string mac;  /* permanent; empty if none */
	std::string port_name;
	std::string onboard_index; /* of the firmware; empty if none */
	std::string label;	   /* of the firmware, as it is */
	claimant order;		   /* decides between NICs */
	std::map<std::string, std::string> links; /* claims_of() */
	properties props;			  /* ID_* of udev */
	std::vector<std::string> former; /* names of earlier snapshots, latest first */
};

/* @info and @props at @place; @props may hold more than ID_*, which is dropped. */
nic_facts facts_of(const nic_info &info, const properties &props, const placement &place);

/* All NICs on hardware that udev has handled, in the order of precedes(). */
std::vector<nic_facts> gather_facts();

/* The "Type" of systemd.link(5) for an ARPHRD_* number and a DEVTYPE. */
std::string type_of(unsigned int link_type, const std::string &devtype);

waymark::json to_json(const nic_facts &facts);

} // namespace naming
