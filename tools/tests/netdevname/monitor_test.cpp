// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of kernels whose records are longer than the library knows them. */
#include <netdevname.h>

#include <linux/netdev_naming.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include <gtest/gtest.h>

#include "fake_kernel.hpp"

namespace
{

constexpr std::size_t first_size = 200;

using bytes = std::vector<unsigned char>;
using event_ptr = std::unique_ptr<struct netdevname_event, decltype(&netdevname_event_free)>;

/* Event number @seq, in a record of @size bytes; what nobody knows yet is all ones. */
bytes record(std::uint64_t seq, std::size_t size)
{
	struct netdev_naming_event event = {};
	bytes out(size, 0xff);

	event.size = static_cast<__u32>(size);
	event.type = NETDEV_NAMING_EVENT_RENAMED;
	event.ifindex = 7;
	event.seq = seq;
	std::strcpy(event.name, "new0");
	/* To the last byte, so that one too few or too many is seen. */
	std::memset(event.detail, 'd', sizeof(event.detail) - 1);
	event.detail_len = sizeof(event.detail) - 1;
	std::memcpy(out.data(), &event, sizeof(event));
	return out;
}

class monitor : public testing::Test
{
protected:
	void SetUp() override
	{
		fake::the_kernel() = {};
		monitor_ = netdevname_monitor_new();
		ASSERT_NE(monitor_, nullptr);
	}
	void TearDown() override
	{
		netdevname_monitor_free(monitor_);
		EXPECT_TRUE(fake::the_kernel().descriptors.empty());
	}

	event_ptr read() { return {netdevname_monitor_read(monitor_), &netdevname_event_free}; }

	/* Reads what waits: each event whole, and no more than one at a time. */
	void expect_events(const std::vector<std::size_t> &sizes)
	{
		auto &records = fake::the_kernel().records;

		for (std::size_t i = 0; i < sizes.size(); i++)
			records.push_back(record(i + 1, sizes[i]));
		for (std::size_t i = 0; i < sizes.size(); i++) {
			const event_ptr event = read();

			ASSERT_TRUE(event) << "size " << sizes[i] << ": " << std::strerror(errno);
			EXPECT_EQ(netdevname_event_sequence(event.get()), i + 1);
			EXPECT_EQ(netdevname_event_type(event.get()), NETDEVNAME_EVENT_RENAMED);
			EXPECT_EQ(netdevname_event_ifindex(event.get()), 7u);
			EXPECT_STREQ(netdevname_event_name(event.get()), "new0");
			EXPECT_EQ(netdevname_event_text(event.get()), std::string(127, 'd'));
			/* poll(2) would tell of those that are left. */
			ASSERT_EQ(records.size(), sizes.size() - i - 1) << "size " << sizes[i];
		}
	}

	struct netdevname_monitor *monitor_ = nullptr;
};

TEST_F(monitor, reads_one_record_at_a_time)
{
	expect_events({first_size, first_size, first_size});
}

TEST_F(monitor, reads_longer_records_of_a_newer_kernel)
{
	for (const std::size_t size : {208, 264, 399, 400, 401, 600, 4096, 65536}) {
		SCOPED_TRACE(size);
		expect_events({size, size, size});
	}
}

TEST_F(monitor, reads_records_of_many_sizes)
{
	expect_events({600, 200, 200, 320, 200, 1000, 208, 200, 399, 200});
}

TEST_F(monitor, a_handle_reads_the_same_way)
{
	struct netdevname *nic = netdevname_open_ifindex(7);

	ASSERT_NE(nic, nullptr);
	fake::the_kernel().records = {record(1, 240), record(2, 240)};
	for (std::uint64_t seq = 1; seq <= 2; seq++) {
		const event_ptr event(netdevname_read_event(nic), &netdevname_event_free);

		ASSERT_TRUE(event) << std::strerror(errno);
		EXPECT_EQ(netdevname_event_sequence(event.get()), seq);
	}
	EXPECT_EQ(netdevname_read_event(nic), nullptr);
	EXPECT_EQ(errno, ENODEV);
	netdevname_close(nic);
}

TEST_F(monitor, gives_up_on_a_buffer_that_is_never_long_enough)
{
	fake::the_kernel().records = {record(1, 1 << 20)};
	EXPECT_FALSE(read());
	EXPECT_EQ(errno, EINVAL);
	EXPECT_EQ(fake::the_kernel().records.size(), 1u);
}

/* Neither less than a record, nor one that says another size than was read. */
TEST_F(monitor, refuses_what_is_no_record)
{
	bytes other = record(1, first_size);

	other[0]++;
	for (const bytes &answer : {bytes(100), bytes(), other}) {
		fake::the_kernel().records = {answer};
		EXPECT_FALSE(read()) << answer.size();
		EXPECT_EQ(errno, EIO) << answer.size();
	}
}

} // namespace
