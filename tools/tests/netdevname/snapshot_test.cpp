// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot.hpp"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compare.hpp"
#include "waymark/error.hpp"
#include "waymark/file.hpp"

using naming::nic_facts;
using naming::pair_nics;
using naming::snapshot;

namespace
{

nic_facts card(const char *name, const char *mac, const char *path)
{
	nic_facts nic;

	nic.name = name;
	nic.mac = mac;
	nic.links = {{"mac", mac}, {"path", path}};
	nic.props = {{"ID_PATH", path}};
	nic.order.location = path;
	return nic;
}

std::string snapshot_complaint(const std::string &text)
{
	try {
		naming::parse_snapshot(text, "f");
	} catch (const waymark::error &e) {
		return e.what();
	}
	return {};
}

} // namespace

TEST(Snapshot, ReadsWhatItWrote)
{
	char name[] = "snapshot.XXXXXX";
	ASSERT_NE(mkdtemp(name), nullptr);
	const std::string path = std::string(name) + "/s.json";
	snapshot machine;

	machine.machine = "host";
	machine.kernel = "6.12";
	machine.nics = {card("eth0", "m0", "p0")};
	machine.nics[0].former = {"old"};
	machine.holders["uplink"] = {"eth0", "m0", "id", "0x8086", "0x10c9", "igb"};
	naming::write_snapshot(path, machine);
	const snapshot again = naming::read_snapshot(path);
	EXPECT_EQ(to_json(again), to_json(machine));
	std::filesystem::remove_all(name);
}

namespace
{

/* What one of several writers finds: the NIC has a name that nobody else gives it. */
snapshot renamed_by(int writer, const snapshot &before)
{
	snapshot machine;

	machine.machine = std::string(20000, 'a' + writer);
	machine.nics = {card(("nic" + std::to_string(writer)).c_str(), "m0", "p0")};
	carry_former(before.nics, machine.nics);
	return machine;
}

/* Exits with 0 if no write failed and every read found a snapshot. */
[[noreturn]] void update_again_and_again(const std::string &path, int writer)
{
	for (int round = 0; round < 25; round++) {
		try {
			naming::update_snapshot(
				path, [&](const snapshot &before) { return renamed_by(writer, before); },
				[](const waymark::error &) { _exit(2); });
			naming::read_snapshot(path);
		} catch (...) {
			_exit(1);
		}
	}
	_exit(0);
}

} // namespace

/* Each writer adds its name to those that the file remembers: none gets lost. */
TEST(Snapshot, ManyWritersTearNothingAndLoseNothing)
{
	constexpr int writers = 8;
	char name[] = "snapshot.XXXXXX";
	ASSERT_NE(mkdtemp(name), nullptr);
	const std::string path = std::string(name) + "/s.json";

	for (int writer = 0; writer < writers; writer++)
		if (!fork())
			update_again_and_again(path, writer);
	for (int writer = 0; writer < writers; writer++) {
		int status = -1;

		ASSERT_GT(wait(&status), 0);
		EXPECT_EQ(status, 0);
	}
	const snapshot last = naming::read_snapshot(path);
	EXPECT_EQ(last.machine, std::string(20000, last.machine[0]));
	EXPECT_EQ(last.nics[0].former.size() + 1, static_cast<std::size_t>(writers));
	EXPECT_EQ(std::distance(std::filesystem::directory_iterator(name), {}), 1);
	std::filesystem::remove_all(name);
}

TEST(Snapshot, ABadFileIsReportedAndReplaced)
{
	char name[] = "snapshot.XXXXXX";
	ASSERT_NE(mkdtemp(name), nullptr);
	const std::string path = std::string(name) + "/s.json";
	int reports = 0;

	waymark::replace_file(path, "{");
	for (int round = 0; round < 2; round++)
		naming::update_snapshot(
			path, [](const snapshot &before) { return renamed_by(0, before); },
			[&](const waymark::error &) { reports++; });
	EXPECT_EQ(reports, 1);
	EXPECT_EQ(naming::read_snapshot(path).nics.size(), 1U);
	std::filesystem::remove_all(name);
}

