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

} // namespace

bool matches(const role &r, const nic_facts &nic)
{
	return std::all_of(r.conditions.begin(), r.conditions.end(), [&](const condition &c) {
		const bool any =
			std::any_of(c.patterns.begin(), c.patterns.end(),
				    [&](const std::string &pattern) { return fits_one(c, pattern, nic); });

		return any != c.inverted;
	});
}

std::vector<std::size_t> claimants_of(const role &r, const std::vector<nic_facts> &nics)
{
	std::vector<std::size_t> found;

	for (std::size_t i = 0; i < nics.size(); i++)
		if (matches(r, nics[i]))
			found.push_back(i);
	std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
		return precedes(nics[a].order, nics[b].order);
	});
	return found;
}

} // namespace naming
