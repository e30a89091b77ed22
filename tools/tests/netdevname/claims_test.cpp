// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.hpp"

#include <net/if_arp.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

using naming::claims_of;
using naming::nic_info;
using naming::properties;

namespace
{

nic_info ethernet()
{
	nic_info info;

	info.link_type = ARPHRD_ETHER;
	info.permanent_address = "52:54:00:12:34:56";
	info.parent_name = "0000:00:03.1";
	return info;
}

std::string config_with(std::initializer_list<std::pair<unsigned int, std::uint32_t>> words)
{
	std::string config(4096, '\0');

	for (const auto &[at, word] : words)
		for (int i = 0; i < 4; i++)
			config[at + i] = static_cast<char>(word >> 8 * i);
	return config;
}

} // namespace

TEST(Claims, OfAnOrdinaryCard)
{
	const properties props = {{"ID_PATH", "pci-0000:00:03.0"},
				  {"ID_NET_NAME_SLOT", "ens3"},
				  {"ID_NET_NAME_ONBOARD", "eno1"},
				  {"ID_NET_LABEL_ONBOARD", "Uplink 1"}};
	const std::map<std::string, std::string> expected = {{"path", "pci-0000:00:03.0"},
							     {"port", "pci-0000:00:03.0-port-0"},
							     {"mac", "52:54:00:12:34:56"},
							     {"label", "Uplink\\x201"},
							     {"onboard", "eno1"},
							     {"slot", "ens3"}};

	EXPECT_EQ(claims_of(ethernet(), props, "", false), expected);
}

TEST(Claims, PortNameComesBeforePortNumber)
{
	nic_info info = ethernet();

	info.dev_port = 1;
	EXPECT_EQ(claims_of(info, {{"ID_PATH", "p"}}, "", false)["port"], "p-port-1");
	info.port_name = "p0";
	EXPECT_EQ(claims_of(info, {{"ID_PATH", "p"}}, "", false)["port"], "p-port-p0");
}

TEST(Claims, NoMacWithoutAPermanentOne)
{
	nic_info info = ethernet();

	EXPECT_TRUE(claims_of(info, {}, "", true).empty()) << "stacked";
	info.link_type = ARPHRD_INFINIBAND;
	EXPECT_TRUE(claims_of(info, {}, "", false).empty());
	info.link_type = ARPHRD_ETHER;
	for (const char *mac : {"", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"}) {
		info.permanent_address = mac;
		EXPECT_TRUE(claims_of(info, {}, "", false).empty()) << mac;
	}
}

TEST(Claims, HostileLabelsStayInTheirDirectory)
{
	const auto label = [](const std::string &text) {
		return claims_of(ethernet(), {{"ID_NET_LABEL_ONBOARD", text}}, "", false)["label"];
	};

	EXPECT_EQ(label("../../sda"), "..\\x2f..\\x2fsda");
	EXPECT_EQ(label(".."), "\\x2e\\x2e");
	EXPECT_EQ(label(""), "");
	EXPECT_EQ(label("a\tb\n\x7f\xff"), "a\\x09b\\x0a\\x7f\\xff");
	EXPECT_EQ(label(std::string(255, 'x')), std::string(255, 'x'));
	EXPECT_EQ(label(std::string(300, 'x')), "");
	EXPECT_EQ(label(std::string(64, '\a')), "") << "too long when it is escaped";
}

TEST(Claims, IdNeedsASerial)
{
	nic_info info = ethernet();
	properties usb = {{"ID_BUS", "usb"}, {"ID_SERIAL", "V_M_42"}, {"ID_USB_INTERFACE_NUM", "00"}};
	const properties pci = {
		{"ID_BUS", "pci"}, {"ID_VENDOR_ID", "0x8086"}, {"ID_MODEL_ID", "0x10c9"}};

	EXPECT_EQ(claims_of(info, usb, "", false).count("id"), 0U);
	usb["ID_SERIAL_SHORT"] = "42";
	EXPECT_EQ(claims_of(info, usb, "", false)["id"], "usb-V_M_42-if00");
	EXPECT_EQ(claims_of(info, pci, "", false).count("id"), 0U);
	EXPECT_EQ(claims_of(info, pci, "00a0c9ffff123456", false)["id"],
		  "pci-8086-10c9-00a0c9ffff123456-f1");
}

TEST(PciSerial, FollowsTheListOfCapabilities)
{
	EXPECT_EQ(naming::pci_serial(config_with({{0x100, 0x15000001},
						      {0x150, 0x00000003},
						      {0x154, 0xff123456},
						      {0x158, 0x00a0c9ff}})),
		  "00a0c9ffff123456");
}

TEST(PciSerial, BrokenListsEnd)
{
	EXPECT_EQ(naming::pci_serial(""), "");
	EXPECT_EQ(naming::pci_serial(std::string(64, '\0')), "");
	EXPECT_EQ(naming::pci_serial(config_with({})), "");
	EXPECT_EQ(naming::pci_serial(config_with({{0x100, 0x10000001}})), "") << "loop";
	EXPECT_EQ(naming::pci_serial(config_with({{0x100, 0xffc00001}, {0xffc, 3}})), "") << "end";
	EXPECT_EQ(naming::pci_serial(config_with({{0x100, 0x00000003}})), "") << "all zero";
}

TEST(Place, FollowsTheEventDevice)
{
	char root[] = "place.XXXXXX";
	ASSERT_NE(mkdtemp(root), nullptr);
	const std::filesystem::path sysfs(root);
	const auto nic = sysfs / "devices/pci0000:00/0000:00:03.0/virtio0/net/eth0";

	std::filesystem::create_directories(nic / "netdev_naming_event/if2");
	std::filesystem::create_directories(sysfs / "class/netdev_naming_event");
	std::filesystem::create_symlink(
		"../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0/netdev_naming_event/if2",
		sysfs / "class/netdev_naming_event/if2");
	std::ofstream(sysfs / "devices/pci0000:00/0000:00:03.0/label") << "Uplink\n";

	const naming::placement place = naming::place_of(2, root);
	EXPECT_EQ(place.syspath, nic.string());
	EXPECT_EQ(place.location, "pci0000:00/0000:00:03.0");
	EXPECT_EQ(place.label, "Uplink");
	EXPECT_FALSE(naming::is_stacked(place.syspath));
	std::filesystem::create_directories(nic / "lower_eth1");
	EXPECT_TRUE(naming::is_stacked(place.syspath));
	EXPECT_EQ(naming::place_of(3, root).syspath, "");
	std::filesystem::remove_all(sysfs);
}
