// SPDX-License-Identifier: GPL-2.0-or-later
#include "arguments.hpp"

#include <gtest/gtest.h>

#include "waymark/error.hpp"

namespace
{

std::string replaced(const std::string &argument)
{
	return naming::replace_path(argument, [](const std::string &path) { return "<" + path + ">"; });
}

} // namespace

TEST(ReplacePath, TheWholeArgument)
{
	EXPECT_EQ(replaced("/dev/netdev/by-mac/52:54:00:00:00:01"),
		  "</dev/netdev/by-mac/52:54:00:00:00:01>");
	EXPECT_EQ(replaced("/dev/netdev/by-role/a,b=c"), "</dev/netdev/by-role/a,b=c>");
}

TEST(ReplacePath, BehindAnEqualsSignOrAComma)
{
	EXPECT_EQ(replaced("dev=/dev/netdev/by-role/up"), "dev=</dev/netdev/by-role/up>");
	EXPECT_EQ(replaced("tap,/dev/netdev/if2,/dev/netdev/if3,x"),
		  "tap,</dev/netdev/if2>,</dev/netdev/if3>,x");
	EXPECT_EQ(replaced("--link=/dev/netdev/if2,mtu=9000"), "--link=</dev/netdev/if2>,mtu=9000");
}

TEST(ReplacePath, LeavesEverythingElse)
{
	for (const char *text : {"", "eth0", "/dev/netdev", "/dev/null", "x/dev/netdev/if2",
				 "//dev/netdev/if2", "a:/dev/netdev/if2", "==,,"})
		EXPECT_EQ(replaced(text), text);
}

TEST(PlainName, IsTheUsualKind)
{
	for (const char *name : {"eth0", "enp0s31f6", "eth0.100", "br-1a2b3c", "wl_0", "_x", "0a", "1-2", "lo",
				 "alley", "Any"})
		EXPECT_TRUE(naming::is_plain_name(name)) << name;
}

/* Options, several of them, indices, globs, other words for NICs, and text of a shell. */
TEST(PlainName, IsNothingThatACommandMistakes)
{
	for (const char *name : {"", "-x", "--help", "e,script=/tmp/x", "e,script=x", "a=b", "+x", "eth+", ".x",
				 "1", "0123", "all", "any", "default", "a*", "[a]", "a?", "a;b", "a|b", "$x",
				 "`x`", "a'b", "a\"b", "a\\b", "~x", "#x", "x#", "!x", "eth0@if2", "a b",
				 "a\nb", "a%d", "a:1", "\x1b[m", "\xc3\xbc", "\xff"})
		EXPECT_FALSE(naming::is_plain_name(name)) << name;
	EXPECT_FALSE(naming::is_plain_name(std::string_view("a\0b", 3)));
}

TEST(PlainName, TheComplaintNamesBoth)
{
	EXPECT_EQ(naming::plain_name("eth0", "by-role/uplink"), "eth0");
	try {
		naming::plain_name("-x", "by-role/uplink");
		ADD_FAILURE();
	} catch (const waymark::error &e) {
		EXPECT_EQ(e.object(), "by-role/uplink");
		EXPECT_STREQ(e.what(),
			     "the NIC is called \"-x\", which a command can mistake for something else");
	}
}

TEST(ReplacePath, AnErrorGoesThrough)
{
	EXPECT_THROW(naming::replace_path("/dev/netdev/x",
					  [](const std::string &) -> std::string { throw 1; }),
		     int);
}
