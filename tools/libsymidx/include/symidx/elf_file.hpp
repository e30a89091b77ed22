// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reader of ELF files, of either class and byte order, that trusts no offset,
 * size or count in them.
 */
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waymark/error.hpp"

namespace waymark::symidx
{

using byte_view = std::span<const unsigned char>;

/*
 * Bytes of a symbol's name that are looked at. The kernel's own limit is 512; without one, many
 * symbols that share a text without an end in sight take hours and gigabytes.
 */
inline constexpr std::uint64_t longest_name = 4096;

struct elf_section {
	std::string_view name;
	std::uint32_t type = 0;
	std::uint64_t flags = 0;
	std::uint64_t address = 0;
	std::uint64_t offset = 0;
	std::uint64_t size = 0;
	std::uint64_t alignment = 0;
	std::uint32_t link = 0;
	std::uint32_t info = 0;
	std::uint32_t name_at = 0; /* within the table of names */
};

struct elf_symbol {
	std::string_view name;
	std::uint64_t value = 0;
	std::uint32_t name_at = 0; /* within the table of names */
	std::uint16_t section = 0; /* SHN_* or the position of a section */
	unsigned char bind = 0;    /* STB_* */
};

class elf_file
{
public:
	/*
	 * Looks at @bytes, which must outlive this and whatever it returns.
	 * Throws waymark::error naming @object: not an ELF file, or damaged.
	 */
	elf_file(byte_view bytes, const std::string &object);

	std::uint16_t type() const noexcept { return type_; }
	std::uint16_t machine() const noexcept { return machine_; }
	bool is_64bit() const noexcept { return wide_; }
	/* Whether the header gives section headers the size that they have. */
	bool has_right_entry_size() const noexcept { return right_entry_size_; }
	const std::vector<elf_section> &sections() const noexcept { return sections_; }
	/* The first section of that name, or nullptr. */
	const elf_section *find(std::string_view name) const noexcept;
	/* Position of the first section of that name, 0 if there is none. */
	std::uint32_t find_index(std::string_view name) const noexcept;
	/* The first section of that name that is to be loaded (SHF_ALLOC), or nullptr. */
	const elf_section *find_loaded(std::string_view name) const noexcept;
	/* Empty for a section that has no bytes in the file. */
	byte_view bytes(const elf_section &section) const noexcept;
	/* The same, but whatever the section's type says; cut at the end of the file. */
	byte_view raw(const elf_section &section) const noexcept;
	/* From @offset to the end of the file. */
	byte_view behind(std::uint64_t offset) const noexcept;
	/* The section with the names of sections. */
	const elf_section &section_names() const noexcept { return sections_[names_]; }
	/* The symbol table's section; nullptr without one. */
	const elf_section *symbol_table() const noexcept { return table_; }
	std::uint32_t nr_symbol_tables() const noexcept { return nr_tables_; }

	/* Integers in the file's byte order. @at + width must be within @from. */
	std::uint16_t get16(byte_view from, std::size_t at) const noexcept;
	std::uint32_t get32(byte_view from, std::size_t at) const noexcept;
	std::uint64_t get64(byte_view from, std::size_t at) const noexcept;

	/* The symbol table, of which there may be one; 0 symbols without it. */
	std::uint32_t nr_symbols() const noexcept { return nr_symbols_; }
	/* Symbols before this one are local. */
	std::uint32_t first_global() const noexcept { return first_global_; }
	/* Of a name that is longer than longest_name, one byte more than that. */
	elf_symbol symbol_at(std::uint32_t pos) const noexcept;

	/* The GNU build id; empty if there is none. */
	byte_view build_id() const noexcept;

	[[noreturn]] void fail(const std::string &reason) const;

private:
	void read_header();
	void read_sections(std::uint64_t offset, std::uint32_t count, std::uint32_t names);
	void read_symbol_table();
	byte_view slice(std::uint64_t offset, std::uint64_t size, const char *what) const;

	byte_view bytes_;
	std::string object_;
	bool wide_ = true;
	bool big_ = false;
	bool right_entry_size_ = true;
	std::uint16_t type_ = 0;
	std::uint16_t machine_ = 0;
	std::vector<elf_section> sections_;
	std::uint32_t names_ = 0;
	const elf_section *table_ = nullptr;
	std::uint32_t nr_tables_ = 0;
	byte_view symbols_;
	byte_view symbol_names_; /* to the end of the file, as the loader reads them */
	std::uint32_t nr_symbols_ = 0;
	std::uint32_t first_global_ = 0;
};

/*
 * The NUL-terminated string at @at; empty, with data() null, if there is none within @from.
 * Of a longer one than @most bytes, the first @most: that many are looked at.
 */
std::string_view string_at(byte_view from, std::uint64_t at, std::uint64_t most = UINT64_MAX) noexcept;

/* "x86-64", "AArch64"; a number for what is not in the table. */
std::string machine_name(std::uint32_t machine);

} // namespace waymark::symidx
