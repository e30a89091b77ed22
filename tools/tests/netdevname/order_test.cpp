// SPDX-License-Identifier: GPL-2.0-or-later
#include "order.hpp"

#include <gtest/gtest.h>

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

TEST(Precedes, WhatIsBuiltInThenThePlaceThenThePort)
{
	claimant stick = at(1, "p/0000:00:01.0");

	stick.removable = true;
	EXPECT_TRUE(precedes(at(2, "p/0000:00:1f.0"), stick));
	EXPECT_TRUE(precedes(at(8, "p/0000:00:03.0"), at(7, "p/0000:00:0a.0")));
	EXPECT_FALSE(precedes(at(7, "p/0000:00:10.0"), at(9, "p/0000:00:0a.0")));
	EXPECT_TRUE(precedes(at(2, "p/1", "", 0), at(1, "p/1", "", 1)));
	EXPECT_TRUE(precedes(at(1, "p/1"), at(2, "p/1")));
	EXPECT_FALSE(precedes(at(1, "p/1"), at(1, "p/1")));
}
