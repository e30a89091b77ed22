// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode.hpp"

#include <gtest/gtest.h>

#include <set>

using naming::decode;
using naming::encode;
using naming::is_plain;

TEST(Encode, KeepsWhatKernelNamesUsuallyHave)
{
	for (const char *name : {"eth0", "enp0s3f1", "br-lan", "eth0.100", "veth@if3", "a:b", "A_b+c"}) {
		EXPECT_TRUE(is_plain(name)) << name;
		EXPECT_EQ(encode(name), name);
	}
}

TEST(Encode, EscapesEveryOtherByte)
{
	EXPECT_EQ(encode("a*b"), "a\\x2ab");
	EXPECT_EQ(encode("NIC 1"), "NIC\\x201");
	EXPECT_EQ(encode("../../sda"), "..\\x2f..\\x2fsda");
	EXPECT_EQ(encode("100%"), "100\\x25");
	EXPECT_EQ(encode("\"q'"), "\\x22q\\x27");
	EXPECT_EQ(encode("a\nb"), "a\\x0ab");
	EXPECT_EQ(encode("\xff\xc3"), "\\xff\\xc3");
	EXPECT_EQ(encode("$env{X}"), "\\x24env\\x7bX\\x7d");
}

TEST(Encode, DotsAreNoDirectories)
{
	EXPECT_EQ(encode("."), "\\x2e");
	EXPECT_EQ(encode(".."), "\\x2e\\x2e");
	EXPECT_EQ(encode("..."), "...");
	EXPECT_FALSE(is_plain("."));
	EXPECT_FALSE(is_plain(".."));
}

TEST(Encode, BackslashItselfIsEscapedSoThatNoTwoStringsMeet)
{
	EXPECT_EQ(encode("a\\x2ab"), "a\\x5cx2ab");
	EXPECT_NE(encode("a\\x2ab"), encode("a*b"));
}

TEST(Encode, NoTwoByteStringsMeetAndDecodeReturnsThem)
{
	std::set<std::string> seen;

	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			const std::string text = {static_cast<char>(a), static_cast<char>(b)};
			const std::string encoded = encode(text);

			EXPECT_TRUE(seen.insert(encoded).second);
			EXPECT_EQ(decode(encoded), text);
			EXPECT_EQ(encoded.find('/'), std::string::npos);
		}
	}
}

TEST(Encode, EmptyAndTooLongGiveNothing)
{
	EXPECT_EQ(encode(""), "");
	EXPECT_FALSE(is_plain(""));
	EXPECT_EQ(encode(std::string(255, 'a')).size(), 255U);
	EXPECT_EQ(encode(std::string(256, 'a')), "");
	EXPECT_EQ(encode(std::string(300, 'a')), "");
	EXPECT_EQ(encode(std::string(64, ' ')), "");
}

TEST(Decode, LeavesWhatIsNoEscape)
{
	EXPECT_EQ(decode("a\\x2"), "a\\x2");
	EXPECT_EQ(decode("\\xzz"), "\\xzz");
	EXPECT_EQ(decode("\\"), "\\");
	EXPECT_EQ(decode(""), "");
}
