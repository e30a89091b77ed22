// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample_index.hpp"

#include <endian.h>

#include <cstring>

#include "symidx/hash.hpp"

namespace sample
{

using namespace waymark::symidx;

namespace
{

symbol make(std::string_view name, std::uint32_t crc, bool gpl = false,
	    std::string_view name_space = "")
{
	symbol sym;

	sym.name = name;
	sym.name_space = name_space;
	sym.gpl = gpl;
	sym.crc = crc;
	return sym;
}

} // namespace

writer_input input()
{
	static const std::string long_name(500, 'z');
	writer_input in;
	writer_module vmlinux{"vmlinux", "", "", SYMBOL_INDEX_FORMAT_MODULE_GPL, {}, {}};
	writer_module alpha{"alpha",
			    "kernel/a/alpha.ko.xz",
			    "GPL v2",
			    SYMBOL_INDEX_FORMAT_MODULE_GPL | SYMBOL_INDEX_FORMAT_MODULE_SIGNED,
			    {},
			    {}};
	writer_module beta{"beta", "updates/beta.ko", "Proprietary", 0, {}, {}};

	vmlinux.exports = {make("printk", 0x11111111), make("kfree", 0x22222222),
			   make("kmalloc", 0x33333333, true),
			   make("kfree_skb", 0x44444444, false, "NET"), make(long_name, 5)};
	alpha.exports = {make("alpha_open", 0x66666666, true, "ALPHA"), make("shared", 7)};
	alpha.imports = {"printk", "kfree"};
	beta.exports = {make("shared", 8)};
	beta.imports = {"alpha_open", "nobody_has_this"};
	in.release = "6.12.0-test";
	in.vermagic = "6.12.0-test SMP mod_unload ";
	in.build_id = {0xde, 0xad, 0xbe, 0xef, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	in.machine = 62;
	in.module_size = 1280;
	in.flags = SYMBOL_INDEX_FORMAT_MODVERSIONS | SYMBOL_INDEX_FORMAT_CONFIG;
	in.modules = {vmlinux, alpha, beta};
	return in;
}

std::vector<unsigned char> bytes()
{
	return write_index(input());
}

std::vector<unsigned char> resealed(std::vector<unsigned char> bytes)
{
	const std::size_t from = offsetof(symbol_index_format_header, version);
	const std::uint32_t sum = htole32(crc32(bytes.data() + from, bytes.size() - from));

	std::memcpy(bytes.data() + offsetof(symbol_index_format_header, checksum), &sum,
		    sizeof(sum));
	return bytes;
}

std::string refusal(const std::vector<unsigned char> &bytes)
{
	try {
		symbol_index::from_memory(bytes.data(), bytes.size(), "sample");
	} catch (const waymark::error &e) {
		return e.what();
	}
	return "";
}

} // namespace sample
