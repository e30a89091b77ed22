// SPDX-License-Identifier: GPL-2.0-or-later
#include "altname_plan.hpp"

#include <set>

#include "waymark/rtnl.hpp"

namespace naming
{

altname_plan plan_altnames(const std::vector<std::string> &links,
			   const std::vector<std::string> &present)
{
	const std::set<std::string> have(present.begin(), present.end());
	std::set<std::string> want;
	altname_plan plan;

	for (std::string link : links) {
		const std::size_t slash = link.find('/');

		if (slash == std::string::npos || link.compare(0, 3, "by-") != 0 ||
		    link.compare(0, slash, "by-name") == 0)
			continue;
		link[slash] = '-';
		if (waymark::rtnl::is_valid_altname(link))
			want.insert(link);
	}
	for (const std::string &name : want)
		if (!have.count(name))
			plan.add.push_back(name);
	for (const std::string &name : have)
		if (name.compare(0, 3, "by-") == 0 && !want.count(name))
			plan.remove.push_back(name);
	return plan;
}

} // namespace naming
