// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel image: its build id and what it exports. */
#pragma once

#include <string>
#include <vector>

#include "symidx/elf_file.hpp"
#include "symidx/index.hpp"

namespace waymark::symidx
{

struct kernel_image {
	std::vector<unsigned char> build_id;
	std::uint32_t machine = 0;
	/* Of its BTF, on which that of its modules is based; 0: not known. */
	std::uint32_t btf_types = 0;
	std::uint32_t btf_strings = 0;
	/* Exports could be read; otherwise Module.symvers has to tell. */
	bool has_exports = false;
	std::vector<symbol> exports; /* views into storage */
	std::vector<unsigned char> storage;
};

/*
 * Reads a vmlinux or a bzImage. Throws waymark::error naming @path: neither of
 * them, damaged, or compressed in a way that this build cannot read.
 */
kernel_image read_kernel_image(const std::string &path);
/*
 * Only its machine and build id. An image is unpacked no further than to its notes, which takes
 * two thirds of the time.
 */
kernel_image read_kernel_identity(const std::string &path);
/* The same of bytes in memory, for error messages called @object. */
kernel_image parse_kernel_image(byte_view contents, const std::string &object);
kernel_image parse_kernel_identity(byte_view contents, const std::string &object);

/* The build id of the running kernel, from /sys/kernel/notes. */
std::vector<unsigned char> running_build_id();

} // namespace waymark::symidx
