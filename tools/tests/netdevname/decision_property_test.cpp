// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What holds for every machine: the same result in every order of events, one winner a
 * link, no name on two NICs, and nobody loses a link because of a newcomer.
 *
 * WAYMARK_MACHINES is the number of machines, WAYMARK_NICS the most NICs of one,
 * WAYMARK_SEED the first seed: a failure prints the seed that shows it alone.
 */
#include "decision.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <random>

#include <gtest/gtest.h>

using naming::decide;
using naming::decision;
using naming::machine;
using naming::nic_facts;

namespace
{

using links = std::map<std::string, unsigned int>;

unsigned long from_environment(const char *name, unsigned long otherwise)
{
	const char *text = std::getenv(name);

	return text && *text ? std::strtoul(text, nullptr, 10) : otherwise;
}

class generator
{
public:
	generator(unsigned long seed, unsigned int most) : random_(seed), most_(most) {}

	unsigned int below(unsigned int limit) { return random_() % limit; }
	template <typename list> void shuffle(list &items)
	{
		std::shuffle(items.begin(), items.end(), random_);
	}
	machine make();

private:
	nic_facts nic(unsigned int ifindex, unsigned int count);
	naming::role role(unsigned int number, unsigned int count);
	std::string mac(unsigned int count);
	std::string slot(unsigned int count);

