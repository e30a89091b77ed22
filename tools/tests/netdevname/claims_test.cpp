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

/* Reads from @config, and counts what it gives out. */
struct fake_config {
	std::string config;
	std::size_t given = 0;

	std::string serial()
	{
		return naming::pci_serial([this](unsigned int at, std::size_t len) {
			given += len;
			return at < config.size() ? config.substr(at, len) : std::string();
		});
	}
};

std::string serial_in(const std::string &config)
{
	return fake_config{config}.serial();
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

	EXPECT_EQ(claims_of(ethernet(), props, ""), expected);
}

TEST(Claims, APortHasItsNumberAndBesidesItsName)
{
	nic_info info = ethernet();

	info.dev_port = 1;
	EXPECT_EQ(claims_of(info, {{"ID_PATH", "p"}}, "")["port"], "p-port-1");
	info.port_name = "p0";
	EXPECT_EQ(claims_of(info, {{"ID_PATH", "p"}}, "")["port"], "p-port-1");
	EXPECT_EQ(claims_of(info, {{"ID_PATH", "p"}}, "")["port_name"], "p-port-p0");
	EXPECT_EQ(naming::link_of("port_name", "p-port-p0"), "by-port/p-port-p0");
	EXPECT_EQ(naming::link_of("mac", "m"), "by-mac/m");
}

TEST(Claims, NoMacWithoutAPermanentOne)
{
	nic_info info = ethernet();

	info.link_type = ARPHRD_INFINIBAND;
	EXPECT_TRUE(claims_of(info, {}, "").empty());
	info.link_type = ARPHRD_ETHER;
	for (const char *mac : {"", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"}) {
		info.permanent_address = mac;
		EXPECT_TRUE(claims_of(info, {}, "").empty()) << mac;
	}
}

TEST(Claims, HostileLabelsStayInTheirDirectory)
{
	const auto label = [](const std::string &text) {
		return claims_of(ethernet(), {{"ID_NET_LABEL_ONBOARD", text}}, "")["label"];
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

	EXPECT_EQ(claims_of(info, usb, "").count("id"), 0U);
	usb["ID_SERIAL_SHORT"] = "42";
	EXPECT_EQ(claims_of(info, usb, "")["id"], "usb-V_M_42-if00");
	EXPECT_EQ(claims_of(info, pci, "").count("id"), 0U);
	EXPECT_EQ(claims_of(info, pci, "00a0c9ffff123456")["id"],
		  "pci-8086-10c9-00a0c9ffff123456-f1");
}

TEST(PciSerial, FollowsTheListOfCapabilities)
{
	EXPECT_EQ(serial_in(config_with({{0x100, 0x15000001},
						      {0x150, 0x00000003},
						      {0x154, 0xff123456},
						      {0x158, 0x00a0c9ff}})),
		  "00a0c9ffff123456");
}

TEST(PciSerial, ReadsTheListAndNothingElse)
{
	fake_config config{config_with({{0x100, 0x15000001}, {0x150, 3}, {0x154, 1}, {0x158, 2}})};

	EXPECT_EQ(config.serial(), "0000000200000001");
	EXPECT_EQ(config.given, 16U) << "two headers and the number";
}

TEST(PciSerial, TellsNothingNewWhereItIsMadeOfTheAddress)
{
	EXPECT_TRUE(naming::is_made_of("00a0c9ffff123456", "00:a0:c9:12:34:56"));
	EXPECT_TRUE(naming::is_made_of("00a0c9ffff123456", "00:a0:c9:12:34:59")) << "fourth port";
	EXPECT_FALSE(naming::is_made_of("00a0c9ffff123456", "00:a0:c9:22:34:56"));
	EXPECT_FALSE(naming::is_made_of("00a0c9ffff123456", "00:a0:c8:12:34:56"));
	EXPECT_FALSE(naming::is_made_of("00a0c9ffff123456", ""));
	EXPECT_FALSE(naming::is_made_of("", "00:a0:c9:12:34:56"));
}

TEST(PciSerial, BrokenListsEnd)
{
	EXPECT_EQ(serial_in(""), "");
	EXPECT_EQ(serial_in(std::string(64, '\0')), "");
	EXPECT_EQ(serial_in(config_with({})), "");
	EXPECT_EQ(serial_in(config_with({{0x100, 0x10000001}})), "") << "loop";
	EXPECT_EQ(serial_in(config_with({{0x100, 0xffc00001}, {0xffc, 3}})), "") << "end";
	EXPECT_EQ(serial_in(config_with({{0x100, 0x00000003}})), "") << "all zero";
}

TEST(Place, IsThatOfTheNicThatHasTheName)
{
	char root[] = "place.XXXXXX";
	ASSERT_NE(mkdtemp(root), nullptr);
	const std::filesystem::path sysfs(root);
	const auto device = sysfs / "devices/pci0000:00/0000:00:03.0", nic = device / "virtio0/net/eth0";

	std::filesystem::create_directories(nic);
	std::filesystem::create_directories(sysfs / "devices/virtual/net/br0");
	std::filesystem::create_directories(sysfs / "class/net");
	std::filesystem::create_symlink("../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0",
					sysfs / "class/net/eth0");
	std::filesystem::create_symlink("../../devices/virtual/net/br0", sysfs / "class/net/br0");
	std::ofstream(device / "label") << "Uplink\n";
	std::ofstream(device / "index") << "1\n";
	std::ofstream(device / "acpi_index") << "5\n";
	std::ofstream(nic / "ifindex") << "2\n";
	std::ofstream(sysfs / "devices/virtual/net/br0/ifindex") << "3\n";

	const naming::placement place = naming::place_of("eth0", 2, root);
	EXPECT_EQ(place.syspath, nic.string());
	EXPECT_EQ(place.location, "pci0000:00/0000:00:03.0");
	EXPECT_EQ(place.label, "Uplink");
	EXPECT_EQ(place.onboard_index, "5");
	EXPECT_FALSE(place.removable);
	std::ofstream(device / "removable") << "removable\n";
	EXPECT_TRUE(naming::place_of("eth0", 2, root).removable);
	EXPECT_TRUE(naming::lowers_of(place.syspath).empty());
	std::filesystem::create_directories(nic / "lower_eth1");
	std::ofstream(nic / "lower_eth1/ifindex") << "7\n";
	EXPECT_EQ(naming::lowers_of(place.syspath), (std::vector<unsigned int>{7}));
	EXPECT_EQ(naming::place_of("eth0", 3, root).syspath, "") << "another NIC has the name now";
	EXPECT_EQ(naming::place_of("eth1", 2, root).syspath, "");
	EXPECT_NE(naming::place_of("br0", 3, root).syspath, "");
	EXPECT_EQ(naming::place_of("br0", 3, root).location, "") << "virtual";
	std::filesystem::remove_all(sysfs);
}
