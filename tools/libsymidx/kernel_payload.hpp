// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the file that a boot loader loads to the kernel in it. */
#pragma once

#include <cstdint>
#include <string>

#include "symidx/elf_file.hpp"
#include "symidx/file_data.hpp"

namespace waymark::symidx
{

/* The little-endian word at @at, which is inside of @bytes. */
std::uint32_t le32_at(byte_view bytes, std::size_t at);

struct kernel_payload {
	byte_view bytes;           /* as long as the file and the decompressor live */
	std::uint32_t machine = 0; /* of a kernel that is no ELF file; 0: it is one, or not known */
	bool is_elf = false;
};

/*
 * Unpacks bzImage, EFI zboot, arm64 and riscv Images, zImage, s390's image, and whatever is
 * compressed as a whole. Throws waymark::error naming @object: of an unknown kind, or damaged.
 */
kernel_payload unpack_kernel(byte_view contents, const std::string &object, decompressor &unpacker);

/* The compressed kernel within a bzImage; empty if @bytes is no bzImage. */
byte_view bzimage_payload(byte_view bytes, const std::string &object);

/* The build id of a kernel that is no ELF file; empty if there is none, or several to choose from. */
byte_view build_id_in(byte_view kernel, bool big_endian);

} // namespace waymark::symidx
