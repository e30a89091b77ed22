// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which NIC has which name: one function of what is known about all NICs.
 *
 * The udev helper, `netdevname list`, `roles test` and `altnames --sync` all ask it,
 * and the rules only carry out what it says. It reads nothing and changes nothing.
 *
 * A link has one winner, and only the winner claims it:
 *  - a failover master goes before the NICs below it;
 *  - once coldplug is over, who holds a link keeps it: a NIC that comes later with the
 *    same address, label or serial number is reported, not obeyed;
 *  - else it is the order of precedes(): what is built in before what is plugged in,
 *    then by place. So the result does not depend on the order of probing.
 */
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "facts.hpp"
#include "role.hpp"
#include "state.hpp"

namespace naming
{

struct machine {
	std::vector<nic_facts> nics; /* on hardware, in any order */
	std::vector<std::string> other_names; /* of all other NICs */
	std::vector<role> roles;
	std::vector<nic_facts> recorded; /* of the kept snapshot */
	std::map<std::string, role_holder> holders; /* of the kept snapshot, by role */
	std::set<std::string> reserved; /* names that .link and .netdev files give */
	state kept;
	bool settled = false; /* coldplug is over */
};

/* Of the NIC with the same index in machine::nics. */
struct outcome {
	std::set<std::string> links; /* "by-mac/…", without by-name and by-former */
	std::vector<std::string> roles, former; /* sorted; latest first */
	std::set<std::string> altnames; /* that it shall have from us */
};

struct conflict {
	std::string link;
	std::size_t winner;
	std::vector<std::size_t> losers;
};

/* A name that a NIC does not get although it was to have it. */
struct refusal {
	std::string name; /* "by-role/uplink", or an alternative name */
	std::size_t nic;
	std::string reason;
};

struct decision {
	std::vector<outcome> nics;
	std::vector<conflict> conflicts; /* by link */
	std::vector<refusal> refusals;
};

decision decide(const machine &all);

/*
 * Enters into @kept what @result gives to @self, and takes that from the NICs that had
 * it. Returns the indexes of the NICs whose events have to be handled again. One that
 * is not in @kept has not been here yet, and will see what is left.
 */
std::vector<unsigned int> enter(state &kept, const machine &all, const decision &result,
				std::size_t self);

/* The same when a NIC is gone, or when only looking after the others. */
std::vector<unsigned int> enter(state &kept, const machine &all, const decision &result);

/* What has to be done to the alternative names of one NIC. */
struct altname_change {
	unsigned int ifindex;
	std::set<std::string> remove, add;
};

/*
 * @present: the alternative names of each NIC, by index. Removed is only what @kept says
 * that we set. All removals have to be made before the first addition.
 */
std::vector<altname_change>
plan_altnames(const machine &all, const decision &result,
	      const std::map<unsigned int, std::set<std::string>> &present);

} // namespace naming
