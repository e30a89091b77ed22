// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/elf_file.hpp"

#include <elf.h>
#include <endian.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "notes.hpp"

namespace waymark::symidx
{

namespace
{

template <typename T>
T load(byte_view from, std::size_t at)
{
	T value;

	std::memcpy(&value, from.data() + at, sizeof(value));
	return value;
}

} // namespace

std::string_view string_at(byte_view from, std::uint64_t at, std::uint64_t most) noexcept
{
	if (at >= from.size())
		return {};
	const auto *start = reinterpret_cast<const char *>(from.data()) + at;
	const std::uint64_t room = std::min<std::uint64_t>(from.size() - at, most);
	const void *end = std::memchr(start, 0, room);

	if (!end && room == most)
		return {start, static_cast<std::size_t>(most)};
	if (!end)
		return {};
	return {start, static_cast<std::size_t>(static_cast<const char *>(end) - start)};
}

std::string machine_name(std::uint32_t machine)
{
	static const struct {
		std::uint32_t machine;
		const char *name;
	} names[] = {
		{EM_386, "i386"},      {EM_X86_64, "x86-64"}, {EM_ARM, "ARM"},
		{EM_AARCH64, "AArch64"}, {EM_PPC64, "PowerPC64"}, {EM_S390, "S/390"},
		{EM_RISCV, "RISC-V"},  {EM_MIPS, "MIPS"},     {258 /* newer than the oldest elf.h */, "LoongArch"},
	};

	for (const auto &known : names)
		if (known.machine == machine)
			return known.name;
	return "machine " + std::to_string(machine);
}

elf_file::elf_file(byte_view bytes, const std::string &object) : bytes_(bytes), object_(object)
{
	read_header();
	read_symbol_table();
}

void elf_file::fail(const std::string &reason) const
{
	throw error(object_, reason);
}

byte_view elf_file::slice(std::uint64_t offset, std::uint64_t size, const char *what) const
{
	if (offset > bytes_.size() || size > bytes_.size() - offset)
		fail(std::string("damaged ELF file: ") + what + " outside the file");
	return bytes_.subspan(offset, size);
}

std::uint16_t elf_file::get16(byte_view from, std::size_t at) const noexcept
{
	const auto raw = load<std::uint16_t>(from, at);

	return big_ ? be16toh(raw) : le16toh(raw);
}

std::uint32_t elf_file::get32(byte_view from, std::size_t at) const noexcept
{
	const auto raw = load<std::uint32_t>(from, at);

	return big_ ? be32toh(raw) : le32toh(raw);
}

std::uint64_t elf_file::get64(byte_view from, std::size_t at) const noexcept
{
	const auto raw = load<std::uint64_t>(from, at);

	return big_ ? be64toh(raw) : le64toh(raw);
}

void elf_file::read_header()
{
	if (bytes_.size() < EI_NIDENT || std::memcmp(bytes_.data(), ELFMAG, SELFMAG))
		fail("not an ELF file");

	const unsigned char elf_class = bytes_[EI_CLASS];
	const unsigned char data = bytes_[EI_DATA];
	const unsigned char e_machine = bytes_.size() > offsetof(Elf64_Ehdr, e_machine)
						? bytes_[offsetof(Elf64_Ehdr, e_machine)]
						: 0;

	wide_ = elf_class == ELFCLASS64;
	big_ = data == ELFDATA2MSB;
	/* The loader goes by the machine alone, and these have one class and byte order. */
	if (e_machine == EM_X86_64 || e_machine == EM_386) {
		wide_ = e_machine == EM_X86_64;
		big_ = false;
	} else if ((elf_class != ELFCLASS32 && elf_class != ELFCLASS64) ||
	    (data != ELFDATA2LSB && data != ELFDATA2MSB))
		fail("damaged ELF file: unknown class or byte order");
	slice(0, wide_ ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), "header");
	type_ = get16(bytes_, offsetof(Elf64_Ehdr, e_type));
	machine_ = get16(bytes_, offsetof(Elf64_Ehdr, e_machine));
	right_entry_size_ = wide_ ? get16(bytes_, offsetof(Elf64_Ehdr, e_shentsize)) == sizeof(Elf64_Shdr)
				  : get16(bytes_, offsetof(Elf32_Ehdr, e_shentsize)) == sizeof(Elf32_Shdr);
	if (wide_)
		read_sections(get64(bytes_, offsetof(Elf64_Ehdr, e_shoff)),
			      get16(bytes_, offsetof(Elf64_Ehdr, e_shnum)),
			      get16(bytes_, offsetof(Elf64_Ehdr, e_shstrndx)));
	else
		read_sections(get32(bytes_, offsetof(Elf32_Ehdr, e_shoff)),
			      get16(bytes_, offsetof(Elf32_Ehdr, e_shnum)),
			      get16(bytes_, offsetof(Elf32_Ehdr, e_shstrndx)));
}

