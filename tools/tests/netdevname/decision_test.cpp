// SPDX-License-Identifier: GPL-2.0-or-later
#include "decision.hpp"

#include <gtest/gtest.h>

using naming::decide;
using naming::decision;
using naming::machine;
using naming::nic_facts;
using naming::parse_role;

namespace
{

constexpr char one_mac[] = "52:54:00:00:00:01";

/* The index is its number, the place "pci0000:00/0000:00:SLOT.0". */
nic_facts card(unsigned int ifindex, const std::string &slot, const std::string &mac)
{
	nic_facts nic;

	nic.name = "nic" + std::to_string(ifindex);
	nic.ifindex = ifindex;
	nic.driver = "igb";
	nic.type = "ether";
	nic.mac = mac;
	nic.order.id = ifindex;
	nic.order.ifindex = ifindex;
	nic.order.mac = mac;
	nic.order.location = "pci0000:00/0000:00:" + slot + ".0";
	nic.props = {{"ID_PATH", "pci-0000:00:" + slot + ".0"},
		     {"ID_VENDOR_ID", "0x8086"},
		     {"ID_MODEL_ID", "0x10c9"}};
	nic.links["path"] = nic.props["ID_PATH"];
	if (!mac.empty())
		nic.links["mac"] = mac;
	return nic;
}

/* The index of the NIC that has the link; 0 if nobody has. */
unsigned int holder(const machine &all, const decision &result, const std::string &link)
{
	unsigned int found = 0;

	for (std::size_t i = 0; i < all.nics.size(); i++) {
		if (!result.nics[i].links.count(link))
			continue;
		EXPECT_EQ(found, 0U) << link << " has two winners";
		found = all.nics[i].ifindex;
	}
	return found;
}

unsigned int altname_holder(const machine &all, const decision &result, const std::string &name)
{
	for (std::size_t i = 0; i < all.nics.size(); i++)
		if (result.nics[i].altnames.count(name))
			return all.nics[i].ifindex;
	return 0;
}

/* All NICs are there, and have what is decided. */
void settle(machine &all)
{
	const decision result = decide(all);

	all.settled = true;
	for (std::size_t i = 0; i < all.nics.size(); i++)
		enter(all.kept, all, result, i);
}

naming::role role_of(const std::string &match, const std::string &more = "")
{
	return parse_role("[Match]\n" + match + "\n[Role]\nName=uplink\nAlternativeName=yes\n" + more, "f");
}

std::string refusal_of(const decision &result, const std::string &name)
{
	for (const naming::refusal &r : result.refusals)
		if (r.name == name)
			return r.reason;
	return {};
}

} // namespace

TEST(Winner, IsTheFirstInBusOrderHoweverManyClaim)
{
	machine all;

	for (unsigned int i = 0; i < 28; i++)
		all.nics.push_back(card(40 - i, std::to_string(10 + i), one_mac));
	EXPECT_EQ(holder(all, decide(all), std::string("by-mac/") + one_mac), 40U);
	EXPECT_EQ(decide(all).conflicts.at(0).losers.size(), 27U);
}

/* A and B share an address, B and C a role: A has the one, B the other. */
TEST(Winner, OfEachLinkIsDecidedForItself)
{
	machine all;

	all.nics = {card(3, "03", one_mac), card(4, "04", one_mac), card(5, "05", "52:54:00:00:00:05")};
	all.nics[1].driver = all.nics[2].driver = "ixgbe";
	all.roles = {role_of("Driver=ixgbe")};
	const decision result = decide(all);
	EXPECT_EQ(holder(all, result, std::string("by-mac/") + one_mac), 3U);
	EXPECT_EQ(holder(all, result, "by-role/uplink"), 4U);
}

TEST(Winner, ANewcomerWithTheSameAddressTakesNothing)
{
	machine all;

	all.nics = {card(5, "05", one_mac)};
	all.roles = {role_of(std::string("PermanentMACAddress=") + one_mac)};
	settle(all);
	all.nics.push_back(card(9, "03", one_mac));
	const decision result = decide(all);
	EXPECT_EQ(holder(all, result, std::string("by-mac/") + one_mac), 5U);
	EXPECT_EQ(holder(all, result, "by-role/uplink"), 5U);
	EXPECT_EQ(altname_holder(all, result, "uplink"), 5U);
	EXPECT_EQ(result.conflicts.size(), 2U) << "it is reported";
	/* What the holder leaves behind is inherited, and then held. */
	all.nics.erase(all.nics.begin());
	all.kept.nics.erase(5);
	settle(all);
	all.nics.push_back(card(5, "02", one_mac));
	EXPECT_EQ(holder(all, decide(all), std::string("by-mac/") + one_mac), 9U);
}

