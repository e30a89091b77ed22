// SPDX-License-Identifier: GPL-2.0-or-later
#include "compare.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace naming
{

namespace
{

const char *const identities[] = {"id", "mac", "label", "onboard", "slot", "port", "path"};

/* A name can come back again and again; nobody needs more of them. */
constexpr std::size_t former_max = 8;

std::string value_of(const nic_facts &nic, const std::string &identity)
{
	const auto found = nic.links.find(identity);

	return found == nic.links.end() ? std::string() : found->second;
}

/* Value → index, or none where several NICs have it. */
std::map<std::string, std::size_t> index_by(const std::vector<nic_facts> &nics,
					    const std::string &identity)
{
	std::map<std::string, std::size_t> index;

	for (std::size_t i = 0; i < nics.size(); i++) {
		const std::string value = value_of(nics[i], identity);

		if (value.empty())
			continue;
		const auto [entry, is_new] = index.emplace(value, i);
		if (!is_new)
			entry->second = none;
	}
	return index;
}

} // namespace

std::vector<pairing> pair_nics(const std::vector<nic_facts> &before,
			       const std::vector<nic_facts> &after)
{
	std::vector<pairing> pairs(before.size());
	std::vector<bool> taken(after.size());

	for (std::size_t i = 0; i < before.size(); i++)
		pairs[i].before = i;
	for (const char *identity : identities) {
		const auto old_index = index_by(before, identity), new_index = index_by(after, identity);

		for (const auto &[value, i] : old_index) {
			const auto found = new_index.find(value);

			if (i == none || pairs[i].after != none || found == new_index.end() ||
			    found->second == none || taken[found->second])
				continue;
			pairs[i].after = found->second;
			pairs[i].by = identity;
			taken[found->second] = true;
		}
	}
	for (std::size_t i = 0; i < after.size(); i++) {
		if (!taken[i]) {
			pairing added;

			added.after = i;
			pairs.push_back(added);
		}
	}
	return pairs;
}

std::vector<change> changes_between(const nic_facts &before, const nic_facts &after)
{
	std::vector<change> changes;
	const auto compare = [&](const std::string &what, const std::string &a, const std::string &b) {
		if (a != b)
			changes.push_back({what, a, b});
	};

	compare("name", before.name, after.name);
	for (const char *identity : identities)
		compare(identity, value_of(before, identity), value_of(after, identity));
	compare("driver", before.driver, after.driver);
	return changes;
}

void carry_former(const std::vector<nic_facts> &before, std::vector<nic_facts> &after)
{
	std::map<std::string, unsigned int> claims;
	std::set<std::string> current;

	for (nic_facts &nic : after) {
		current.insert(nic.name);
		nic.former.clear();
	}
	for (const pairing &pair : pair_nics(before, after)) {
		if (pair.before == none || pair.after == none)
			continue;
		const nic_facts &old = before[pair.before];
		nic_facts &nic = after[pair.after];
		std::vector<std::string> names = {old.name};

		names.insert(names.end(), old.former.begin(), old.former.end());
		for (const std::string &name : names) {
			if (name == nic.name || nic.former.size() == former_max ||
			    std::find(nic.former.begin(), nic.former.end(), name) != nic.former.end())
				continue;
			nic.former.push_back(name);
			claims[name]++;
		}
	}
	for (nic_facts &nic : after)
		nic.former.erase(std::remove_if(nic.former.begin(), nic.former.end(),
						[&](const std::string &name) {
							return current.count(name) || claims[name] > 1;
						}),
				 nic.former.end());
}

} // namespace naming
