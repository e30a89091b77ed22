// SPDX-License-Identifier: GPL-2.0-or-later
#include "decision.hpp"

#include <algorithm>
#include <iterator>

#include "compare.hpp"
#include "encode.hpp"
#include "reserved.hpp"
#include "waymark/rtnl.hpp"

namespace naming
{

namespace
{

using indexes = std::vector<std::size_t>;

bool holds(const machine &all, std::size_t nic, const std::string &link)
{
	const auto found = all.kept.nics.find(all.nics[nic].ifindex);

	return found != all.kept.nics.end() && found->second.links.count(link) &&
	       found->second.location == all.nics[nic].order.location;
}

/* Keeps only those that @good accepts, if there are any. */
template <typename predicate> void prefer(indexes &nics, predicate good)
{
	if (std::any_of(nics.begin(), nics.end(), good))
		nics.erase(std::remove_if(nics.begin(), nics.end(),
					  [&](std::size_t i) { return !good(i); }),
			   nics.end());
}

/* The NIC to be configured in place of @nic: its failover master, if that claims, too. */
std::size_t master_of(const machine &all, const indexes &claimants, std::size_t nic)
{
	/* Nobody stacks masters; a loop of them must end all the same. */
	for (std::size_t steps = 0; steps < claimants.size(); steps++) {
		const auto master = std::find_if(
			claimants.begin(), claimants.end(), [&](std::size_t other) {
				return all.nics[nic].master == all.nics[other].ifindex;
			});

		if (!all.nics[nic].master || master == claimants.end())
			break;
		nic = *master;
	}
	return nic;
}

std::size_t winner_of(const machine &all, const std::string &link, const indexes &claimants)
{
	indexes left = claimants;
	std::set<std::string> held_at;

	prefer(left, [&](std::size_t i) { return master_of(all, claimants, i) == i; });
	/* Ports of one device share its place; which of them has a name is no question of
	 * who came first. */
	for (std::size_t i : claimants)
		if (all.settled && holds(all, i, link))
			held_at.insert(all.nics[master_of(all, claimants, i)].order.location);
	prefer(left, [&](std::size_t i) { return held_at.count(all.nics[i].order.location) > 0; });
	return *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
		return precedes(all.nics[a].order, all.nics[b].order);
	});
}

class decider
{
public:
	explicit decider(const machine &all) : all_(all) { result_.nics.resize(all.nics.size()); }
	decision run()
	{
		award_hardware();
		award_roles();
		award_former();
		award_altnames();
		return std::move(result_);
	}

private:
	std::size_t award(const std::string &link, const indexes &claimants);
	void award_hardware();
	void award_roles();
	indexes role_claimants(const role &r);
	void award_former();
	void award_altnames();
	void mirror(std::size_t nic);
	void give_altname(std::size_t nic, const std::string &name);
	std::string why_not(std::size_t nic, const std::string &name) const;

	const machine &all_;
	decision result_;
	std::map<std::string, std::size_t> given_; /* alternative names */
	std::map<std::string, std::vector<std::size_t>> taken_; /* names in use or to come */
};

std::size_t decider::award(const std::string &link, const indexes &claimants)
{
	const std::size_t winner = winner_of(all_, link, claimants);

	result_.nics[winner].links.insert(link);
	if (claimants.size() > 1) {
		conflict c{link, winner, {}};

		for (std::size_t i : claimants)
			if (i != winner)
				c.losers.push_back(i);
		result_.conflicts.push_back(std::move(c));
	}
	return winner;
}

void decider::award_hardware()
{
	std::map<std::string, indexes> claims;

	for (std::size_t i = 0; i < all_.nics.size(); i++)
		for (const auto &[kind, component] : all_.nics[i].links) {
			indexes &nics = claims[link_of(kind, component)];

			/* The name of a port can be its number. */
			if (nics.empty() || nics.back() != i)
				nics.push_back(i);
		}
	for (const auto &[link, nics] : claims)
		award(link, nics);
}

/* Those of the first section that fits any NIC that may take the role's holder's place. */
indexes decider::role_claimants(const role &r)
{
	const auto record = all_.holders.find(r.name);
	std::map<std::size_t, indexes> fitting;

	for (std::size_t i = 0; i < all_.nics.size(); i++)
		if (const std::size_t section = alternative_of(r, all_.nics[i]);
		    section != no_alternative)
			fitting[section].push_back(i);
	for (auto &[section, nics] : fitting) {
		indexes accepted;

		for (std::size_t i : nics) {
			const std::string reason =
				section == 0 || record == all_.holders.end()
					? std::string()
					: why_no_replacement(r, record->second, all_.nics[i]);

			if (reason.empty())
				accepted.push_back(i);
			else
				result_.refusals.push_back({"by-role/" + r.name, i, reason});
		}
		if (!accepted.empty())
			return accepted;
	}
	return {};
}

void decider::award_roles()
{
	for (const role &r : all_.roles) {
		const indexes claimants = role_claimants(r);

		if (!claimants.empty())
			result_.nics[award("by-role/" + r.name, claimants)].roles.push_back(r.name);
	}
	for (outcome &nic : result_.nics)
		std::sort(nic.roles.begin(), nic.roles.end());
	std::sort(result_.conflicts.begin(), result_.conflicts.end(),
		  [](const conflict &a, const conflict &b) { return a.link < b.link; });
}

