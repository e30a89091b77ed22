// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON of names that are no text, or text that acts on a terminal. */
#include "waymark/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace
{

using waymark::json;
using waymark::to_text;

TEST(to_text, is_ascii_and_reads_back)
{
	const json value = {{"a\x1b", "\xc2\x9b[31m\x7f"}, {"b", {"\xe2\x80\xae", 1, true, nullptr}}};
	const std::string text = to_text(value);

	for (const char c : text)
		EXPECT_TRUE(c >= ' ' && c < 0x7f) << text;
	EXPECT_EQ(json::parse(text), value);
	EXPECT_EQ(to_text(json::array()), "[]");
	EXPECT_EQ(to_text(json::object(), 2), "{}");
}

TEST(to_text, keeps_names_apart_that_are_no_text)
{
	EXPECT_EQ(to_text(json("\xff")), R"("\\xff")");
	EXPECT_EQ(to_text(json("\xfe")), R"("\\xfe")");
	EXPECT_EQ(to_text(json{{"\x80", 1}}), R"({"\\x80":1})");
}

} // namespace
