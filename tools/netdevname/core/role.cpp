// SPDX-License-Identifier: GPL-2.0-or-later
#include "role.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace naming
{

namespace
{

bool fits(const std::string &pattern, const std::string &value)
{
	return fnmatch(pattern.c_str(), value.c_str(), 0) == 0;
}

std::string find(const std::map<std::string, std::string> &map, const std::string &key)
{
	const auto found = map.find(key);

	return found == map.end() ? std::string() : found->second;
}

bool fits_property(const std::string &pattern, const properties &props)
{
	const std::size_t equals = pattern.find('=');
	const auto found = props.find(pattern.substr(0, equals));

	return found != props.end() && fits(pattern.substr(equals + 1), found->second);
}

bool fits_one(const condition &c, const std::string &pattern, const nic_facts &nic)
{
	/* What a NIC lacks matches nothing, not even "*". */
	const auto present = [&](const std::string &value) {
		return !value.empty() && fits(pattern, value);
	};

	switch (c.subject) {
	case condition::key::path:
		return present(find(nic.props, "ID_PATH"));
	case condition::key::driver:
		return present(nic.driver);
	case condition::key::permanent_mac:
		return pattern == nic.mac;
	case condition::key::type:
		return present(nic.type);
	case condition::key::property:
		return fits_property(pattern, nic.props);
	case condition::key::label:
		return present(nic.label);
	case condition::key::slot:
		return present(find(nic.props, "ID_NET_NAME_SLOT"));
	case condition::key::onboard_index:
		return pattern == nic.onboard_index;
	case condition::key::port_name:
		return present(nic.port_name);
	}
	return false;
}

bool holds(const condition &c, const nic_facts &nic)
{
	const bool any =
		std::any_of(c.patterns.begin(), c.patterns.end(),
			    [&](const std::string &pattern) { return fits_one(c, pattern, nic); });

	return any != c.inverted;
}

} // namespace

std::size_t alternative_of(const role &r, const nic_facts &nic)
{
	const auto fits_all = [&](const std::vector<condition> &conditions) {
		return std::all_of(conditions.begin(), conditions.end(),
				   [&](const condition &c) { return holds(c, nic); });
	};
	const auto found = std::find_if(r.alternatives.begin(), r.alternatives.end(), fits_all);

	return found == r.alternatives.end() ? no_alternative : found - r.alternatives.begin();
}

std::vector<std::size_t> claimants_of(const role &r, const std::vector<nic_facts> &nics)
{
	std::vector<std::size_t> found;
	std::size_t best = no_alternative;

	for (std::size_t i = 0; i < nics.size(); i++) {
		const std::size_t here = alternative_of(r, nics[i]);

		if (here < best)
			found.clear();
		best = std::min(best, here);
		if (here != no_alternative && here == best)
			found.push_back(i);
	}
	std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
		return precedes(nics[a].order, nics[b].order);
	});
	return found;
}

void assign_roles(const std::vector<role> &roles, std::vector<nic_facts> &nics, std::size_t except)
{
	std::vector<nic_facts> present;
	std::vector<std::size_t> index;

	for (std::size_t i = 0; i < nics.size(); i++) {
		nics[i].order.roles.clear();
		if (i == except)
			continue;
		present.push_back(nics[i]);
		index.push_back(i);
	}
	for (const role &r : roles)
		for (std::size_t i : claimants_of(r, present))
			nics[index[i]].order.roles.push_back(r.name);
	for (nic_facts &nic : nics)
		std::sort(nic.order.roles.begin(), nic.order.roles.end());
}

} // namespace naming
