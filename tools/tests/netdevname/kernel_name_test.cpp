// SPDX-License-Identifier: GPL-2.0-or-later
/* Who has a name: the kernel's answer, whatever links there are. */
#include "kernel_name.hpp"

#include <netdevname.h>

#include <gtest/gtest.h>

#include "fake_kernel.hpp"

using naming::holder_of;

namespace
{

/* 16 bytes and more are never a kernel name. */
const std::string long_name = "uplink-of-the-first-rack";

class kernel_name : public testing::Test
{
protected:
	void SetUp() override { fake::the_kernel() = {}; }
	/* Neither the control device nor a handle stays open. */
	void TearDown() override { EXPECT_TRUE(fake::the_kernel().descriptors.empty()); }
};

TEST_F(kernel_name, finds_names_of_any_length)
{
	fake::the_kernel().names = {
		{"eth0", 2}, {"uplink", 3}, {long_name, 4}, {std::string(127, 'n'), 5}};
	EXPECT_EQ(holder_of("eth0"), 2u);
	EXPECT_EQ(holder_of("uplink"), 3u);
	EXPECT_EQ(holder_of(long_name), 4u);
	EXPECT_EQ(holder_of(std::string(127, 'n')), 5u);
}

TEST_F(kernel_name, does_not_find_links)
{
	for (const std::string &name : {std::string("uplink"), long_name}) {
		for (const char *folder : {"", "by-role/", "by-onboard/", "by-former/"})
			fake::the_kernel().links[folder + name] = 2;
		EXPECT_EQ(holder_of(name), 0u) << name;

		/* They are there, for those who ask for them. */
		struct netdevname *nic = netdevname_open(name.c_str());
		unsigned int ifindex = 0;
		ASSERT_NE(nic, nullptr) << name;
		EXPECT_EQ(netdevname_get_name(nic, nullptr, &ifindex), 0);
		EXPECT_EQ(ifindex, 2u);
		netdevname_close(nic);
	}
}

TEST_F(kernel_name, prefers_the_kernel_to_a_link)
{
	fake::the_kernel().names = {{long_name, 7}};
	fake::the_kernel().links = {{"by-role/" + long_name, 2}};
	EXPECT_EQ(holder_of(long_name), 7u);
}

/* An alternative name may hold one; if_nametoindex("lan:1") is that of lan. */
TEST_F(kernel_name, does_not_end_at_a_colon)
{
	fake::the_kernel().names = {{"lan", 2}};
	EXPECT_EQ(holder_of("lan:1"), 0u);
	fake::the_kernel().names["lan:1"] = 3;
	EXPECT_EQ(holder_of("lan:1"), 3u);
}

TEST_F(kernel_name, has_nobody_for_what_is_no_name)
{
	fake::the_kernel().names = {{std::string(127, 'n'), 5}};
	EXPECT_EQ(holder_of(""), 0u);
	EXPECT_EQ(holder_of(std::string(128, 'n')), 0u);
	EXPECT_EQ(holder_of("eth0"), 0u);
}

} // namespace