/* More than 65,279 sections (e_shnum 0, -ffunction-sections gone wild) are refused. */
void elf_file::read_sections(std::uint64_t offset, std::uint32_t count, std::uint32_t names)
{
	const std::size_t entry = wide_ ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	const byte_view table = slice(offset, std::uint64_t{count} * entry, "section table");

	if (names == SHN_UNDEF || names >= count)
		fail("damaged ELF file: no sections");
	names_ = names;
	sections_.resize(count);
	for (std::uint32_t i = 0; i < count; i++) {
		elf_section &sec = sections_[i];
		const byte_view raw = table.subspan(i * entry, entry);

		sec.type = get32(raw, offsetof(Elf64_Shdr, sh_type));
		if (wide_) {
			sec.flags = get64(raw, offsetof(Elf64_Shdr, sh_flags));
			sec.address = get64(raw, offsetof(Elf64_Shdr, sh_addr));
			sec.offset = get64(raw, offsetof(Elf64_Shdr, sh_offset));
			sec.size = get64(raw, offsetof(Elf64_Shdr, sh_size));
			sec.link = get32(raw, offsetof(Elf64_Shdr, sh_link));
			sec.info = get32(raw, offsetof(Elf64_Shdr, sh_info));
			sec.alignment = get64(raw, offsetof(Elf64_Shdr, sh_addralign));
		} else {
			sec.flags = get32(raw, offsetof(Elf32_Shdr, sh_flags));
			sec.address = get32(raw, offsetof(Elf32_Shdr, sh_addr));
			sec.offset = get32(raw, offsetof(Elf32_Shdr, sh_offset));
			sec.size = get32(raw, offsetof(Elf32_Shdr, sh_size));
			sec.link = get32(raw, offsetof(Elf32_Shdr, sh_link));
			sec.info = get32(raw, offsetof(Elf32_Shdr, sh_info));
			sec.alignment = get32(raw, offsetof(Elf32_Shdr, sh_addralign));
		}
		if (sec.type != SHT_NOBITS && sec.type != SHT_NULL)
			slice(sec.offset, sec.size, "section");
	}

	for (std::uint32_t i = 0; i < count; i++) {
		sections_[i].name_at = get32(table, i * entry);
		sections_[i].name = string_at(behind(sections_[names].offset), sections_[i].name_at,
					      longest_name + 1);
	}
}

void elf_file::read_symbol_table()
{
	/* The loader took the first of several, until it refused them. */
	for (const elf_section &sec : sections_) {
		if (sec.type != SHT_SYMTAB)
			continue;
		if (!nr_tables_++)
			table_ = &sec;
	}
	if (!table_)
		return;
	if (table_->link >= sections_.size())
		fail("damaged ELF file: symbol table without names");

	const std::size_t entry = wide_ ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	symbols_ = bytes(*table_);
	if (symbols_.size() / entry > UINT32_MAX)
		fail("damaged ELF file: symbol table too large");
	symbol_names_ = behind(sections_[table_->link].offset);
	nr_symbols_ = static_cast<std::uint32_t>(symbols_.size() / entry);
	first_global_ = std::min(table_->info, nr_symbols_);
}

elf_symbol elf_file::symbol_at(std::uint32_t pos) const noexcept
{
	elf_symbol sym;

	if (wide_) {
		const byte_view raw = symbols_.subspan(pos * sizeof(Elf64_Sym), sizeof(Elf64_Sym));

		sym.name_at = get32(raw, offsetof(Elf64_Sym, st_name));
		sym.value = get64(raw, offsetof(Elf64_Sym, st_value));
		sym.section = get16(raw, offsetof(Elf64_Sym, st_shndx));
		sym.bind = ELF64_ST_BIND(raw[offsetof(Elf64_Sym, st_info)]);
	} else {
		const byte_view raw = symbols_.subspan(pos * sizeof(Elf32_Sym), sizeof(Elf32_Sym));

		sym.name_at = get32(raw, offsetof(Elf32_Sym, st_name));
		sym.value = get32(raw, offsetof(Elf32_Sym, st_value));
		sym.section = get16(raw, offsetof(Elf32_Sym, st_shndx));
		sym.bind = ELF32_ST_BIND(raw[offsetof(Elf32_Sym, st_info)]);
	}
	sym.name = string_at(symbol_names_, sym.name_at, longest_name + 1);
	return sym;
}

const elf_section *elf_file::find(std::string_view name) const noexcept
{
	const std::uint32_t at = find_index(name);

	return at ? &sections_[at] : nullptr;
}

const elf_section *elf_file::find_loaded(std::string_view name) const noexcept
{
	for (std::uint32_t i = 1; i < sections_.size(); i++)
		if (sections_[i].flags & SHF_ALLOC && sections_[i].name == name)
			return &sections_[i];
	return nullptr;
}

std::uint32_t elf_file::find_index(std::string_view name) const noexcept
{
	for (std::uint32_t i = 1; i < sections_.size(); i++)
		if (sections_[i].name == name)
			return i;
	return 0;
}

byte_view elf_file::bytes(const elf_section &section) const noexcept
{
	if (section.type == SHT_NOBITS || section.type == SHT_NULL)
		return {};
	return bytes_.subspan(section.offset, section.size);
}

byte_view elf_file::behind(std::uint64_t offset) const noexcept
{
	return offset < bytes_.size() ? bytes_.subspan(offset) : byte_view();
}

byte_view elf_file::raw(const elf_section &section) const noexcept
{
	const byte_view rest = behind(section.offset);

	return rest.subspan(0, std::min<std::uint64_t>(rest.size(), section.size));
}

byte_view elf_file::build_id() const noexcept
{
	for (const elf_section &sec : sections_) {
		if (sec.type != SHT_NOTE)
			continue;
		const byte_view notes = bytes(sec);
		const byte_view id = gnu_build_id(
			notes, [&](std::uint64_t at) { return get32(notes, at); });

		if (!id.empty())
			return id;
	}
	return {};
}

} // namespace waymark::symidx
