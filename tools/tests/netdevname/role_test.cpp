// SPDX-License-Identifier: GPL-2.0-or-later
#include "role.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "waymark/error.hpp"

using naming::nic_facts;
using naming::parse_role;
using naming::role;

namespace
{

nic_facts card(const char *name, const char *location)
{
	nic_facts nic;

	nic.name = name;
	nic.driver = "igb";
	nic.type = "ether";
	nic.mac = "52:54:00:12:34:56";
	nic.onboard_index = "2";
	nic.label = "Uplink 1";
	nic.order.location = location;
	nic.props = {{"ID_PATH", "pci-0000:03:00.0"}, {"ID_NET_NAME_SLOT", "ens3"}, {"ID_BUS", "pci"}};
	return nic;
}

bool fits(const std::string &line)
{
	return alternative_of(parse_role("[Match]\n" + line + "\n[Role]\nName=r\n", "f"),
			      card("a", "p")) == 0;
}

/* "object: reason" of the error; empty if there is none. */
std::string complaint(const std::string &text)
{
	try {
		parse_role(text, "f");
	} catch (const waymark::error &e) {
		return e.object() + ": " + e.what();
	}
	return {};
}

class RoleFiles : public testing::Test
{
protected:
	void SetUp() override
	{
		char name[] = "roles.XXXXXX";

		ASSERT_NE(mkdtemp(name), nullptr);
		root = name;
		for (const char *dir : {"/etc", "/usr"})
			std::filesystem::create_directory(root + dir);
	}
	void TearDown() override { std::filesystem::remove_all(root); }
	void write(const std::string &path, const std::string &text)
	{
		std::ofstream(root + path) << text;
	}
	std::vector<role> load()
	{
		problems.clear();
		return naming::load_roles({root + "/etc", root + "/usr"}, problems);
	}

	std::string root;
	std::vector<std::string> problems;
};

const char good[] = "[Match]\nDriver=igb\n[Role]\nName=uplink\n";

} // namespace

TEST(Role, EveryKeyMatchesAndFailsToMatch)
{
	for (const char *line :
	     {"Path=pci-0000:03:*", "Driver=e1000e igb", "Type=ether", "PermanentMACAddress=5254.0012.3456",
	      "PermanentMACAddress=52-54-00-12-34-56", "Property=ID_BUS=p?i", "Label=\"Uplink 1\"",
	      "Label='Uplink 1'", "Slot=ens[1-3]", "OnboardIndex=2"})
		EXPECT_TRUE(fits(line)) << line;
	for (const char *line :
	     {"Path=pci-0000:04:*", "Driver=e1000e ixgbe", "Type=wlan", "PermanentMACAddress=52:54:00:12:34:57",
	      "Property=ID_BUS=usb", "Property=ID_NONE=*", "Label=Uplink", "Slot=ens4", "OnboardIndex=1",
	      "PortName=*"})
		EXPECT_FALSE(fits(line)) << line;
}

TEST(Role, ExclamationMarkInvertsTheWholeList)
{
	EXPECT_FALSE(fits("Driver=!igb ixgbe"));
	EXPECT_TRUE(fits("Driver=!e1000e ixgbe"));
	EXPECT_TRUE(fits("PortName=!p0"));
}

TEST(Role, AllLinesHaveToHold)
{
	EXPECT_TRUE(fits("Driver=igb\nType=ether"));
	EXPECT_FALSE(fits("Driver=igb\nType=wlan"));
}

TEST(Role, ErrorsNameTheLine)
{
	EXPECT_EQ(complaint("[Match]\nColour=red\n"), "f:2: unknown key Colour= in [Match]");
	EXPECT_EQ(complaint("[Link]\n"), "f:1: unknown section [Link]");
	EXPECT_EQ(complaint("Driver=x\n"), "f:1: before the first section");
	EXPECT_EQ(complaint("[Match]\nDriver\n"), "f:2: neither a section nor KEY=VALUE");
	EXPECT_EQ(complaint("[Match]\nDriver=\n"), "f:2: Driver= is empty");
	EXPECT_EQ(complaint("[Match]\nLabel=\"x\n"), "f:2: a quote is not closed");
	EXPECT_EQ(complaint("[Match]\nPermanentMACAddress=52:54\n"),
		  "f:2: \"52:54\" is no hardware address");
	EXPECT_EQ(complaint("[Match]\nProperty=X\n"), "f:2: Property= takes KEY=PATTERN");
	EXPECT_EQ(complaint("[Role]\nAlternativeName=maybe\n"), "f:2: \"maybe\" is neither yes nor no");
	EXPECT_EQ(complaint("[Match]\nDriver=x\n"), "f: no Name= in [Role]");
	EXPECT_EQ(complaint("[Role]\nName=x\n"), "f: nothing in [Match]");
	EXPECT_EQ(complaint(std::string("[Match]\nDriver=a\0b\n", 19)), "f:2: a NUL in the line");
	EXPECT_EQ(complaint(""), "f: no Name= in [Role]");
}

