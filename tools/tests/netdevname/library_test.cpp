// SPDX-License-Identifier: GPL-2.0-or-later
/* What libnetdevname says when the module is not there, or is a newer one. */
#include <netdevname.h>

#include <cerrno>
#include <memory>

#include <gtest/gtest.h>

#include "fake_kernel.hpp"

namespace
{

using list_ptr = std::unique_ptr<struct netdevname_list, decltype(&netdevname_list_free)>;

class library : public testing::Test
{
protected:
	void SetUp() override { fake::the_kernel() = {}; }
	void TearDown() override { EXPECT_TRUE(fake::the_kernel().descriptors.empty()); }

	/* The errno of both ways to a path or name; 0 if there is a NIC. */
	static int resolve_error(const char *path)
	{
		errno = 0;
		return netdevname_resolve(path, nullptr, nullptr) ? errno : 0;
	}
	static int open_error(const char *name)
	{
		struct netdevname *nic = netdevname_open(name);
		const int errnum = nic ? 0 : errno;

		netdevname_close(nic);
		return errnum;
	}
};

TEST_F(library, a_name_that_nobody_has_is_enoent)
{
	for (const char *path : {"by-mac/none", "/dev/netdev/by-mac/none", "by-role/a b", "/no/such/path"}) {
		EXPECT_EQ(resolve_error(path), ENOENT) << path;
		EXPECT_EQ(open_error(path), ENOENT) << path;
	}
	EXPECT_EQ(open_error("none"), ENOENT);
}

TEST_F(library, without_the_module_it_is_enxio)
{
	fake::the_kernel().loaded = false;
	for (const char *path : {"by-mac/none", "/dev/netdev/by-mac/none", "if1", "by-role/a b"}) {
		EXPECT_EQ(resolve_error(path), ENXIO) << path;
		EXPECT_EQ(open_error(path), ENXIO) << path;
	}
	EXPECT_EQ(netdevname_open_ifindex(1), nullptr);
	EXPECT_EQ(errno, ENXIO);
	EXPECT_EQ(netdevname_open_id(1), nullptr);
	EXPECT_EQ(errno, ENXIO);
	EXPECT_EQ(netdevname_list_new(), nullptr);
	EXPECT_EQ(errno, ENXIO);
	EXPECT_EQ(netdevname_monitor_new(), nullptr);
	EXPECT_EQ(errno, ENXIO);
	/* A path elsewhere has nothing to do with it. */
	EXPECT_EQ(resolve_error("/no/such/path"), ENOENT);
	EXPECT_EQ(open_error("/no/such/path"), ENOENT);
}

/* Of more NICs than one call takes, and of a kernel whose structures are longer. */
TEST_F(library, lists_all_nics_of_any_kernel)
{
	for (const unsigned int grown : {0, 8, 4000}) {
		for (const std::size_t count : {0, 1, 63, 64, 65, 500}) {
			auto &listed = fake::the_kernel().listed;

			fake::the_kernel().grown = grown;
			listed.clear();
			for (std::size_t i = 0; i < count; i++)
				listed.push_back("eth" + std::to_string(i));
			const list_ptr list(netdevname_list_new(), &netdevname_list_free);
			ASSERT_TRUE(list) << count << " NICs, " << grown << " bytes more";
			ASSERT_EQ(netdevname_list_count(list.get()), count);
			for (std::size_t i = 0; i < count; i++) {
				EXPECT_EQ(netdevname_list_name(list.get(), i), listed[i]);
				EXPECT_EQ(netdevname_list_ifindex(list.get(), i), i + 1);
				EXPECT_EQ(netdevname_list_id(list.get(), i), 1000 + i);
			}
			EXPECT_EQ(netdevname_list_name(list.get(), count), nullptr);
		}
	}
}

TEST_F(library, reads_a_name_from_any_kernel)
{
	fake::the_kernel().grown = 64;
	fake::the_kernel().names = {{"eth0", 2}};
	struct netdevname *nic = netdevname_open("eth0");
	char name[NETDEVNAME_NAME_SIZE] = "";
	unsigned int ifindex = 0;

	ASSERT_NE(nic, nullptr);
	for (int again = 0; again < 2; again++) {
		ASSERT_EQ(netdevname_get_name(nic, name, &ifindex), 0);
		EXPECT_STREQ(name, "eth0");
		EXPECT_EQ(ifindex, 2u);
		struct netdevname_info *info = netdevname_get_info(nic);
		ASSERT_NE(info, nullptr);
		EXPECT_EQ(netdevname_info_ifindex(info), 2u);
		netdevname_info_free(info);
	}
	netdevname_close(nic);
}

TEST_F(library, nothing_is_freed_twice)
{
	netdevname_close(nullptr);
	netdevname_info_free(nullptr);
	netdevname_list_free(nullptr);
	netdevname_monitor_free(nullptr);
	netdevname_event_free(nullptr);
}

} // namespace
