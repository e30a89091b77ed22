// SPDX-License-Identifier: GPL-2.0-or-later
#include "reserved.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "options.hpp"

TEST(Reserved, NamesOfTheKernelAndOfUdev)
{
	for (const char *name : {"eth0", "usb12", "wlan0", "ib3"})
		EXPECT_TRUE(naming::is_kernels(name)) << name;
	for (const char *name : {"eth", "eth0x", "enp5s0", "uplink0", "0", ""})
		EXPECT_FALSE(naming::is_kernels(name)) << name;
	for (const char *name : {"enp5s0", "eno1", "ens3", "enx525400123456", "wlp3s0", "wlo1", "ibp1s0"})
		EXPECT_TRUE(naming::is_predictable(name)) << name;
	for (const char *name : {"eth0", "uplink", "end", "en", "wlan-guest", "internal"})
		EXPECT_FALSE(naming::is_predictable(name)) << name;
}

TEST(Reserved, WhatFilesOfSystemdGive)
{
	using names = std::vector<std::string>;

	EXPECT_EQ(naming::names_given("[Match]\nName=eth*\n[Link]\n Name = lan0 \r\nAlternativeName=a b\n"),
		  (names{"lan0", "a", "b"}));
	EXPECT_EQ(naming::names_given("[NetDev]\nName=br0\nKind=bridge\n#Name=no\n[Bridge]\nName=no\n"),
		  (names{"br0"}));
	EXPECT_TRUE(naming::names_given("Name=x").empty());
}

TEST(Reserved, ReadsAllFoldersAndDropIns)
{
	char root[] = "reserved.XXXXXX";
	ASSERT_NE(mkdtemp(root), nullptr);
	const std::filesystem::path etc = std::filesystem::path(root) / "etc/systemd/network",
				    lib = std::filesystem::path(root) / "usr/lib/systemd/network";

	std::filesystem::create_directories(etc / "10-a.link.d");
	std::filesystem::create_directories(lib);
	std::ofstream(etc / "10-a.link.d/x.conf") << "[Link]\nName=lan0\n";
	std::ofstream(etc / "20-b.netdev") << "[NetDev]\nName=br0\n";
	std::ofstream(etc / "30-c.network") << "[Link]\nName=no\n";
	std::ofstream(lib / "99.link") << "[Link]\nAlternativeName=wan\n";
	EXPECT_EQ(naming::reserved_names(root), (std::set<std::string>{"br0", "lan0", "wan"}));
	std::filesystem::remove_all(root);
	EXPECT_TRUE(naming::reserved_names(root).empty());
}

TEST(Options, SerialNumbersOfPci)
{
	std::vector<std::string> problems;

	EXPECT_EQ(naming::parse_options("", "f", problems).pci_serial, naming::options::serial::mac);
	EXPECT_EQ(naming::parse_options("# x\n[Naming]\nPCISerial=yes\n", "f", problems).pci_serial,
		  naming::options::serial::yes);
	EXPECT_EQ(naming::parse_options("PCISerial=no", "f", problems).pci_serial,
		  naming::options::serial::no);
	EXPECT_TRUE(problems.empty());
	EXPECT_EQ(naming::parse_options("PCISerial=maybe\n", "f", problems).pci_serial,
		  naming::options::serial::mac);
	EXPECT_EQ(problems, (std::vector<std::string>{
				    "f:1: neither [Naming] nor PCISerial=mac, yes or no"}));
}
