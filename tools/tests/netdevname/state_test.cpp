// SPDX-License-Identifier: GPL-2.0-or-later
#include "state.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

using naming::locked_state;

class State : public testing::Test
{
protected:
	void SetUp() override
	{
		char name[] = "state.XXXXXX";

		ASSERT_NE(mkdtemp(name), nullptr);
		directory = name;
	}
	void TearDown() override { std::filesystem::remove_all(directory); }

	std::string directory;
};

TEST_F(State, IsThereForTheNextOne)
{
	{
		locked_state kept(directory);

		kept.get().mirror = true;
		kept.get().yielded["eno1"] = 7;
		kept.get().nics[3].links = {"by-mac/52:54:00:00:00:01", "by-label/a\\x20b"};
		kept.get().nics[3].altnames = {"uplink"};
		kept.get().nics[3].location = "p/1";
		kept.get().nics[3].id = "pci-1";
		kept.save();
		EXPECT_FALSE(naming::is_settled(directory));
		kept.settle();
	}
	locked_state again(directory);

	EXPECT_TRUE(naming::is_settled(directory));
	EXPECT_TRUE(again.get().mirror);
	EXPECT_EQ(again.get().yielded.at("eno1"), 7U);
	EXPECT_EQ(again.get().nics.at(3).links.size(), 2U);
	EXPECT_EQ(to_json(again.get()), to_json(naming::read_state(directory)));
}

/* The rules start a process for every NIC that is renamed where the file is. */
TEST_F(State, SaysByAFileWhetherNamesMayHaveToMakeRoom)
{
	locked_state kept(directory);

	kept.get().nics[3].altnames = {"uplink"};
	kept.save();
	EXPECT_TRUE(std::filesystem::exists(directory + "/altnames"));
	kept.get().nics[3].altnames.clear();
	kept.save();
	EXPECT_FALSE(std::filesystem::exists(directory + "/altnames"));
}

TEST_F(State, DamageIsAsGoodAsNothing)
{
	for (const char *text : {"", "{", "[]", "{\"netdevname_state\": 2}", "{\"netdevname_state\": 1}",
				 "{\"netdevname_state\":1,\"mirror\":true,\"yielded\":{},\"nics\":{\"x\":1}}"})
		EXPECT_FALSE(naming::parse_state(text).mirror) << text;
}

/* Who can open the lock can stop udev with it. */
TEST_F(State, TheLockIsForRoot)
{
	struct stat st = {};
	const locked_state kept(directory);

	ASSERT_EQ(stat((directory + "/state.lock").c_str(), &st), 0);
	EXPECT_EQ(st.st_mode & 0777, 0600U);
}
