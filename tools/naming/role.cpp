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

role_holder holder_from(const nic_facts &nic)
{
	return {nic.name, nic.mac, find(nic.links, "id"), find(nic.props, "ID_VENDOR_ID"),
		find(nic.props, "ID_MODEL_ID"), nic.driver};
}

std::string why_no_replacement(const role &r, const role_holder &before, const nic_facts &nic)
{
	const role_holder now = holder_from(nic);
	const bool same_card = (!now.mac.empty() && now.mac == before.mac) ||
			       (!now.id.empty() && now.id == before.id);
	const bool has_model = !before.vendor.empty() && !before.model.empty();
	const bool same_model =
		has_model ? now.vendor == before.vendor && now.model == before.model
			  : now.vendor.empty() && now.model.empty() && now.driver == before.driver;

	if (same_card || r.replace == replacement::always)
		return {};
	switch (r.replace) {
	case replacement::model:
		return same_model ? "" : "another model of card than had the role before";
	case replacement::ask:
		return "another card than had the role before, not accepted yet";
	default:
		return "another card than had the role before";
	}
}

} // namespace naming
