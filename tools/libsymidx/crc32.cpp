// SPDX-License-Identifier: LGPL-2.1-or-later
#include <array>

#include "symidx/hash.hpp"

namespace waymark::symidx
{

namespace
{

/* table[k][b]: what byte b does to the CRC when k more bytes follow it. */
constexpr auto make_tables()
{
	std::array<std::array<std::uint32_t, 256>, 8> table{};

	for (std::uint32_t byte = 0; byte < 256; byte++) {
		std::uint32_t crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
		table[0][byte] = crc;
	}
	for (std::size_t k = 1; k < table.size(); k++)
		for (std::size_t byte = 0; byte < 256; byte++) {
			const std::uint32_t before = table[k - 1][byte];

			table[k][byte] = (before >> 8) ^ table[0][before & 255];
		}
	return table;
}

constexpr auto tables = make_tables();

} // namespace

std::uint32_t crc32(const void *data, std::size_t size, std::uint32_t crc) noexcept
{
	const auto *p = static_cast<const unsigned char *>(data);

	crc = ~crc;
	for (; size >= 8; size -= 8, p += 8) {
		std::uint64_t word;

		std::memcpy(&word, p, sizeof(word));
		word = le64toh(word) ^ crc;
		crc = 0;
		for (int k = 0; k < 8; k++)
			crc ^= tables[7 - k][(word >> (8 * k)) & 255];
	}
	for (; size; size--, p++)
		crc = (crc >> 8) ^ tables[0][(crc ^ *p) & 255];
	return ~crc;
}

} // namespace waymark::symidx
