// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/load_rules.hpp"

#include <charconv>

#include "symidx/index.hpp"

namespace waymark::symidx
{

std::uint32_t kernel_version_of(std::string_view release) noexcept
{
	const char *text = release.data(), *end = text + release.size();
	std::uint32_t major = 0, minor = 0;
	const auto first = std::from_chars(text, end, major);

	if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.')
		return 0;
	if (std::from_chars(first.ptr + 1, end, minor).ec != std::errc())
		return 0;
	return kernel_version(major & 0xffff, minor & 0xffff);
}

load_rules rules_of(const symbol_index &idx)
{
	load_rules rules;

	rules.version = kernel_version_of(idx.release());
	rules.init_offset = idx.init_offset();
	rules.exit_offset = idx.exit_offset();
	rules.btf_types = idx.btf_types();
	rules.btf_strings = idx.btf_strings();
	rules.knows_config = idx.flags() & SYMBOL_INDEX_FORMAT_CONFIG;
	rules.judges_btf = idx.flags() & SYMBOL_INDEX_FORMAT_BTF_STRICT;
	rules.unpacks_xz = idx.flags() & SYMBOL_INDEX_FORMAT_DECOMPRESS &&
			   idx.flags() & SYMBOL_INDEX_FORMAT_COMPRESS_XZ;
	return rules;
}

} // namespace waymark::symidx
