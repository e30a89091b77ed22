// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the kernel's own decompressors lack: kmod hands it the file where it can unpack modules. */
#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::size_t check_at = 7; /* in the header of an xz stream */
constexpr std::size_t block_at = 12;
constexpr unsigned char no_check = 0, crc32_check = 1;
constexpr unsigned char filter_delta = 3;

/* The first filter of the first block; 0: there are sizes before it, or it is cut off. */
unsigned char first_filter(byte_view packed)
{
	constexpr unsigned char has_sizes = 0xc0;

	if (packed.size() < block_at + 3 || packed[block_at + 1] & has_sizes)
		return 0;
	return packed[block_at + 2];
}

} // namespace

void judge_compression(byte_view packed, const load_rules &rules, module_file &out)
{
	constexpr char remedy[] = "compress it as the kernel's build does: xz --check=crc32 --lzma2=dict=1MiB";

	if (!rules.unpacks_xz || compression_of(packed) != compression::xz ||
	    packed.size() <= check_at)
		return;
	if (packed[check_at] != no_check && packed[check_at] != crc32_check)
		refuse(out, problem_kind::compression,
		       std::string("compressed by xz with ") +
			       (packed[check_at] == 4 ? "CRC64" : "another check than CRC32") +
			       ", which the kernel does not know (\"decompression failed with status 6\")",
		       remedy);
	else if (first_filter(packed) == filter_delta)
		refuse(out, problem_kind::compression,
		       "compressed by xz with a delta filter, which the kernel does not know", remedy);
}

} // namespace waymark::symidx
