// SPDX-License-Identifier: LGPL-2.1-or-later
#include <lzma.h>

#include "symidx/hash.hpp"

namespace waymark::symidx
{

/* liblzma is there to unpack modules, and its CRC uses what the processor has for that. */
std::uint32_t crc32(const void *data, std::size_t size, std::uint32_t crc) noexcept
{
	return lzma_crc32(static_cast<const std::uint8_t *>(data), size, crc);
}

} // namespace waymark::symidx
