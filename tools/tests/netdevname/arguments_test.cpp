// SPDX-License-Identifier: GPL-2.0-or-later
#include "arguments.hpp"

#include <gtest/gtest.h>

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

TEST(ReplacePath, AnErrorGoesThrough)
{
	EXPECT_THROW(naming::replace_path("/dev/netdev/x",
					  [](const std::string &) -> std::string { throw 1; }),
		     int);
}
