// SPDX-License-Identifier: GPL-2.0-or-later
/* Which NIC of one snapshot is which NIC of another, and what moved. */
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "facts.hpp"

namespace naming
{

inline constexpr std::size_t none = static_cast<std::size_t>(-1);

struct pairing {
	std::size_t before = none; /* index; none: the NIC is new */
	std::size_t after = none;  /* index; none: the NIC is gone */
	std::string by;		   /* the identity that tells: "mac" */
};

/*
 * Identities of a NIC, the surest first: "id", "mac", "label", "onboard", "slot",
 * "port", "path". The first one that both sides have exactly once decides.
 */
std::vector<pairing> pair_nics(const std::vector<nic_facts> &before,
			       const std::vector<nic_facts> &after);

struct change {
	std::string identity;
	std::string before, after; /* empty: there was, or is, none */
};

/* The identities, and the name, in which the two differ. */
std::vector<change> changes_between(const nic_facts &before, const nic_facts &after);

/*
 * Sets former of every NIC of @after: the names that @before gives it, the latest
 * first, but none that is a name of another NIC now, or that two NICs had.
 */
void carry_former(const std::vector<nic_facts> &before, std::vector<nic_facts> &after);

} // namespace naming
