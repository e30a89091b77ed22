// SPDX-License-Identifier: LGPL-2.1-or-later
/* Producer of the symbol index format (linux/symbol_index_format.h). */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "symidx/index.hpp"
#include "waymark/file.hpp"

namespace waymark::symidx
{

/* What is indexed. The strings referred to must outlive write_index(). */
struct writer_module {
	std::string_view name;
	std::string_view path;
	std::string_view license;
	std::uint32_t flags = 0;
	std::vector<symbol> exports; /* their owner field is not used */
	std::vector<std::string_view> imports;
};

struct writer_input {
	std::string_view release;
	std::string_view vermagic;
	std::vector<unsigned char> build_id;
	std::uint32_t machine = 0;
	std::uint32_t module_size = 0; /* 0: not known */
	std::uint32_t init_offset = 0; /* the same of the next four */
	std::uint32_t exit_offset = 0;
	std::uint32_t btf_types = 0;
	std::uint32_t btf_strings = 0;
	std::uint32_t flags = 0; /* SYMBOL_INDEX_FORMAT_* */
	std::uint64_t generation = 0;
	std::vector<writer_module> modules; /* the first is "vmlinux" */
};

/* The names that a module exports make searches of the index too long; without it they are not. */
class names_collide : public error
{
public:
	names_collide(const std::string &name, std::size_t at)
		: error(name, "exports names that collide in the hash table"), module(at)
	{
	}

	std::size_t module; /* position among the modules, never 0 */
};

/*
 * The bytes of the index. The same input gives the same bytes. If any symbol
 * has a value, all get one (0 where there is none).
 * Throws waymark::error where the format has no room: more than 2 GiB, names
 * of more than 65535 bytes or of none, the same name twice in one module; names_collide.
 */
std::vector<unsigned char> write_index(const writer_input &input);

/* waymark::replace_file() for the bytes of an index. */
inline void replace_file(const std::string &path, const std::vector<unsigned char> &bytes)
{
	waymark::replace_file(path, {reinterpret_cast<const char *>(bytes.data()), bytes.size()});
}

} // namespace waymark::symidx