TEST(Role, ANameIsOneHarmlessComponent)
{
	for (const char *name : {"", ".", "..", "a/b", "a b", "a\\b", "$x"})
		EXPECT_NE(complaint(std::string("[Match]\nDriver=x\n[Role]\nName=") + name + "\n"), "") << name;
	EXPECT_NE(complaint("[Match]\nDriver=x\n[Role]\nName=" + std::string(128, 'x') + "\n"), "");
	EXPECT_EQ(complaint("[Match]\nDriver=x\n[Role]\nName=" + std::string(127, 'x') + "\n"), "");
}

TEST(Role, TenThousandLines)
{
	std::string text = good;

	for (int i = 0; i < 10000; i++)
		text += "# line\n";
	EXPECT_EQ(complaint(text), "");
	EXPECT_EQ(complaint(text + "x\n"), "f:10005: neither a section nor KEY=VALUE");
}

TEST(Role, TenThousandConditionsHaveToHoldEach)
{
	std::string lines;

	for (int i = 0; i < 10000; i++)
		lines += "Driver=no-" + std::to_string(i) + "* igb\n";
	EXPECT_TRUE(fits(lines));
	EXPECT_FALSE(fits(lines + "Driver=no-*"));
}

/* decision_test.cpp has the roles of whole machines. */
TEST(Role, TheFirstSectionThatFitsCounts)
{
	const role r = parse_role("[Match]\nPermanentMACAddress=52:54:00:00:00:01\n"
				  "[Fallback]\nPath=pci-0000:03:00.0\nType=ether\n"
				  "[Fallback]\nDriver=igb\n[Role]\nName=r\n",
				  "f");
	nic_facts nic = card("a", "p/0000:00:03.0");

	ASSERT_EQ(r.alternatives.size(), 3U);
	EXPECT_EQ(alternative_of(r, nic), 1U);
	nic.mac = "52:54:00:00:00:01";
	EXPECT_EQ(alternative_of(r, nic), 0U);
	nic.mac.clear();
	nic.type = "wlan";
	EXPECT_EQ(alternative_of(r, nic), 2U);
	nic.driver = "other";
	EXPECT_EQ(alternative_of(r, nic), naming::no_alternative);
}

TEST(Role, AnotherCardInItsPlace)
{
	const std::string text = "[Match]\nDriver=x\n[Role]\nName=r\n";

	EXPECT_EQ(parse_role(text, "f").replace, naming::replacement::model) << "the default is safe";
	EXPECT_EQ(parse_role(text + "Replace=always\n", "f").replace, naming::replacement::always);
	EXPECT_EQ(complaint(text + "Replace=yes\n"), "f:5: Replace= takes model, ask, never or always");
}

TEST(Role, AnAlternativeNameThatIsTooLongForProgramsIsWarnedOf)
{
	const std::string text = "[Match]\nDriver=x\n[Role]\nName=sixteen-letters-\n";

	EXPECT_TRUE(parse_role(text, "f").warnings.empty()) << "a link may be that long";
	EXPECT_EQ(parse_role(text + "AlternativeName=yes\n", "f").warnings.size(), 1U);
	EXPECT_TRUE(parse_role("[Match]\nDriver=x\n[Role]\nName=fifteen-letters\nAlternativeName=yes\n", "f")
			    .warnings.empty());
}

TEST(Role, AByteOrderMarkIsNoText)
{
	EXPECT_EQ(complaint(std::string("\xef\xbb\xbf") + good), "");
}

TEST(Role, AFallbackHasConditionsOfItsOwn)
{
	EXPECT_EQ(complaint("[Match]\nDriver=x\n[Fallback]\n[Role]\nName=x\n"), "f: nothing in [Fallback]");
	EXPECT_EQ(complaint("[Fallback]\nDriver=x\n[Role]\nName=x\n"), "f: nothing in [Match]");
	EXPECT_EQ(complaint("[Fallback]\nX=x\n"), "f:2: unknown key X= in [Fallback]");
	/* As in systemd, the same section twice is one. */
	EXPECT_EQ(parse_role("[Match]\nDriver=x\n[Match]\nType=y\n[Role]\nName=x\n", "f").alternatives.size(), 1U);
}

TEST_F(RoleFiles, EarlierDirectoriesHideLaterOnes)
{
	write("/usr/10.role", good);
	EXPECT_EQ(load().size(), 1U);
	write("/etc/10.role", "[Match]\nDriver=igb\n[Role]\nName=other\n");
	EXPECT_EQ(load().at(0).name, "other");
	write("/etc/10.role", "");
	EXPECT_TRUE(load().empty());
	std::filesystem::remove(root + "/etc/10.role");
	std::filesystem::create_symlink("/dev/null", root + "/etc/10.role");
	EXPECT_TRUE(load().empty());
	EXPECT_TRUE(problems.empty());
}

TEST_F(RoleFiles, ABadFileDoesNotHideTheOthers)
{
	write("/etc/10.role", "[Match]\nDrivers=igb\n");
	write("/etc/20.role", good);
	write("/etc/30.role", good);
	write("/etc/40.txt", "no role file");
	EXPECT_EQ(load().size(), 1U);
	ASSERT_EQ(problems.size(), 2U);
	EXPECT_EQ(problems[0], root + "/etc/10.role:2: unknown key Drivers= in [Match]");
	EXPECT_EQ(problems[1],
		  root + "/etc/30.role: the role uplink is already in " + root + "/etc/20.role");
}
