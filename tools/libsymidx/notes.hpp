// SPDX-License-Identifier: LGPL-2.1-or-later
/* ELF notes, whose words are in the byte order of whatever they are read from. */
#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>

#include "symidx/elf_file.hpp"

namespace waymark::symidx
{

/* The GNU build id in @notes, empty if there is none; @get32(at) reads a word of them. */
template <typename F>
byte_view gnu_build_id(byte_view notes, F get32)
{
	std::uint64_t at = 0;

	while (at + sizeof(Elf64_Nhdr) <= notes.size()) {
		const std::uint64_t name_size = get32(at);
		const std::uint64_t size = get32(at + 4);
		const std::uint32_t type = get32(at + 8);
		const std::uint64_t name = at + sizeof(Elf64_Nhdr);
		const std::uint64_t start = name + (name_size + 3) / 4 * 4;

		if (start + size > notes.size())
			break;
		if (type == NT_GNU_BUILD_ID && name_size == 4 &&
		    !std::memcmp(notes.data() + name, "GNU", 4))
			return notes.subspan(start, size);
		at = start + (size + 3) / 4 * 4;
	}
	return {};
}

} // namespace waymark::symidx
