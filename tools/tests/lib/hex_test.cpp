// SPDX-License-Identifier: GPL-2.0-or-later
#include "waymark/hex.hpp"

#include <gtest/gtest.h>

namespace
{

TEST(hex, writes_two_digits_a_byte)
{
	const std::uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};

	EXPECT_EQ(waymark::hex_bytes(bytes, 4), "000fa5ff");
	EXPECT_EQ(waymark::hex_bytes(bytes, 4, ":"), "00:0f:a5:ff");
	EXPECT_EQ(waymark::hex_bytes(bytes, 1, ":"), "00");
	EXPECT_EQ(waymark::hex_bytes(nullptr, 0), "");
}

TEST(hex, reads_what_it_writes)
{
	for (int byte = 0; byte < 256; byte++) {
		const std::string text = waymark::hex_byte(byte);

		ASSERT_EQ(text.size(), 2u);
		EXPECT_EQ(waymark::hex_value(text[0]) * 16 + waymark::hex_value(text[1]), byte);
	}
	for (const char c : {'/', ':', '`', 'g', 'A', '\0'})
		EXPECT_EQ(waymark::hex_value(c), -1);
}

} // namespace
