// SPDX-License-Identifier: GPL-2.0-or-later
#include "order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

using naming::claimant;
using naming::compare_natural;
using naming::location_of;

namespace
{

claimant at(std::uint64_t id, const char *location, const char *mac = "", unsigned int port = 0)
{
	claimant c;

	c.id = id;
	c.location = location;
	c.mac = mac;
	c.dev_port = port;
	return c;
}

} // namespace

TEST(CompareNatural, HexadecimalRunsGoByValue)
{
	EXPECT_LT(compare_natural("1-2", "1-a"), 0);
	EXPECT_LT(compare_natural("1-a", "1-10"), 0);
	EXPECT_LT(compare_natural("0000:00:03.0", "0000:00:1f.6"), 0);
	EXPECT_GT(compare_natural("0000:10:00.0", "0000:0f:00.0"), 0);
	EXPECT_LT(compare_natural("pci0000:00/0000:00:03.0", "pci0000:00/0000:00:03.0/0000:01:00.0"), 0);
}

TEST(CompareNatural, IsATotalOrder)
{
	EXPECT_EQ(compare_natural("0a.1", "0a.1"), 0);
	EXPECT_NE(compare_natural("1", "01"), 0);
	EXPECT_EQ(compare_natural("1", "01"), -compare_natural("01", "1"));
	EXPECT_EQ(compare_natural("", ""), 0);
	EXPECT_LT(compare_natural("", "0"), 0);
}

TEST(LocationOf, IsThePlaceAndNotTheProbingOrder)
{
	EXPECT_EQ(location_of("/sys/devices/pci0000:00/0000:00:03.0/virtio7/net/eth0/netdev_naming_event/if2"),
		  "pci0000:00/0000:00:03.0");
	EXPECT_EQ(location_of("/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.1/net/ens3"),
		  "pci0000:00/0000:00:1c.0/0000:01:00.1");
	EXPECT_EQ(location_of("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/net/net"),
		  "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0");
}

TEST(LocationOf, VirtualNicsHaveNone)
{
	EXPECT_EQ(location_of("/sys/devices/virtual/net/br0/netdev_naming_event/if9"), "");
	EXPECT_EQ(location_of("/elsewhere/net/eth0"), "");
	EXPECT_EQ(location_of(""), "");
}

TEST(Collide, OverMacPlaceOrLabel)
{
	claimant a = at(1, "p/1", "52:54:00:00:00:01"), b = at(2, "p/2", "52:54:00:00:00:01");

	EXPECT_TRUE(collide(a, b));
	EXPECT_FALSE(collide(a, a));
	b.mac = "52:54:00:00:00:02";
	EXPECT_FALSE(collide(a, b));
	b.location = a.location;
	EXPECT_TRUE(collide(a, b));
	b.location = "p/2";
	a.label = b.label = "Uplink";
	EXPECT_TRUE(collide(a, b));
}

TEST(Collide, WhatIsMissingDoesNotMatchWhatIsMissing)
{
	EXPECT_FALSE(collide(at(1, ""), at(2, "")));
}

TEST(Rank, DoesNotDependOnTheOrderOfArrival)
{
	std::vector<claimant> nics = {at(7, "p/0000:00:0a.0", "m"), at(8, "p/0000:00:03.0", "m"),
				      at(9, "p/0000:00:10.0", "m"), at(5, "p/0000:00:01.0", "other")};

	std::sort(nics.begin(), nics.end(),
		  [](const claimant &a, const claimant &b) { return a.id < b.id; });
	do {
		for (const claimant &nic : nics) {
			const unsigned int expected = nic.id == 8 || nic.id == 5 ? 0
						      : nic.id == 7		 ? 1
										 : 2;
			EXPECT_EQ(rank_of(nic, nics), expected) << nic.location;
		}
	} while (std::next_permutation(
		nics.begin(), nics.end(),
		[](const claimant &a, const claimant &b) { return a.id < b.id; }));
}

TEST(Rank, PortsOfOneDeviceGoByPortNumber)
{
	const std::vector<claimant> nics = {at(1, "p/1", "", 1), at(2, "p/1", "", 0)};

	EXPECT_EQ(rank_of(nics[0], nics), 1U);
	EXPECT_EQ(rank_of(nics[1], nics), 0U);
}
