// SPDX-License-Identifier: GPL-2.0-or-later
/* What configuration files say of NICs, and what is wrong with it. */
#include "lint/judge.hpp"

#include <gtest/gtest.h>

using naming::lint::configuration;
using naming::lint::problem;
using naming::lint::user;

namespace
{

using parser = void (*)(const std::string &, const std::string &, configuration &);

/* "LINE NAME" of each reference by that user. */
std::vector<std::string> references(parser parse, const std::string &text, user by)
{
	std::vector<std::string> out;
	configuration found;

	parse(text, "file", found);
	for (const auto &r : found.references) {
		EXPECT_EQ(r.file, "file");
		if (r.by == by)
			out.push_back(std::to_string(r.line) + " " + r.name);
	}
	return out;
}

std::vector<std::string> grants(parser parse, const std::string &text)
{
	std::vector<std::string> out;
	configuration found;

	parse(text, "file", found);
	for (const auto &g : found.grants)
		out.push_back(std::to_string(g.line) + " " + g.name);
	return out;
}

using list = std::vector<std::string>;

naming::lint::names with_role(const std::string &name)
{
	naming::lint::names known;
	naming::role r;

	r.name = name;
	r.file = "/etc/1.role";
	known.roles = {r};
	return known;
}

/* "FILE:LINE PROBLEM" of each finding about these references and grants. */
list judged(const configuration &found, const naming::lint::names &known)
{
	list out;

	for (const auto &f : naming::lint::judge(found, known)) {
		EXPECT_NE(f.text.find(f.name), std::string::npos) << f.text;
		out.push_back(f.file + ":" + std::to_string(f.line) + " " + to_string(f.what));
	}
	return out;
}

configuration referring(user by, const std::string &name)
{
	configuration found;

	found.references = {{by, "f", 3, name}};
	return found;
}

} // namespace

TEST(LintNft, FindsNamesWhereverRulesHaveThem)
{
	const std::string text = "#!/usr/sbin/nft -f\n"
				 "define wan = \"uplink\" # iifname nothing\n"
				 "define lan = { a0, \"b0\" }\n"
				 "table inet t {\n"
				 "\tset names { type ifname; elements = { \"s0\",\n \"s1\" } }\n"
				 "\tset ports { type inet_service; elements = { 22 } }\n"
				 "\tchain c {\n"
				 "\t\tiifname $wan accept\n"
				 "\t\toifname != $lan drop\n"
				 "\t\tmeta iifname . meta oifname { \"x0\" . \"y0\" } accept\n"
				 "\t\tiifname vmap { lo : accept, \"up\" : jump chain_up }\n"
				 "\t\tiifname \"ppp*\" accept\n"
				 "\t\tiifname @names drop\n"
				 "\t}\n"
				 "}\n";

	EXPECT_EQ(references(naming::lint::parse_nft, text, user::nft_name),
		  (list{"5 s0", "6 s1", "2 uplink", "3 a0", "3 b0", "11 .", "11 x0", "11 .", "11 y0", "12 lo",
			"12 up"}));
	EXPECT_EQ(references(naming::lint::parse_nft,
			     "iif lo accept\noif != \"up\" drop\n"
			     "type filter hook ingress device \"e0\" priority 0;\ndevices = { e1, e2 };\n",
			     user::nft_index),
		  (list{"1 lo", "2 up", "3 e0", "4 e1", "4 e2"}));
}

TEST(LintNft, EndsWithAnyText)
{
	const std::string text = "define a = { \"b\", c } iifname != { \"x\" . y : jump z, $a } # end\n"
				 "set s { type ifname; elements = { \"\", \"q\" } } iif \"last\"";

	for (std::size_t len = 0; len <= text.size(); len++) {
		configuration found;

		naming::lint::parse_nft(text.substr(0, len), "file", found);
		naming::lint::judge(found, with_role("x"));
	}
}

TEST(LintParsers, FindTheNamesOfEachFormat)
{
	EXPECT_EQ(references(naming::lint::parse_iptables,
			     "*filter\n# -i no\n-A INPUT -i uplink -j ACCEPT\n-A F ! -o lan0 -i eth+ -m physdev "
			     "--physdev-in p0\n-A X -o",
			     user::iptables),
		  (list{"3 uplink", "4 lan0", "4 p0"}));
	EXPECT_EQ(references(naming::lint::parse_firewalld,
			     "<zone>\n <interface name=\"uplink\"/> <interface name='b0'/>\n<interface/>\n"
			     "<interface name=\"open",
			     user::firewalld),
		  (list{"2 uplink", "2 b0"}));
	EXPECT_EQ(references(naming::lint::parse_sysctl,
			     "net.ipv4.conf.uplink.rp_filter = 1\n-net/ipv6/conf/eth0.100/accept_ra=0\n"
			     "net.ipv4.conf.eth0/5.forwarding=1\n# net.ipv4.conf.no.x=1\nnet.ipv4.ip_forward=1\n"
			     "net.ipv4.conf.*.x=1\nnet.ipv4.neigh.n0.gc=1",
			     user::sysctl),
		  (list{"1 uplink", "2 eth0.100", "3 eth0.5", "7 n0"}));
	EXPECT_EQ(references(naming::lint::parse_dhcpcd,
			     "interface uplink\n denyinterfaces a0 veth* b0 # c0\ninterfaces x\n", user::dhcpcd),
		  (list{"1 uplink", "2 a0", "2 b0"}));
}

