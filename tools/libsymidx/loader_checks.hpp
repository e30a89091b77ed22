// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the module loader refuses in a module by itself, one file a kind, in the
 * order of its source. Each adds to the refusals of @out, and says in
 * @out.doubt what no file tells.
 */
#pragma once

#include <array>

#include "symidx/elf_file.hpp"
#include "symidx/file_data.hpp"
#include "symidx/load_rules.hpp"
#include "symidx/module_file.hpp"

namespace waymark::symidx
{

/* The block at the end of a signed module: its form, not its truth. The end of the module itself. */
std::size_t judge_signature(byte_view bytes, module_file &out);
/* The file as it is on disk, where the kernel unpacks it by itself. */
void judge_compression(byte_view packed, const load_rules &rules, module_file &out);
/* Headers, names, flags and sizes of sections, and the tables of strings. */
void judge_sections(const elf_file &elf, const load_rules &rules, module_file &out);
/* Symbols that are defined, and relocations of x86-64. */
void judge_relocations(const elf_file &elf, const load_rules &rules, module_file &out);
/* .BTF and .BTF.base. */
void judge_btf(const elf_file &elf, const load_rules &rules, module_file &out);

/* Sections that the loader reads, but does not keep, though they say SHF_ALLOC. */
class dropped_sections
{
public:
	dropped_sections(const elf_file &elf, const load_rules &rules);

	bool is_one(std::uint32_t section) const noexcept;

private:
	std::array<std::uint32_t, 4> positions_{}; /* 0: none */
};

void refuse(module_file &out, const char *kind, std::string reason, std::string remedy);
/* The first doubt is the one that is said. */
void doubt(module_file &out, const char *reason);
/* Fills init_offset and exit_offset. */
void find_entry_points(const elf_file &elf, module_file &out);

/*
 * Relocations that are looked at in all tables together. Tables that overlap in the file would
 * take for ever; of others there cannot be more.
 */
inline std::size_t most_relocations(const elf_file &elf)
{
	constexpr std::size_t smallest = 8;

	return elf.behind(0).size() / smallest + 1;
}

inline constexpr char damaged_remedy[] = "copy or build the module again: the file is damaged";

} // namespace waymark::symidx
