// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/kernel_image.hpp"

#include <elf.h>
#include <endian.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "btf.hpp"
#include "kernel_payload.hpp"
#include "notes.hpp"
#include "symidx/file_data.hpp"

namespace waymark::symidx
{

namespace
{

/* struct kernel_symbol with 32-bit relative references: value, name, namespace. */
constexpr std::size_t ksymtab_entry = 12;

/* As much as it takes to see where in an ELF file the notes are: header and program headers. */
constexpr std::size_t head_size = 4096;

/* What there is to be read of @at within @bytes, which may be cut off. */
template <typename T>
std::optional<T> struct_at(byte_view bytes, std::uint64_t at)
{
	T raw;

	if (at > bytes.size() || bytes.size() - at < sizeof(raw))
		return std::nullopt;
	std::memcpy(&raw, bytes.data() + at, sizeof(raw));
	return raw;
}

/* The notes of the ELF file that starts with @head, as far as that tells; else nothing. */
std::optional<Elf64_Phdr> notes_of(byte_view head)
{
	const auto header = struct_at<Elf64_Ehdr>(head, 0);

	if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    le16toh(header->e_phentsize) != sizeof(Elf64_Phdr))
		return std::nullopt;
	for (unsigned int i = 0; i < le16toh(header->e_phnum); i++) {
		const auto one = struct_at<Elf64_Phdr>(
			head, le64toh(header->e_phoff) + i * sizeof(Elf64_Phdr));

		if (!one)
			break;
		if (le32toh(one->p_type) == PT_NOTE)
			return one;
	}
	return std::nullopt;
}

class table_reader
{
public:
	table_reader(const elf_file &elf, kernel_image &image) : elf_(elf), image_(image) {}

	void read()
	{
		const elf_section *strings = elf_.find("__ksymtab_strings");

		if (!strings || !elf_.find("__ksymtab"))
			return;
		const byte_view text = elf_.bytes(*strings);
		image_.storage.assign(text.begin(), text.end());
		strings_address_ = strings->address;
		image_.has_exports = read_table("__ksymtab", "__kcrctab", false) &&
				     read_table("__ksymtab_gpl", "__kcrctab_gpl", true);
		if (!image_.has_exports)
			image_.exports.clear();
	}

private:
	/* The string that the 32-bit reference at @at of @table leads to. */
	std::string_view follow(const elf_section &table, byte_view bytes, std::size_t at) const
	{
		const auto distance = static_cast<std::int32_t>(elf_.get32(bytes, at));
		const std::uint64_t address = table.address + at + distance;

		return string_at(image_.storage, address - strings_address_);
	}

	/* False: not the layout that we know. */
	bool read_table(std::string_view name, std::string_view crc_name, bool gpl)
	{
		const elf_section *table = elf_.find(name);

		if (!table)
			return true;
		const byte_view bytes = elf_.bytes(*table);
		const std::size_t count = bytes.size() / ksymtab_entry;
		const elf_section *crcs = elf_.find(crc_name);
		const elf_section *flags = elf_.find("__kflagstab");
		const byte_view crc_bytes = crcs ? elf_.bytes(*crcs) : byte_view();
		const byte_view flag_bytes = flags ? elf_.bytes(*flags) : byte_view();

		if (bytes.size() % ksymtab_entry)
			return false;
		for (std::size_t i = 0; i < count; i++) {
			const std::size_t at = i * ksymtab_entry;
			symbol sym;

			sym.name = follow(*table, bytes, at + 4);
			if (sym.name.empty())
				return false;
			if (elf_.get32(bytes, at + 8))
				sym.name_space = follow(*table, bytes, at + 8);
			sym.gpl = gpl || (i < flag_bytes.size() && (flag_bytes[i] & 1));
			/* Exactly one word a symbol, or the table means something else. */
			if (crc_bytes.size() == count * 4)
				sym.crc = elf_.get32(crc_bytes, i * 4);
			image_.exports.push_back(sym);
		}
		return true;
	}

	const elf_file &elf_;
	kernel_image &image_;
	std::uint64_t strings_address_ = 0;
};

} // namespace

kernel_image read_kernel_image(const std::string &path)
{
	const file_data file(path, file_data::access::map);

	return parse_kernel_image(file.bytes(), path);
}

kernel_image parse_kernel_image(byte_view contents, const std::string &object)
{
	decompressor unpacker;
	kernel_image image;
	const kernel_payload payload = unpack_kernel(contents, object, unpacker);
	const byte_view bytes = payload.bytes;

	if (!payload.is_elf) {
		/* Without sections only the build id is to be found; Module.symvers has the rest. */
		const byte_view build_id = build_id_in(bytes, false);

		image.machine = payload.machine;
		image.build_id.assign(build_id.begin(), build_id.end());
		return image;
	}

	const elf_file elf(bytes, object);
	const byte_view id = elf.build_id();

	if (elf.type() != ET_EXEC && elf.type() != ET_DYN)
		throw error(object, "an ELF file, but not a kernel image");
	image.machine = elf.machine();
	image.build_id.assign(id.begin(), id.end());
	if (const elf_section *types = elf.find(".BTF")) {
		btf_reader reader(elf.bytes(*types), {});

		if (reader.check().empty()) {
			image.btf_types = reader.limits().types;
			image.btf_strings = reader.limits().strings;
		}
	}
	table_reader(elf, image).read();
	return image;
}

kernel_image read_kernel_identity(const std::string &path)
{
	const file_data file(path, file_data::access::map);

	return parse_kernel_identity(file.bytes(), path);
}

kernel_image parse_kernel_identity(byte_view contents, const std::string &object)
{
	const byte_view packed = bzimage_payload(contents, object);
	kernel_image image;
	decompressor unpacker;

	if (packed.empty() || compression_of(packed) == compression::none)
		return parse_kernel_image(contents, object);
	const byte_view head = unpacker.unpack(packed, object, head_size, head_size);
	const auto notes = notes_of(head);

	if (!notes || le64toh(notes->p_offset) > INT32_MAX || le64toh(notes->p_filesz) > INT32_MAX)
		return parse_kernel_image(contents, object);
	image.machine = le16toh(struct_at<Elf64_Ehdr>(head, 0)->e_machine);
	const std::size_t end = le64toh(notes->p_offset) + le64toh(notes->p_filesz);
	byte_view bytes = unpacker.unpack(packed, object, end, end);

	if (bytes.size() < end)
		throw error(object, "truncated kernel image");
	bytes = bytes.subspan(le64toh(notes->p_offset));
	const byte_view id = gnu_build_id(bytes, [&](std::uint64_t at) { return le32_at(bytes, at); });

	image.build_id.assign(id.begin(), id.end());
	return image;
}

std::vector<unsigned char> running_build_id()
{
	std::ifstream in("/sys/kernel/notes", std::ios::binary);
	const std::vector<unsigned char> notes{std::istreambuf_iterator<char>(in), {}};
	const byte_view id = gnu_build_id(notes, [&](std::uint64_t at) {
		std::uint32_t word; /* in host byte order */

		std::memcpy(&word, notes.data() + at, sizeof(word));
		return word;
	});

	return {id.begin(), id.end()};
}

} // namespace waymark::symidx