TEST(Winner, AUsbStickComesAfterWhatIsBuiltIn)
{
	machine all;
	nic_facts stick = card(2, "01", one_mac);

	stick.order.location = "pci0000:00/0000:00:01.0/usb1/1-1/1-1:1.0";
	stick.order.removable = true;
	all.nics = {stick, card(7, "1f", one_mac)};
	EXPECT_EQ(holder(all, decide(all), std::string("by-mac/") + one_mac), 7U);
}

TEST(Winner, AnIndexThatCameBackWithAnotherNicHoldsNothing)
{
	machine all;

	all.nics = {card(5, "05", one_mac)};
	settle(all);
	all.nics = {card(5, "06", one_mac), card(6, "04", one_mac)};
	EXPECT_EQ(holder(all, decide(all), std::string("by-mac/") + one_mac), 6U);
}

/* virtio failover: master and standby are one device, the function is another one. */
TEST(Failover, TheMasterIsMeant)
{
	nic_facts standby = card(2, "03", one_mac), function = card(3, "05", one_mac),
		  master = card(4, "03", one_mac);
	machine all;

	all.roles = {role_of(std::string("PermanentMACAddress=") + one_mac)};
	master.lowers = {2};
	for (bool plugged : {false, true, false, true}) {
		master.lowers = plugged ? std::vector<unsigned int>{2, 3} : std::vector<unsigned int>{2};
		all.nics = {standby, master};
		if (plugged)
			all.nics.push_back(function);
		find_masters(all.nics);
		const decision result = decide(all);
		EXPECT_EQ(holder(all, result, std::string("by-mac/") + one_mac), 4U) << plugged;
		EXPECT_EQ(holder(all, result, "by-role/uplink"), 4U) << plugged;
		EXPECT_EQ(holder(all, result, "by-path/pci-0000:00:03.0"), 4U);
		if (plugged) {
			EXPECT_EQ(holder(all, result, "by-path/pci-0000:00:05.0"), 3U);
		}
		settle(all);
	}
}

TEST(Failover, AStandbyThatHeldTheNameGivesItUp)
{
	machine all;

	all.nics = {card(2, "03", one_mac)};
	settle(all);
	all.nics.push_back(card(4, "03", one_mac));
	all.nics[1].lowers = {2};
	find_masters(all.nics);
	EXPECT_EQ(holder(all, decide(all), std::string("by-mac/") + one_mac), 4U);
}

TEST(Failover, APortOfASwitchHasNoAddressOfItsOwn)
{
	std::vector<nic_facts> nics = {card(2, "03", one_mac), card(4, "04", one_mac)};

	nics[1].lowers = {2};
	nics[1].switch_port = true;
	find_masters(nics);
	EXPECT_EQ(nics[0].master, 0U);
	EXPECT_EQ(nics[1].mac, "");
	EXPECT_EQ(nics[1].links.count("mac"), 0U);
}

TEST(Port, TheNumberStaysWhenADriverStartsToNameIt)
{
	machine all;

	all.nics = {card(2, "03", one_mac)};
	all.nics[0].links["port"] = "p-port-0";
	all.nics[0].links["port_name"] = "p-port-p0";
	const decision result = decide(all);
	EXPECT_EQ(holder(all, result, "by-port/p-port-0"), 2U);
	EXPECT_EQ(holder(all, result, "by-port/p-port-p0"), 2U);
}

TEST(Altnames, FollowARoleThatMoves)
{
	machine all;

	all.nics = {card(2, "03", one_mac), card(3, "04", "52:54:00:00:00:02")};
	all.roles = {role_of(std::string("PermanentMACAddress=") + one_mac)};
	settle(all);
	all.kept.nics[2].altnames = {"uplink"};
	all.roles = {role_of("PermanentMACAddress=52:54:00:00:00:02")};
	const decision result = decide(all);
	const auto plan = plan_altnames(all, result, {{2, {"uplink", "enp0s3"}}, {3, {}}});
	ASSERT_EQ(plan.size(), 2U);
	EXPECT_EQ(plan[0].remove, (std::set<std::string>{"uplink"}));
	EXPECT_EQ(plan[1].add, (std::set<std::string>{"uplink"}));
}

TEST(Altnames, OfAnAdministratorStay)
{
	machine all;

	all.nics = {card(2, "03", one_mac)};
	all.kept.mirror = true;
	all.kept.nics[2].altnames = {"by-path-old", "by-gone"};
	const auto plan = plan_altnames(all, decide(all), {{2, {"by-design0", "by-path-old", "mine"}}});
	ASSERT_EQ(plan.size(), 1U);
	EXPECT_EQ(plan[0].remove, (std::set<std::string>{"by-path-old"}));
	EXPECT_EQ(plan[0].add,
		  (std::set<std::string>{"by-path-pci-0000:00:03.0", std::string("by-mac-") + one_mac}));
}

