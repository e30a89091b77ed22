// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables, and that no text in one reaches the terminal as an order. */
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>

#include "waymark/table.hpp"

using waymark::printable;
using waymark::table;

namespace
{

std::string printed(const table &what)
{
	std::ostringstream out;

	what.print(out);
	return out.str();
}

TEST(printable, leaves_text_as_it_is)
{
	/* The first and the last of each length that are text. */
	for (const char *text :
	     {"", "eth0 ~", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
	      "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
	      "u\xc3\xbcy\xe2\x82\xacz"})
		EXPECT_EQ(printable(text), text);
}

TEST(printable, spells_out_what_is_none)
{
	const std::pair<const char *, const char *> spelled[] = {
		{"\n", "\\x0a"},
		{"\x1b[31m", "\\x1b[31m"},
		{"\x7f", "\\x7f"},
		/* a control character of two bytes */
		{"\xc2\x9b", "\\xc2\\x9b"},
		/* goes on without a beginning, begins and does not go on */
		{"\x80", "\\x80"},
		{"\xc3", "\\xc3"},
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xe2\x28\xa1", "\\xe2(\\xa1"},
		/* longer than needed: of two, three and four bytes */
		{"\xc1\xbf", "\\xc1\\xbf"},
		{"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},
		{"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},
		/* a surrogate, above the last one, no lead byte */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
		{"\xf5\x80", "\\xf5\\x80"},
		/* text around it stays */
		{"y\xffz", "y\\xffz"},
	};

	for (const auto &[raw, text] : spelled)
		EXPECT_EQ(printable(raw), text);
	EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
}

/* With these, one name looks like another one. */
TEST(printable, spells_out_what_deceives)
{
	for (const char *text : {"\xc2\x80", "\xc2\xad", "\xd8\x9c", "\xe1\xa0\x8e", "\xe2\x80\x8b",
				 "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa6",
				 "\xef\xbb\xbf", "\xf3\xa0\x81\xa5"})
		EXPECT_EQ(printable(text).find(text), std::string::npos) << printable(text);
	EXPECT_EQ(printable("a\xe2\x80\xae" "b"), "a\\xe2\\x80\\xae" "b");
}

TEST(valid_utf8, spells_out_nothing_else)
{
	for (const char *text : {"", "\x1b", "\x7f", "\xc2\x9b", "\xe2\x80\xae"})
		EXPECT_EQ(waymark::valid_utf8(text), text);
	EXPECT_EQ(waymark::valid_utf8("\xff\xc3\xbc\x80"), "\\xff\xc3\xbc\\x80");
}

TEST(table, aligns_by_characters_without_trailing_blanks)
{
	table nics({{"NAME"}, {"MTU", table::align::right}, {"ROLE"}});

	nics.add({"\xc3\xbcp", "1500", "uplink"});
	nics.add({"longer0", "9"});
	nics.add({"x\n", "68", ""});
	EXPECT_EQ(printed(nics), "NAME      MTU  ROLE\n"
				 "\xc3\xbcp       1500  uplink\n"
				 "longer0     9\n"
				 "x\\x0a      68\n");
}

TEST(table, has_headings_alone_when_it_is_empty)
{
	EXPECT_EQ(printed(table({{"A"}, {"B"}})), "A  B\n");
}

} // namespace
