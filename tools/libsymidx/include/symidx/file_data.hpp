// SPDX-License-Identifier: LGPL-2.1-or-later
/* The contents of a file, decompressed if need be. */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "symidx/elf_file.hpp"

namespace waymark::symidx
{

enum class compression { none, gzip, xz, zstd, lz4, unsupported };

/* By the first bytes, not by the file's name. */
compression compression_of(byte_view bytes) noexcept;

/*
 * Unpacks streams; keep one per thread, its buffers and tables are used again.
 * Nothing larger than 1 GiB comes out: a bomb is refused.
 */
class decompressor
{
public:
	decompressor();
	~decompressor();

	/*
	 * The contents of @packed, valid until the next call. Bytes behind the
	 * end of the compressed stream are ignored. @expected bytes or so will come
	 * out, as far as the caller knows; that only saves copying. No more than the
	 * first @enough bytes are unpacked. Throws waymark::error naming @object:
	 * damaged, too large, or compressed as this build cannot read.
	 */
	byte_view unpack(byte_view packed, const std::string &object, std::size_t expected = 0,
			 std::size_t enough = SIZE_MAX);

private:
	struct state;
	std::unique_ptr<state> state_;
};

/* A file in memory: a private copy, or a mapping for files of the system. */
class file_data
{
public:
	enum class access { copy, map };

	file_data(const std::string &path, access how);
	file_data(const file_data &) = delete;
	file_data &operator=(const file_data &) = delete;
	~file_data();

	byte_view bytes() const noexcept { return view_; }

private:
	std::vector<unsigned char> copy_;
	void *map_ = nullptr;
	byte_view view_;
};

} // namespace waymark::symidx