void decider::award_former()
{
	std::vector<nic_facts> now = all_.nics;

	if (all_.recorded.empty())
		return;
	carry_former(all_.recorded, now);
	for (std::size_t i = 0; i < now.size(); i++)
		for (const std::string &name : now[i].former)
			if (std::find(all_.other_names.begin(), all_.other_names.end(), name) ==
			    all_.other_names.end())
				result_.nics[i].former.push_back(name);
}

/* Why @nic cannot have @name beside its own; empty if it can. */
std::string decider::why_not(std::size_t nic, const std::string &name) const
{
	const auto taken = taken_.find(name);
	const auto yielded = all_.kept.yielded.find(name);

	if (!waymark::rtnl::is_valid_altname(name))
		return "the kernel does not take it";
	if (all_.reserved.count(name))
		return "a .link or .netdev file gives it to a NIC";
	if (yielded != all_.kept.yielded.end() && yielded->second != all_.nics[nic].ifindex)
		return "udev wants it for another NIC";
	if (taken != taken_.end())
		for (std::size_t i : taken->second) {
			if (i >= all_.nics.size())
				return "it is the name of another NIC";
			if (i != nic)
				return "it is the name of " + all_.nics[i].name + ", or will be";
		}
	if (const auto given = given_.find(name); given != given_.end() && given->second != nic)
		return all_.nics[given->second].name + " has it";
	return {};
}

void decider::give_altname(std::size_t nic, const std::string &name)
{
	given_.emplace(name, nic);
	result_.nics[nic].altnames.insert(name);
}

void decider::award_altnames()
{
	std::set<std::string> role_names;

	for (const std::string &name : all_.other_names)
		taken_[name].push_back(all_.nics.size());
	for (std::size_t i = 0; i < all_.nics.size(); i++) {
		taken_[all_.nics[i].name].push_back(i);
		for (const std::string &name : all_.nics[i].wanted)
			taken_[name].push_back(i);
	}
	for (const role &r : all_.roles) {
		role_names.insert(r.name);
		for (std::size_t i = 0; i < all_.nics.size(); i++) {
			if (!r.alternative_name || r.name == all_.nics[i].name ||
			    !result_.nics[i].links.count("by-role/" + r.name))
				continue;
			/* Until all NICs are there, udev may want it for one to come. */
			if (!all_.settled && is_predictable(r.name))
				continue;
			if (const std::string reason = why_not(i, r.name); reason.empty())
				give_altname(i, r.name);
			else
				result_.refusals.push_back({r.name, i, reason});
		}
	}
	for (std::size_t i = 0; all_.settled && i < all_.nics.size(); i++)
		for (const std::string &name : result_.nics[i].former)
			if (is_plain(name) && !is_kernels(name) && !role_names.count(name) && why_not(i, name).empty())
				give_altname(i, name);
	for (std::size_t i = 0; all_.kept.mirror && i < all_.nics.size(); i++)
		mirror(i);
}

/* "by-path/X" becomes "by-path-X". */
void decider::mirror(std::size_t nic)
{
	std::set<std::string> names = result_.nics[nic].links;

	for (const std::string &name : result_.nics[nic].former)
		names.insert("by-former/" + encode(name));
	for (std::string name : names) {
		name[name.find('/')] = '-';
		if (why_not(nic, name).empty())
			give_altname(nic, name);
	}
}

/* Of the others, whose links are not those of @result; they lose here what they lose. */
void look_after(state &kept, const machine &all, const decision &result, std::size_t self,
		std::vector<unsigned int> &again)
{
	for (std::size_t i = 0; i < all.nics.size(); i++) {
		const auto found = kept.nics.find(all.nics[i].ifindex);
		const std::set<std::string> &links = result.nics[i].links;

		if (i == self || found == kept.nics.end() || found->second.links == links)
			continue;
		std::set<std::string> still;
		std::set_intersection(found->second.links.begin(), found->second.links.end(),
				      links.begin(), links.end(),
				      std::inserter(still, still.end()));
		found->second.links = std::move(still);
		again.push_back(all.nics[i].ifindex);
	}
}

} // namespace

decision decide(const machine &all)
{
	return decider(all).run();
}

std::vector<unsigned int> enter(state &kept, const machine &all, const decision &result,
				std::size_t self)
{
	std::vector<unsigned int> again;
	holding &own = kept.nics[all.nics[self].ifindex];

	own.location = all.nics[self].order.location;
	own.links = result.nics[self].links;
	look_after(kept, all, result, self, again);
	return again;
}

std::vector<unsigned int> enter(state &kept, const machine &all, const decision &result)
{
	std::vector<unsigned int> again;

	look_after(kept, all, result, all.nics.size(), again);
	return again;
}

std::vector<altname_change>
plan_altnames(const machine &all, const decision &result,
	      const std::map<unsigned int, std::set<std::string>> &present)
{
	std::vector<altname_change> plan;

	for (const auto &[ifindex, here] : present) {
		static const std::set<std::string> nothing;
		const std::set<std::string> *ours = &nothing, *wanted = &nothing;
		altname_change change{ifindex, {}, {}};

		if (const auto kept = all.kept.nics.find(ifindex); kept != all.kept.nics.end())
			ours = &kept->second.altnames;
		for (std::size_t i = 0; i < all.nics.size(); i++)
			if (all.nics[i].ifindex == ifindex)
				wanted = &result.nics[i].altnames;
		for (const std::string &name : *ours)
			if (here.count(name) && !wanted->count(name))
				change.remove.insert(name);
		for (const std::string &name : *wanted)
			if (!here.count(name))
				change.add.insert(name);
		if (!change.remove.empty() || !change.add.empty())
			plan.push_back(std::move(change));
	}
	return plan;
}

} // namespace naming
