// SPDX-License-Identifier: GPL-2.0-or-later
/* Truncated, bit-flipped and hostile indexes: refused, each with its reason. */
#include <gtest/gtest.h>

#include <endian.h>

#include <cstring>

#include "sample_index.hpp"

namespace
{

using bytes_t = std::vector<unsigned char>;

template <typename T>
T get(const bytes_t &b, std::size_t at)
{
	T value;

	std::memcpy(&value, b.data() + at, sizeof(value));
	return value;
}

void put32(bytes_t &b, std::size_t at, std::uint32_t value)
{
	value = htole32(value);
	std::memcpy(b.data() + at, &value, sizeof(value));
}

std::size_t section_field(int id)
{
	return offsetof(symbol_index_format_header, section) +
	       id * sizeof(symbol_index_format_section);
}

std::size_t section_start(const bytes_t &b, int id)
{
	return le64toh(get<std::uint64_t>(b, section_field(id)));
}

/* Where field @at of entry @entry of section @id is. */
std::size_t entry(const bytes_t &b, int id, std::size_t size, std::size_t n, std::size_t at)
{
	return section_start(b, id) + n * size + at;
}

std::string with(std::size_t at, std::uint32_t value)
{
	bytes_t b = sample::bytes();

	put32(b, at, value);
	return sample::refusal(sample::resealed(b));
}

TEST(damage, the_sample_itself_is_fine)
{
	EXPECT_EQ(sample::refusal(sample::bytes()), "");
	EXPECT_EQ(sample::refusal(sample::resealed(sample::bytes())), "");
}

TEST(damage, every_truncation)
{
	const bytes_t good = sample::bytes();

	for (std::size_t size = 0; size < good.size(); size++) {
		const std::string reason = sample::refusal(bytes_t(good.begin(), good.begin() + size));
		EXPECT_NE(reason, "") << size;
		if (size < 8)
			EXPECT_EQ(reason, "not a symbol index") << size;
		else
			EXPECT_EQ(reason.find("truncated symbol index"), 0u) << size << reason;
	}
}

TEST(damage, data_appended)
{
	bytes_t b = sample::bytes();

	b.push_back(0);
	EXPECT_EQ(sample::refusal(b), "damaged symbol index: wrong size");
}

TEST(damage, every_bit_flipped)
{
	bytes_t b = sample::bytes();

	for (std::size_t bit = 0; bit < b.size() * 8; bit++) {
		b[bit / 8] ^= 1 << bit % 8;
		EXPECT_NE(sample::refusal(b), "") << bit;
		b[bit / 8] ^= 1 << bit % 8;
	}
}

/* With a right checksum: must not crash, whatever it finds (sanitizers look on). */
TEST(damage, every_bit_flipped_and_resealed)
{
	bytes_t b = sample::bytes();
	std::size_t refused = 0;

	for (std::size_t bit = 0; bit < b.size() * 8; bit++) {
		b[bit / 8] ^= 1 << bit % 8;
		refused += sample::refusal(sample::resealed(b)) != "";
		b[bit / 8] ^= 1 << bit % 8;
	}
	EXPECT_GT(refused, b.size()); /* what is left are other CRCs and other texts */
}

TEST(damage, every_word_set_to_extremes)
{
	const bytes_t good = sample::bytes();

	for (std::size_t at = 0; at + 4 <= good.size(); at += 4)
		for (std::uint32_t value : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xfffffff0u, ~0u}) {
			bytes_t b = good;
			put32(b, at, value);
			sample::refusal(sample::resealed(b));
		}
}

TEST(damage, header_fields)
{
	EXPECT_EQ(with(offsetof(symbol_index_format_header, version), 2),
		  "symbol index of format version 2, this program reads version 1");
	EXPECT_EQ(with(offsetof(symbol_index_format_header, header_size), 512),
		  "damaged symbol index: wrong size");
	EXPECT_EQ(with(offsetof(symbol_index_format_header, build_id_size), 33),
		  "damaged symbol index: no build id");
	EXPECT_EQ(with(offsetof(symbol_index_format_header, build_id_size), 0),
		  "damaged symbol index: no build id");
	EXPECT_EQ(with(offsetof(symbol_index_format_header, reserved), 1),
		  "damaged symbol index: reserved fields in use");
	EXPECT_EQ(with(offsetof(symbol_index_format_header, release), 1u << 30),
		  "damaged symbol index: reference outside the strings");
}