TEST(Snapshot, EveryTruncationIsNoticed)
{
	snapshot machine;

	machine.nics = {card("eth0", "m0", "p0")};
	const std::string text = to_json(machine).dump();
	EXPECT_EQ(snapshot_complaint(text), "");
	for (std::size_t len = 0; len < text.size(); len++)
		EXPECT_NE(snapshot_complaint(text.substr(0, len)), "") << len;
}

TEST(Snapshot, OtherFilesAndLaterVersionsAreRefused)
{
	EXPECT_EQ(snapshot_complaint("{}"), "not a snapshot of netdevname");
	EXPECT_EQ(snapshot_complaint("[1]"), "not a snapshot of netdevname");
	EXPECT_EQ(snapshot_complaint("{\"netdevname_snapshot\": 2}"),
		  "version 2 of the format, this program knows version 1");
	EXPECT_EQ(snapshot_complaint("{\"netdevname_snapshot\": 1}"), "a field is missing or has the wrong type");
	EXPECT_EQ(snapshot_complaint("{\"netdevname_snapshot\":1,\"machine\":\"\",\"kernel\":\"\",\"nics\":[3]}"),
		  "a field is missing or has the wrong type");
}

TEST(Compare, TheAddressTellsAMovedCardFromTheOneInItsPlace)
{
	const std::vector<nic_facts> before = {card("eth0", "m0", "p0")},
				     after = {card("eth0", "m1", "p0"), card("eth1", "m0", "p1")};
	const auto pairs = pair_nics(before, after);

	ASSERT_EQ(pairs.size(), 2U);
	EXPECT_EQ(pairs[0].after, 1U);
	EXPECT_EQ(pairs[0].by, "mac");
	EXPECT_EQ(pairs[1].before, naming::none);
	EXPECT_EQ(pairs[1].after, 0U);
}

TEST(Compare, AReplacedCardIsKnownByItsPlace)
{
	const auto pairs = pair_nics({card("eth0", "m0", "p0")}, {card("eth0", "m1", "p0")});

	ASSERT_EQ(pairs.size(), 1U);
	EXPECT_EQ(pairs[0].by, "path");
	const auto changes = changes_between(card("eth0", "m0", "p0"), card("eth0", "m1", "p0"));
	ASSERT_EQ(changes.size(), 1U);
	EXPECT_EQ(changes[0].identity, "mac");
}

TEST(Compare, WhatTwoHaveTellsNothing)
{
	const std::vector<nic_facts> twins = {card("a", "m", "p0"), card("b", "m", "p1")};
	const auto pairs = pair_nics(twins, {card("c", "m", "p9")});

	EXPECT_EQ(pairs[0].after, naming::none);
	EXPECT_EQ(pairs[1].after, naming::none);
}

TEST(Former, FollowsTheCardAndRemembers)
{
	std::vector<nic_facts> before = {card("eth0", "m0", "p0")}, after = {card("ens3", "m0", "p0")};

	before[0].former = {"net0", "ens3"};
	carry_former(before, after);
	EXPECT_EQ(after[0].former, (std::vector<std::string>{"eth0", "net0"}));
}

TEST(Former, NotWhatAnotherNicIsOrWasCalled)
{
	const std::vector<nic_facts> before = {card("eth0", "m0", "p0"), card("eth1", "m1", "p1")};
	std::vector<nic_facts> after = {card("eth1", "m0", "p0"), card("eth0", "m1", "p1")};

	carry_former(before, after);
	EXPECT_TRUE(after[0].former.empty());
	EXPECT_TRUE(after[1].former.empty());

	std::vector<nic_facts> twice = before;
	twice[0].former = twice[1].former = {"lan"};
	after = {card("a", "m0", "p0"), card("b", "m1", "p1")};
	carry_former(twice, after);
	EXPECT_EQ(after[0].former, (std::vector<std::string>{"eth0"}));
	EXPECT_EQ(after[1].former, (std::vector<std::string>{"eth1"}));
}