TEST(Altnames, NeverTakeANameThatSomebodyWants)
{
	machine all;

	all.nics = {card(2, "03", one_mac), card(3, "04", "52:54:00:00:00:02")};
	all.roles = {role_of(std::string("PermanentMACAddress=") + one_mac)};
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 2U);
	all.nics[1].wanted = {"uplink"};
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 0U);
	EXPECT_EQ(refusal_of(decide(all), "uplink"), "it is the name of nic3, or will be");
	all.nics[1].wanted.clear();
	all.reserved = {"uplink"};
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 0U);
	all.reserved.clear();
	all.other_names = {"uplink"};
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 0U);
	all.other_names.clear();
	all.kept.yielded = {{"uplink", 3}};
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 0U);
}

/* A card more has moved enp5s0 to enp6s0, and is enp5s0 now itself, or will be. */
TEST(Former, OnlyAfterColdplugAndOnlyWhatNobodyWants)
{
	machine all;
	nic_facts before = card(2, "05", one_mac);

	before.name = "enp5s0";
	all.recorded = {before};
	all.nics = {card(2, "06", one_mac)};
	all.nics[0].name = "enp6s0";
	EXPECT_EQ(decide(all).nics[0].former, (std::vector<std::string>{"enp5s0"}));
	EXPECT_TRUE(decide(all).nics[0].altnames.empty());
	all.settled = true;
	EXPECT_EQ(altname_holder(all, decide(all), "enp5s0"), 2U);
	all.nics.push_back(card(3, "05", "52:54:00:00:00:02"));
	all.nics[1].wanted = {"enp5s0"};
	EXPECT_EQ(altname_holder(all, decide(all), "enp5s0"), 0U);
	all.nics.pop_back();
	all.roles = {parse_role("[Match]\nDriver=none\n[Role]\nName=enp5s0\n", "f")};
	EXPECT_EQ(altname_holder(all, decide(all), "enp5s0"), 0U);
	/* The kernel itself would give it out. */
	all.roles.clear();
	all.recorded[0].name = "eth0";
	EXPECT_EQ(decide(all).nics[0].former, (std::vector<std::string>{"eth0"}));
	EXPECT_EQ(altname_holder(all, decide(all), "eth0"), 0U);
}

TEST(Replace, AnotherModelInTheSlotDoesNotInherit)
{
	const std::string text = "PermanentMACAddress=52:54:00:00:00:09\n[Fallback]\nPath=pci-0000:00:03.0";
	const std::string link = "by-role/uplink";
	machine all;

	all.nics = {card(2, "03", one_mac)};
	all.roles = {role_of(text)};
	EXPECT_EQ(holder(all, decide(all), link), 2U) << "nobody has had it";
	nic_facts old = card(2, "03", "52:54:00:00:00:09");
	all.holders["uplink"] = holder_from(old);
	EXPECT_EQ(holder(all, decide(all), link), 2U) << "the same model";
	old.props["ID_MODEL_ID"] = "0x1521";
	all.holders["uplink"] = holder_from(old);
	EXPECT_EQ(holder(all, decide(all), link), 0U);
	EXPECT_EQ(refusal_of(decide(all), link), "another model of card than had the role before");
	EXPECT_EQ(altname_holder(all, decide(all), "uplink"), 0U);
	all.roles = {role_of(text, "Replace=always")};
	EXPECT_EQ(holder(all, decide(all), link), 2U);
	all.holders["uplink"] = holder_from(card(2, "03", "52:54:00:00:00:09"));
	for (const char *word : {"ask", "never"}) {
		all.roles = {role_of(text, std::string("Replace=") + word)};
		EXPECT_EQ(holder(all, decide(all), link), 0U) << word;
	}
	all.holders["uplink"] = holder_from(all.nics[0]);
	EXPECT_EQ(holder(all, decide(all), link), 2U) << "accepted";
	/* The card of [Match] is meant, whatever it is. */
	all.nics[0].mac = "52:54:00:00:00:09";
	all.holders["uplink"] = holder_from(old);
	EXPECT_EQ(holder(all, decide(all), link), 2U);
}

TEST(Enter, WhoLosesALinkLosesItAtOnce)
{
	machine all;

	all.nics = {card(5, "05", one_mac)};
	enter(all.kept, all, decide(all), 0);
	all.nics.insert(all.nics.begin(), card(3, "03", one_mac));
	EXPECT_EQ(enter(all.kept, all, decide(all), 0), (std::vector<unsigned int>{5}));
	EXPECT_EQ(all.kept.nics[5].links.count(std::string("by-mac/") + one_mac), 0U);
	EXPECT_TRUE(enter(all.kept, all, decide(all), 0).empty()) << "it is told once";
}
