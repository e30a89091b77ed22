// SPDX-License-Identifier: LGPL-2.1-or-later
/* The name hash and the checksum of linux/symbol_index_format.h. */
#pragma once

#include <endian.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <linux/symbol_index_format.h>

namespace waymark::symidx
{

/* Steps beyond the first that the searches for all names of an index may take, a name. */
constexpr std::uint64_t probes_per_name = 64;

/* The format's hash is that of @seed 0; with a secret one, names cannot be made to collide. */
inline std::uint32_t name_hash(std::string_view name, std::uint64_t seed = 0) noexcept
{
	std::uint64_t h = seed;
	std::uint64_t word;
	const char *p = name.data();
	std::size_t left = name.size();

	for (; left >= sizeof(word); left -= sizeof(word), p += sizeof(word)) {
		std::memcpy(&word, p, sizeof(word));
		h = (h ^ le64toh(word)) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
		h ^= h >> 32;
	}
	word = 0; /* the rest, its NUL and the padding; at least the NUL */
	if (left && name.size() >= sizeof(word)) {
		/* One load that overlaps what was read is cheaper than a loop. */
		std::memcpy(&word, p + left - sizeof(word), sizeof(word));
		word = le64toh(word) >> (64 - 8 * left);
	} else if (left) {
		std::memcpy(&word, p, left);
		word = le64toh(word);
	}
	h = (h ^ word) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
	h ^= h >> 32;
	return static_cast<std::uint32_t>((h * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER) >> 32);
}

/* CRC-32 as zlib's crc32(); @crc continues an earlier call. */
std::uint32_t crc32(const void *data, std::size_t size, std::uint32_t crc = 0) noexcept;

} // namespace waymark::symidx
