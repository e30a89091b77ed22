// SPDX-License-Identifier: GPL-2.0-or-later
/* Which alternative names a NIC should have beside those of others. */
#pragma once

#include <string>
#include <vector>

namespace naming
{

struct altname_plan {
	std::vector<std::string> add, remove;
};

/*
 * @links: below /dev/netdev, that lead to the NIC; "by-path/X" becomes "by-path-X".
 * by-name says what the kernel knows anyway. @present: alternative names of now.
 * Only those that begin with "by-" are ours, and removed when outdated.
 */
altname_plan plan_altnames(const std::vector<std::string> &links,
			   const std::vector<std::string> &present);

} // namespace naming