TEST(damage, sections)
{
	for (int id = 0; id < SYMBOL_INDEX_FORMAT_NR_SECTIONS; id++) {
		EXPECT_EQ(with(section_field(id) + 12, 3),
			  "damaged symbol index: entries of unknown size");
		EXPECT_EQ(with(section_field(id), 12), "damaged symbol index: misplaced section");
		EXPECT_EQ(with(section_field(id) + 4, ~0u),
			  "damaged symbol index: misplaced section");
	}
	EXPECT_EQ(with(section_field(SYMBOL_INDEX_FORMAT_SYMBOLS) + 8, ~0u),
		  "damaged symbol index: misplaced section");
}

TEST(damage, symbols)
{
	const bytes_t good = sample::bytes();
	const auto field = [&](std::size_t n, std::size_t at) {
		return entry(good, SYMBOL_INDEX_FORMAT_SYMBOLS, sizeof(symbol_index_format_symbol), n,
			     at);
	};

	EXPECT_EQ(with(field(0, offsetof(symbol_index_format_symbol, name)), 0xffffff),
		  "damaged symbol index: name without an end");
	EXPECT_EQ(with(field(0, offsetof(symbol_index_format_symbol, name_length)), 0),
		  "damaged symbol index: name without an end");
	EXPECT_EQ(with(field(1, offsetof(symbol_index_format_symbol, name_length)), 0xffff),
		  "damaged symbol index: name without an end");
	EXPECT_EQ(with(field(0, offsetof(symbol_index_format_symbol, owner)), 3),
		  "damaged symbol index: owner out of range");
	EXPECT_EQ(with(field(0, offsetof(symbol_index_format_symbol, name_space)), ~0u),
		  "damaged symbol index: reference outside the strings");

	bytes_t swapped = good;
	std::swap_ranges(swapped.begin() + field(0, 0), swapped.begin() + field(1, 0),
			 swapped.begin() + field(1, 0));
	EXPECT_EQ(sample::refusal(sample::resealed(swapped)),
		  "damaged symbol index: names out of order");
}

TEST(damage, modules_and_imports)
{
	const bytes_t good = sample::bytes();
	const auto field = [&](std::size_t n, std::size_t at) {
		return entry(good, SYMBOL_INDEX_FORMAT_MODULES, sizeof(symbol_index_format_module), n,
			     at);
	};

	EXPECT_EQ(with(field(0, offsetof(symbol_index_format_module, name)), 0),
		  "damaged symbol index: no kernel image");
	EXPECT_EQ(with(field(1, offsetof(symbol_index_format_module, path)), ~0u),
		  "damaged symbol index: reference outside the strings");
	EXPECT_EQ(with(field(1, offsetof(symbol_index_format_module, first_import)), 1),
		  "damaged symbol index: imports of nobody");
	EXPECT_EQ(with(field(2, offsetof(symbol_index_format_module, nr_imports)), ~0u),
		  "damaged symbol index: imports of nobody");
	EXPECT_EQ(with(entry(good, SYMBOL_INDEX_FORMAT_IMPORTS, 4, 0, 0), ~0u),
		  "damaged symbol index: reference outside the strings");
}

TEST(damage, hash_table)
{
	const bytes_t good = sample::bytes();
	const std::size_t start = section_start(good, SYMBOL_INDEX_FORMAT_SLOTS);
	const std::uint32_t count =
		le32toh(get<std::uint32_t>(good, section_field(SYMBOL_INDEX_FORMAT_SLOTS) + 8));
	bytes_t b = good;

	/* No empty slot: a search for what is not there would never end. */
	for (std::uint32_t i = 0; i < count; i++)
		put32(b, start + 4 * i, 1);
	EXPECT_EQ(sample::refusal(sample::resealed(b)), "damaged symbol index: hash table too full");

	b = good;
	for (std::uint32_t i = 0; i < count; i++)
		put32(b, start + 4 * i, 0);
	EXPECT_EQ(sample::refusal(sample::resealed(b)),
		  "damaged symbol index: hash table lacks a name");

	b = good;
	for (std::uint32_t i = 0; i < count; i++)
		if (!get<std::uint32_t>(b, start + 4 * i)) {
			put32(b, start + 4 * i, 1);
			break;
		}
	EXPECT_EQ(sample::refusal(sample::resealed(b)),
		  "damaged symbol index: hash table with strange entries");

	b = good;
	put32(b, start, count - 1);
	EXPECT_EQ(sample::refusal(sample::resealed(b)),
		  "damaged symbol index: hash table refers to no symbol");
}

} // namespace