	std::mt19937_64 random_;
	unsigned int most_;
};

/* Of about half as many as there are NICs, so that some are shared. */
std::string generator::mac(unsigned int count)
{
	char text[32];

	std::snprintf(text, sizeof(text), "52:54:00:00:00:%02x", below(count / 2 + 2));
	return text;
}

std::string generator::slot(unsigned int count)
{
	char text[32];

	std::snprintf(text, sizeof(text), "%02x.%u", below(count + 1), below(4) ? 0 : below(3));
	return text;
}

nic_facts generator::nic(unsigned int ifindex, unsigned int count)
{
	const std::string where = slot(count);
	nic_facts nic;

	nic.ifindex = nic.order.ifindex = ifindex;
	nic.order.id = ifindex;
	nic.name = "enp" + std::to_string(ifindex) + "s0";
	nic.driver = below(2) ? "igb" : "ixgbe";
	nic.order.location = "pci0000:00/0000:00:" + where;
	nic.order.removable = below(8) == 0;
	nic.order.dev_port = below(3) ? 0 : below(3);
	nic.props = {{"ID_PATH", "pci-0000:00:" + where},
		     {"ID_VENDOR_ID", "0x8086"},
		     {"ID_MODEL_ID", below(4) ? "0x10c9" : "0x1521"}};
	nic.links["path"] = nic.props["ID_PATH"];
	nic.links["port"] = nic.props["ID_PATH"] + "-port-" + std::to_string(nic.order.dev_port);
	if (below(8)) {
		nic.mac = nic.order.mac = mac(count);
		nic.links["mac"] = nic.mac;
	}
	if (below(4) == 0)
		nic.links["label"] = nic.label = "label" + std::to_string(below(count / 2 + 1));
	if (below(4) == 0)
		nic.links["slot"] = "ens" + std::to_string(below(count));
	if (below(4) == 0)
		nic.links["id"] = "serial" + std::to_string(below(count / 2 + 1));
	if (below(2))
		nic.wanted = {"enp" + std::to_string(below(2 * count)) + "s0"};
	return nic;
}

naming::role generator::role(unsigned int number, unsigned int count)
{
	std::string text = "[Match]\n";
	const unsigned int sections = 1 + below(3);

	for (unsigned int i = 0; i < sections; i++) {
		if (i)
			text += "[Fallback]\n";
		switch (below(4)) {
		case 0:
			text += "PermanentMACAddress=" + mac(count) + "\n";
			break;
		case 1:
			text += "Path=pci-0000:00:" + slot(count) + "\n";
			break;
		case 2:
			text += "Label=label" + std::to_string(below(count / 2 + 1)) + "\n";
			break;
		default:
			text += below(2) ? "Driver=igb\n" : "Driver=ixgbe\n";
		}
	}
	static const char *const replace[] = {"model", "ask", "never", "always"};
	text += "[Role]\nName=role" + std::to_string(number) + "\nReplace=" + replace[below(4)] + "\n";
	return naming::parse_role(text + (below(2) ? "AlternativeName=yes\n" : ""), "f");
}

machine generator::make()
{
	const unsigned int drawn = 2 + (below(4) ? below(15) : below(63));
	const unsigned int count = std::min(drawn, most_);
	machine all;

	for (unsigned int i = 0; i < count; i++)
		all.nics.push_back(nic(2 + i, count));
	/* Failover masters and ports of a switch. */
	for (unsigned int i = 0; i < count; i++) {
		if (below(8))
			continue;
		nic_facts &lower = all.nics[below(count)];
		if (lower.ifindex == all.nics[i].ifindex || !lower.lowers.empty())
			continue;
		all.nics[i].lowers = {lower.ifindex};
		all.nics[i].switch_port = below(2);
		if (below(2) && !lower.mac.empty())
			all.nics[i].mac = all.nics[i].order.mac = all.nics[i].links["mac"] = lower.mac;
	}
	naming::find_masters(all.nics);
	for (unsigned int i = below(6); i > 0; i--)
		all.roles.push_back(role(i, count));
	for (const naming::role &r : all.roles)
		if (below(2))
			all.holders[r.name] = holder_from(all.nics[below(count)]);
	for (const nic_facts &now : all.nics) {
		if (below(2))
			continue;
		nic_facts old = now;
		old.name = "enp" + std::to_string(below(2 * count)) + "s0";
		all.recorded.push_back(old);
	}
	all.kept.mirror = below(4) == 0;
	return all;
}

/* Who has each link; the test fails if two have one. */
links winners(const machine &all, const decision &result)
{
	links found;

	for (std::size_t i = 0; i < all.nics.size(); i++)
		for (const std::string &link : result.nics[i].links)
			EXPECT_TRUE(found.emplace(link, all.nics[i].ifindex).second) << link;
	return found;
}

links held(const machine &all)
{
	links found;

	for (const auto &[ifindex, nic] : all.kept.nics)
		for (const std::string &link : nic.links)
			EXPECT_TRUE(found.emplace(link, ifindex).second) << link << " is held twice";
	return found;
}

void check_altnames(const machine &all, const decision &result)
{
	std::set<std::string> given;

	for (std::size_t i = 0; i < all.nics.size(); i++)
		for (const std::string &name : result.nics[i].altnames) {
			EXPECT_TRUE(given.insert(name).second) << name << " is on two NICs";
			for (std::size_t other = 0; other < all.nics.size(); other++) {
				const auto &wanted = all.nics[other].wanted;

				EXPECT_NE(all.nics[other].name, name);
				if (other != i) {
					EXPECT_EQ(std::count(wanted.begin(), wanted.end(), name), 0);
				}
			}
		}
}

/*
 * The events of @arrivals in this order, on a machine that has only what has arrived.
 * NICs that have to be looked at again are, in any order.
 */
void run_events(machine &all, const std::vector<nic_facts> &arrivals, generator &random)
{
	std::deque<unsigned int> queue;
	unsigned int steps = 0;

	const auto event = [&](unsigned int ifindex) {
		const auto self =
			std::find_if(all.nics.begin(), all.nics.end(),
				     [&](const nic_facts &nic) { return nic.ifindex == ifindex; });
		const decision result = decide(all);

		for (unsigned int other : enter(all.kept, all, result, self - all.nics.begin()))
			queue.push_back(other);
	};

	for (const nic_facts &nic : arrivals) {
		all.nics.push_back(nic);
		event(nic.ifindex);
		/* Some of what is to be done again comes before the next NIC, some after it. */
		while (!queue.empty() && random.below(2)) {
			const unsigned int next = queue.front();

			queue.pop_front();
			event(next);
		}
	}
	while (!queue.empty()) {
		const std::size_t pick = random.below(queue.size());
		const unsigned int next = queue[pick];

		queue.erase(queue.begin() + pick);
		event(next);
		ASSERT_LT(++steps, 100000U) << "the events do not end";
	}
}

/* Coldplug in two orders ends in what is decided for the whole machine. */
void check_orders(const machine &whole, generator &random)
{
	const links expected = winners(whole, decide(whole));

	for (int order = 0; order < 2; order++) {
		std::vector<nic_facts> arrivals = whole.nics;
		machine all = whole;

		all.nics.clear();
		random.shuffle(arrivals);
		run_events(all, arrivals, random);
		EXPECT_EQ(held(all), expected);
		EXPECT_EQ(winners(all, decide(all)), expected);
	}
}

/* Where a NIC comes to a settled machine, or goes, only its own names change hands. */
void check_changes(const machine &whole, generator &random)
{
	machine all = whole;
	const std::size_t at = random.below(all.nics.size());
	const nic_facts one = all.nics[at];
	std::vector<nic_facts> others = all.nics;

	all.nics.clear();
	others.erase(others.begin() + at);
	run_events(all, others, random);
	all.settled = true;
	const links before = held(all);
	run_events(all, {one}, random);
	const links after = held(all);
	EXPECT_EQ(winners(all, decide(all)), after);
	check_altnames(all, decide(all));
	for (const auto &[link, ifindex] : before) {
		const auto now = after.find(link);

		/* A role may prefer the newcomer, a master goes before its lowers, and the ports of a
		 * device are in an order of their own. */
		if (link.compare(0, 8, "by-role/") == 0)
			continue;
		ASSERT_NE(now, after.end()) << link;
		if (now->second == ifindex)
			continue;
		EXPECT_EQ(now->second, one.ifindex) << link << " went to a third NIC";
		const auto loser = std::find_if(
			others.begin(), others.end(),
			[&](const nic_facts &nic) { return nic.ifindex == ifindex; });
		EXPECT_TRUE(loser->master || loser->order.location == one.order.location)
			<< link << " was taken by a newcomer";
	}
}

} // namespace

TEST(Property, EveryOrderEndsTheSameAndNoNameIsOnTwoNics)
{
	const unsigned long count = from_environment("WAYMARK_MACHINES", 1000),
			    first = from_environment("WAYMARK_SEED", 1),
			    most = std::max(from_environment("WAYMARK_NICS", 64), 2UL);

	for (unsigned long seed = first; seed < first + count; seed++) {
		generator random(seed, most);
		const machine all = random.make();

		check_altnames(all, decide(all));
		check_orders(all, random);
		check_changes(all, random);
		ASSERT_FALSE(testing::Test::HasFailure())
			<< "WAYMARK_SEED=" << seed << " WAYMARK_MACHINES=1 WAYMARK_NICS=" << most;
	}
}