TEST(LintParsers, TellAReferenceOfNetworkManagerFromANewNic)
{
	const std::string head = "[connection]\ninterface-name=uplink\ntype=", tail = "\n[match]\ninterface-name=x\n";

	EXPECT_EQ(references(naming::lint::parse_network_manager, head + "ethernet" + tail, user::network_manager),
		  (list{"2 uplink"}));
	EXPECT_EQ(grants(naming::lint::parse_network_manager, head + "ethernet" + tail), list());
	EXPECT_EQ(grants(naming::lint::parse_network_manager, head + "bridge" + tail), (list{"2 uplink"}));
}

TEST(LintParsers, FindDevicesThatUnitsWaitFor)
{
	const std::string text = "[Unit]\nAfter=network.target sys-subsystem-net-devices-uplink.device\n"
				 "Wants=dev-netdev-by\\x2drole-up\\x2dlink.device dev-sda.device\n"
				 "[Install]\nWantedBy=sys-subsystem-net-devices-a\\x2db.device\n"
				 "ExecStart=sys-subsystem-net-devices-x.device\n"
				 "BindsTo=sys-subsystem-net-devices-%i.device\n";

	EXPECT_EQ(references(naming::lint::parse_unit, text, user::unit), (list{"2 uplink", "5 a-b"}));
	EXPECT_EQ(references(naming::lint::parse_unit, text, user::unit_link), (list{"3 by-role/up-link"}));
}

TEST(LintParsers, FindNamesThatOthersGive)
{
	EXPECT_EQ(grants(naming::lint::parse_link, "[Match]\nName=no\n[Link]\nName=lan0\nAlternativeName=a b\n"
						   "[NetDev]\nName=br0\n"),
		  (list{"4 lan0", "5 a", "5 b", "7 br0"}));
	EXPECT_EQ(grants(naming::lint::parse_udev_rules,
			 "SUBSYSTEM==\"net\", ATTR{address}==\"x\", NAME=\"lan0\"\n"
			 "SUBSYSTEM==\"net\", NAME==\"no\", ENV{ID_NET_NAME}=\"no\", NAME:=\"lan1\"\n"
			 "SUBSYSTEM==\"tty\", NAME=\"no\"\n# SUBSYSTEM==\"net\", NAME=\"no\"\n"
			 "SUBSYSTEM==\"net\", NAME=\"$env{X}\", NAME=\"open\n"),
		  (list{"1 lan0", "2 lan1"}));
}

TEST(LintJudge, EachProgramHasItsWayToFail)
{
	const std::pair<user, const char *> ways[] = {
		{user::nft_name, "f:3 never-matches"}, {user::nft_index, "f:3 refused"},
		{user::iptables, "f:3 never-matches"}, {user::firewalld, "f:3 never-matches"},
		{user::sysctl, "f:3 ignored"},	       {user::dhcpcd, "f:3 ignored"},
		{user::network_manager, "f:3 ignored"}, {user::unit, "f:3 never-starts"},
	};

	for (const auto &[by, way] : ways) {
		EXPECT_EQ(judged(referring(by, "uplink"), with_role("uplink")), list{way});
		EXPECT_EQ(judged(referring(by, "other"), with_role("uplink")), list());
	}
}

TEST(LintJudge, AlternativeNamesFailAsRolesDo)
{
	naming::lint::names known;

	known.live = true;
	known.kernel = {"eth0"};
	known.altnames = {"enp1s0"};
	EXPECT_EQ(judged(referring(user::iptables, "enp1s0"), known), list{"f:3 never-matches"});
	EXPECT_EQ(judged(referring(user::iptables, "eth0"), known), list());
	EXPECT_EQ(judged(referring(user::iptables, "tun0"), known), list());
}

/* Then the name is the kernel's, and everything works. */
TEST(LintJudge, ARoleThatIsAKernelNameIsFine)
{
	naming::lint::names known = with_role("uplink");
	configuration found = referring(user::nft_name, "uplink");

	found.grants = {{"10-uplink.link", 2, "uplink"}};
	EXPECT_EQ(judged(found, known), list{"/etc/1.role:0 shadows"});
	found.grants.clear();
	known.kernel = {"uplink"};
	EXPECT_EQ(judged(found, known), list{"/etc/1.role:0 shadows"});
}

TEST(LintJudge, UnitsThatWaitForNothing)
{
	naming::lint::names known = with_role("uplink");

	EXPECT_EQ(judged(referring(user::unit_link, "by-role/uplink"), known), list());
	EXPECT_EQ(judged(referring(user::unit_link, "by-role/other"), known), list{"f:3 never-starts"});
	EXPECT_EQ(judged(referring(user::unit_link, "by-mac/x"), known), list());
	EXPECT_EQ(judged(referring(user::unit, "eth7"), known), list());
	known.live = true;
	EXPECT_EQ(judged(referring(user::unit, "eth7"), known), list{"f:3 never-starts"});
	known.kernel = {"eth7"};
	EXPECT_EQ(judged(referring(user::unit, "eth7"), known), list());
}

TEST(LintJudge, NamesOfRoles)
{
	for (const char *name : {"uplink", "fifteen-letters", "enterprise", "ethernet", "slow", "wlan"})
		EXPECT_EQ(judged({}, with_role(name)), list()) << name;
	EXPECT_EQ(judged({}, with_role("sixteen-letters-")), list{"/etc/1.role:0 too-long"});
	for (const char *name : {"eth0", "wlan12", "enp3s0", "eno1", "wlp1s0", "enx525400123456", "lo"})
		EXPECT_EQ(judged({}, with_role(name)), list{"/etc/1.role:0 shadows"}) << name;
}
