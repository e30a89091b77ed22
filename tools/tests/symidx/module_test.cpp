// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading modules and Module.symvers, whole and damaged. */
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "module_builder.hpp"
#include "symidx/file_data.hpp"
#include "symidx/module_file.hpp"
#include "symidx/symvers.hpp"

using namespace waymark::symidx;
using sample::module_builder;

namespace
{

using bytes = std::vector<unsigned char>;

module_builder rich()
{
	module_builder probe;

	probe.needs("printk", 0x11111111).needs("maybe", std::nullopt, true);
	probe.exports("probe_open", 0xaaaa, true, "PROBE").exports("probe_shut", 0xbbbb);
	probe.info("import_ns", "NET").info("import_ns", "CXL");
	probe.with_signature = true;
	return probe;
}

std::string refusal(const bytes &b, module_detail detail = module_detail::check)
{
	try {
		read_module(b, "probe.ko", "probe", detail);
	} catch (const waymark::error &e) {
		return e.what();
	}
	return "";
}

TEST(module_file, reads_what_is_there)
{
	const bytes b = rich().bytes();
	const module_file mod = read_module(b, "x.ko", "x", module_detail::check);

	EXPECT_EQ(mod.name, "probe");
	EXPECT_EQ(mod.license, "GPL");
	EXPECT_EQ(mod.vermagic, "6.12.0-test SMP mod_unload ");
	EXPECT_EQ(mod.machine, 62u);
	EXPECT_EQ(mod.module_size, 1280u);
	EXPECT_TRUE(mod.is_signed);
	EXPECT_TRUE(mod.in_tree);
	EXPECT_TRUE(mod.has_versions);
	EXPECT_EQ(mod.import_namespaces, (std::vector<std::string_view>{"NET", "CXL"}));
	ASSERT_EQ(mod.imports.size(), 2u);
	EXPECT_EQ(mod.imports[0].name, "printk");
	EXPECT_EQ(mod.imports[0].crc, 0x11111111u);
	EXPECT_FALSE(mod.imports[0].weak);
	EXPECT_EQ(mod.imports[1].crc, std::nullopt);
	EXPECT_TRUE(mod.imports[1].weak);
	ASSERT_EQ(mod.exports.size(), 2u);
	EXPECT_EQ(mod.exports[0].name, "probe_shut");
	EXPECT_EQ(mod.exports[0].name_space, "");
	EXPECT_EQ(mod.exports[0].crc, 0xbbbbu);
	EXPECT_FALSE(mod.exports[0].gpl);
	EXPECT_EQ(mod.exports[1].name, "probe_open");
	EXPECT_EQ(mod.exports[1].name_space, "PROBE");
	EXPECT_EQ(mod.exports[1].crc, 0xaaaau);
	EXPECT_TRUE(mod.exports[1].gpl);
}

TEST(module_file, texts_outlive_the_file)
{
	text_arena arena;
	module_file mod;
	{
		bytes b = rich().bytes();
		mod = read_module(b, "x.ko", "x", module_detail::check);
		mod.keep_in(arena);
		std::fill(b.begin(), b.end(), 0xff);
	}
	EXPECT_EQ(mod.name, "probe");
	EXPECT_EQ(mod.exports[1].name_space, "PROBE");
	EXPECT_EQ(mod.imports[0].name, "printk");
}

TEST(module_file, what_is_no_module)
{
	module_builder program;

	program.elf_type = 2;
	EXPECT_EQ(refusal({}), "not an ELF file");
	EXPECT_EQ(refusal(bytes(100, 'x')), "not an ELF file");
	EXPECT_EQ(refusal(program.bytes()), "an ELF file, but not a kernel module");
}

/* Whatever is cut off or changed: an answer or a reason, never a crash. */
TEST(module_file, every_truncation)
{
	const bytes good = rich().bytes();

	constexpr std::size_t signature = 2 + 12 + 28; /* message, head and mark */

	/* The section table stands last but for the signature. */
	for (std::size_t size = 0; size < good.size() - signature; size++)
		EXPECT_NE(refusal(bytes(good.begin(), good.begin() + size)), "") << size;
}

TEST(module_file, every_byte_changed)
{
	bytes b = rich().bytes();

	for (std::size_t at = 0; at < b.size(); at++)
		for (unsigned char value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
			const unsigned char old = b[at];
			b[at] = value;
			refusal(b);
			b[at] = old;
		}
}

/* Looked for again from each of its bytes, the end of this would take hours to miss. */
TEST(module_file, modinfo_without_an_end)
{
	std::string text;
	module_builder probe;

	text.resize(std::size_t{16} << 20, 'a');
	bytes b = probe.info("license", "Proprietary").info("junk", text).bytes();
	const auto junk = std::search(b.begin(), b.end(), text.begin(), text.end());
	ASSERT_NE(junk, b.end());
	junk[static_cast<std::ptrdiff_t>(text.size())] = 'a';

	const module_file mod = read_module(b, "probe.ko", "probe", module_detail::check);
	EXPECT_EQ(mod.license, "GPL");
}

TEST(module_file, names_without_measure)
{
	EXPECT_EQ(refusal(module_builder().needs(std::string(4096, 'a'), 1).bytes()), "");
	EXPECT_EQ(refusal(module_builder().needs(std::string(4097, 'a'), 1).bytes()),
		  "a module with names of more than 4096 bytes");
	EXPECT_EQ(refusal(module_builder().exports(std::string(8192, 'a'), 1).bytes(),
			  module_detail::index),
		  "a module with names of more than 4096 bytes");
}

/* These would spoil the index of all modules. */
TEST(module_file, exports_that_no_index_can_hold)
{
	EXPECT_EQ(refusal(module_builder().exports("twice", 1).exports("twice", 2).bytes(),
			  module_detail::index),
		  "damaged module: exports \"twice\" twice");
	EXPECT_EQ(refusal(module_builder().exports("", 1).bytes(), module_detail::index),
		  "damaged module: exports a symbol without a name");
}

TEST(module_file, extended_versions)
{
	const std::string names("printk\0alpha_open\0", 18);
	module_builder probe;

	probe.needs("printk", 0x11111111).needs("alpha_open", 0x66666666);
	probe.with_versions = false;
	probe.with_extended_versions = true;
	bytes b = probe.bytes();
	const module_file mod = read_module(b, "probe.ko", "probe", module_detail::check);
	ASSERT_EQ(mod.imports.size(), 2u);
	EXPECT_EQ(mod.imports[0].crc, 0x11111111u);
	EXPECT_EQ(mod.imports[1].crc, 0x66666666u);

	/* The section comes before the names of symbols. */
	const auto at = std::search(b.begin(), b.end(), names.begin(), names.end());
	ASSERT_NE(at, b.end());
	at[static_cast<std::ptrdiff_t>(names.size()) - 1] = 'n';
	EXPECT_EQ(refusal(b), "damaged module: name of an extended version without an end");
}

TEST(module_file, names_from_paths)
{
	EXPECT_EQ(module_name_of("/lib/modules/x/kernel/xt-LOG.ko.xz"), "xt_LOG");
	EXPECT_EQ(module_name_of("a.ko"), "a");
	EXPECT_EQ(module_name_of("plain"), "plain");
}

TEST(decompressor, knows_formats_by_content)
{
	EXPECT_EQ(compression_of(bytes{}), compression::none);
	EXPECT_EQ(compression_of(bytes{0xfd, '7', 'z', 'X', 'Z', 0}), compression::xz);
	EXPECT_EQ(compression_of(bytes{0x28, 0xb5, 0x2f, 0xfd}), compression::zstd);
	EXPECT_EQ(compression_of(bytes{0x1f, 0x8b, 8}), compression::gzip);
}

TEST(decompressor, damaged_data)
{
	decompressor unpacker;

	EXPECT_THROW(unpacker.unpack(bytes{0xfd, '7', 'z', 'X', 'Z', 0, 1, 2}, "x"), waymark::error);
	EXPECT_THROW(unpacker.unpack(bytes{0x1f, 0x8b, 8, 0, 1}, "x"), waymark::error);
	EXPECT_THROW(unpacker.unpack(bytes{0x28, 0xb5, 0x2f, 0xfd, 0xff}, "x"), waymark::error);
	EXPECT_THROW(unpacker.unpack(bytes{'B', 'Z', 'h'}, "x"), waymark::error);
	EXPECT_EQ(unpacker.unpack(bytes{'a', 'b'}, "x").size(), 2u);
}

TEST(symvers, lines)
{
	const auto lines = parse_symvers("0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
					 "0xdeadbeef\tgo\tdrivers/x/go\tEXPORT_SYMBOL_GPL\tNS\n"
					 "0x00000000\told\tvmlinux\tEXPORT_SYMBOL",
					 "Module.symvers");

	ASSERT_EQ(lines.size(), 3u);
	EXPECT_EQ(lines[0].sym.name, "printk");
	EXPECT_EQ(lines[0].sym.crc, 0x11111111u);
	EXPECT_FALSE(lines[0].sym.gpl);
	EXPECT_EQ(lines[1].sym.name_space, "NS");
	EXPECT_EQ(lines[1].module, "drivers/x/go");
	EXPECT_TRUE(lines[1].sym.gpl);
	EXPECT_EQ(lines[2].sym.name, "old");
}

TEST(symvers, damaged_lines)
{
	for (const char *text : {"printk", "0xzz\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n",
				 "0x1\t\tvmlinux\tEXPORT_SYMBOL\t\n", "0x1\tprintk\tvmlinux\n",
				 "0x123456789\tprintk\tvmlinux\tEXPORT_SYMBOL\n", "\n"})
		EXPECT_THROW(parse_symvers(text, "Module.symvers"), waymark::error) << text;
}

} // namespace
