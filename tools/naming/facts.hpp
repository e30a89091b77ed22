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

	/* Not recorded in snapshots: */
	bool switch_port = false;
	std::vector<unsigned int> lowers; /* indexes of the NICs that it sits on */
	unsigned int master = 0; /* index of its failover master; see find_masters() */
	std::vector<std::string> wanted; /* names that udev would give it */
};

/*
 * @info and @props at @place; @props may hold more than ID_*, which is dropped.
 * @serial: see claims_of().
 */
nic_facts facts_of(const nic_info &info, const properties &props, const placement &place,
		   const std::string &serial = "");

/*
 * Tells the NICs apart that sit on other NICs of @nics. A failover master (virtio,
 * Hyper-V) is on hardware and has a lower of its own address: it is the one to be
 * configured, its lowers get it as master. What else sits on another NIC has borrowed
 * its address, and loses it here: a port of a switch, say.
 */
void find_masters(std::vector<nic_facts> &nics);

/*
 * All NICs on hardware, in the order of precedes(), after find_masters(). Their ID_* is
 * what udev has found out about the network device.
 *
 * @ids: component of by-id of PCI functions by index, as found out earlier. Without one
 * a function has no such link: nobody's configuration space is read here.
 * @others: if not null, the names of all other NICs.
 */
std::vector<nic_facts> gather_facts(const std::map<unsigned int, std::string> &ids,
				    std::vector<std::string> *others = nullptr);

/* The "Type" of systemd.link(5) for an ARPHRD_* number and a DEVTYPE. */
std::string type_of(unsigned int link_type, const std::string &devtype);

waymark::json to_json(const nic_facts &facts);

} // namespace naming
