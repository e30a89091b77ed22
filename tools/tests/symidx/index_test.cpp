// SPDX-License-Identifier: GPL-2.0-or-later
/* What was written is what is read. */
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

#include <sys/stat.h>

#include "sample_index.hpp"
#include "symidx/hash.hpp"
#include "symidx/index.hpp"

using namespace waymark::symidx;

namespace
{

symbol_index open_sample()
{
	const auto bytes = sample::bytes();

	return symbol_index::from_memory(bytes.data(), bytes.size(), "sample");
}

TEST(hash, vectors_of_the_format)
{
	EXPECT_EQ(name_hash(""), 0u);
	EXPECT_EQ(name_hash("printk"), 0xd562a97eu);
	EXPECT_EQ(name_hash("register_netdev"), 0x966aeee0u);
	EXPECT_EQ(name_hash("kfree_skb_list_reason"), 0xc202b3c4u);
}

TEST(hash, crc32_check_value)
{
	/* The catalogue's check value for CRC-32/ISO-HDLC. */
	EXPECT_EQ(crc32("123456789", 9), 0xcbf43926u);
	EXPECT_EQ(crc32("56789", 5, crc32("1234", 4)), 0xcbf43926u);
	EXPECT_EQ(crc32("", 0), 0u);
}

TEST(index, header)
{
	const symbol_index idx = open_sample();

	EXPECT_EQ(idx.release(), "6.12.0-test");
	EXPECT_EQ(idx.vermagic(), "6.12.0-test SMP mod_unload ");
	EXPECT_EQ(idx.build_id(), "deadbeef0102030405060708090a0b0c0d0e0f10");
	EXPECT_EQ(idx.machine(), 62u);
	EXPECT_EQ(idx.module_size(), 1280u);
	EXPECT_EQ(idx.flags(), SYMBOL_INDEX_FORMAT_MODVERSIONS | unsigned{SYMBOL_INDEX_FORMAT_CONFIG});
	EXPECT_EQ(idx.nr_symbols(), 8u);
	EXPECT_EQ(idx.nr_modules(), 3u);
	EXPECT_FALSE(idx.has_values());
	EXPECT_TRUE(idx.has_imports());
}

TEST(index, find)
{
	const symbol_index idx = open_sample();
	const auto pos = idx.find("kfree_skb");

	ASSERT_TRUE(pos);
	const symbol sym = idx.symbol_at(*pos);
	EXPECT_EQ(sym.name, "kfree_skb");
	EXPECT_EQ(sym.name_space, "NET");
	EXPECT_EQ(sym.crc, 0x44444444u);
	EXPECT_EQ(sym.owner, 0u);
	EXPECT_FALSE(sym.gpl);
	EXPECT_FALSE(sym.value);
	EXPECT_TRUE(idx.symbol_at(*idx.find("kmalloc")).gpl);
	EXPECT_EQ(idx.symbol_at(*idx.find(std::string(500, 'z'))).crc, 5u);
	for (const char *name : {"", "kfre", "kfree_skbx", "zzz", "nobody_has_this"})
		EXPECT_FALSE(idx.find(name)) << name;
	EXPECT_FALSE(idx.find(std::string(499, 'z')));
	EXPECT_FALSE(idx.find(std::string("kfree\0", 6)));
}

TEST(index, one_name_of_two_modules)
{
	const symbol_index idx = open_sample();
	const symbol_range range = idx.find_all("shared");

	ASSERT_EQ(range.last - range.first, 2u);
	EXPECT_EQ(idx.module_at(idx.symbol_at(range.first).owner).name, "alpha");
	EXPECT_EQ(idx.module_at(idx.symbol_at(range.first + 1).owner).name, "beta");
	EXPECT_TRUE(idx.find_all("nobody_has_this").empty());
}

TEST(index, name_order_and_prefix)
{
	const symbol_index idx = open_sample();
	const symbol_range range = idx.prefix("kfree");

	ASSERT_EQ(range.last - range.first, 2u);
	EXPECT_EQ(idx.name_at(range.first), "kfree");
	EXPECT_EQ(idx.name_at(range.first + 1), "kfree_skb");
	EXPECT_EQ(idx.prefix("").last, idx.nr_symbols());
	EXPECT_TRUE(idx.prefix("kfreed").empty());
	EXPECT_TRUE(idx.prefix("zzzz!").empty());
	EXPECT_EQ(idx.lower_bound("\xff"), idx.nr_symbols());
}

TEST(index, modules_and_imports)
{
	const symbol_index idx = open_sample();
	const module_info beta = idx.module_at(*idx.find_module("beta"));

	EXPECT_EQ(beta.path, "updates/beta.ko");
	EXPECT_EQ(beta.license, "Proprietary");
	EXPECT_EQ(beta.flags, 0u);
	ASSERT_EQ(beta.nr_imports, 2u);
	EXPECT_EQ(idx.import_at(beta.first_import), "alpha_open");
	EXPECT_EQ(idx.import_ref(beta.first_import), idx.name_ref(*idx.find("alpha_open")));
	EXPECT_EQ(idx.import_at(beta.first_import + 1), "nobody_has_this");
	EXPECT_FALSE(idx.find_module("gamma"));
}

TEST(index, values)
{
	writer_input in = sample::input();

	in.flags |= SYMBOL_INDEX_FORMAT_SNAPSHOT;
	in.modules[0].exports[0].value = 0xffffffff81234567u;
	const auto bytes = write_index(in);
	const symbol_index idx = symbol_index::from_memory(bytes.data(), bytes.size(), "sample");

	EXPECT_EQ(idx.symbol_at(*idx.find("printk")).value, 0xffffffff81234567u);
	EXPECT_EQ(idx.symbol_at(*idx.find("kfree")).value, 0u);
	EXPECT_FALSE(idx.has_imports());
}

TEST(index, kernel_without_exports)
{
	writer_input in = sample::input();

	in.modules.resize(1);
	in.modules[0].exports.clear();
	const auto bytes = write_index(in);
	const symbol_index idx = symbol_index::from_memory(bytes.data(), bytes.size(), "sample");

	EXPECT_EQ(idx.nr_symbols(), 0u);
	EXPECT_FALSE(idx.find("printk"));
	EXPECT_TRUE(idx.prefix("").empty());
}

/* Against std::set as the judge. */
TEST(index, random_names)
{
	std::mt19937 random(20090929);
	std::set<std::string> names;
	writer_input in = sample::input();

	while (names.size() < 20000) {
		std::string name;
		for (unsigned n = 1 + random() % 30; n; n--)
			name += "abcdefghijklmnopqrstuvwxyz_0\xc3"[random() % 29];
		names.insert(name);
	}
	in.modules.resize(1);
	in.modules[0].exports.clear();
	for (const std::string &name : names) {
		symbol sym;
		sym.name = name;
		in.modules[0].exports.push_back(sym);
	}
	std::shuffle(in.modules[0].exports.begin(), in.modules[0].exports.end(), random);
	const auto bytes = write_index(in);
	const symbol_index idx = symbol_index::from_memory(bytes.data(), bytes.size(), "sample");

	std::uint32_t pos = 0;
	for (const std::string &name : names) {
		EXPECT_EQ(idx.name_at(pos), name);
		EXPECT_EQ(idx.find(name), pos);
		EXPECT_EQ(idx.lower_bound(name), pos);
		EXPECT_EQ(idx.find(name + "!").has_value(), names.count(name + "!") != 0);
		pos++;
	}
	for (const char *prefix : {"a", "ab", "abc", "_", "zz", "\xc3"}) {
		const symbol_range range = idx.prefix(prefix);
		const auto first = names.lower_bound(prefix);
		auto last = first;
		while (last != names.end() && last->compare(0, strlen(prefix), prefix) == 0)
			++last;
		EXPECT_EQ(range.last - range.first, std::distance(first, last)) << prefix;
	}
}

TEST(writer, refuses_what_the_format_cannot_hold)
{
	writer_input in = sample::input();
	in.modules[1].exports.push_back(in.modules[1].exports[0]);
	EXPECT_THROW(write_index(in), waymark::error);

	in = sample::input();
	in.build_id.clear();
	EXPECT_THROW(write_index(in), waymark::error);

	in = sample::input();
	in.modules.erase(in.modules.begin());
	EXPECT_THROW(write_index(in), waymark::error);

	in = sample::input();
	const std::string huge(70000, 'x');
	in.modules[1].exports[0].name = huge;
	EXPECT_THROW(write_index(in), waymark::error);
}

TEST(file, replaced_and_read_back)
{
	const std::string path = testing::TempDir() + "symidx_replace_test";
	const auto bytes = sample::bytes();
	struct stat st;

	std::ofstream(path) << "old";
	replace_file(path, bytes);
	EXPECT_EQ(symbol_index::open(path).nr_symbols(), 8u);
	ASSERT_EQ(stat(path.c_str(), &st), 0);
	EXPECT_EQ(st.st_mode & 0777, 0644u);
	std::remove(path.c_str());
	EXPECT_THROW(symbol_index::open(path), waymark::error);
	EXPECT_THROW(symbol_index::open("/dev/zero"), waymark::error);
	EXPECT_THROW(symbol_index::open(testing::TempDir()), waymark::error);
	EXPECT_THROW(replace_file("/nowhere/at/all", bytes), waymark::error);
}

} // namespace
