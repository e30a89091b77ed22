// SPDX-License-Identifier: GPL-2.0-or-later
#include "module_builder.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace sample
{

namespace
{

using bytes_t = std::vector<unsigned char>;

template <typename T>
void append(bytes_t &out, const T &value)
{
	const auto *raw = reinterpret_cast<const unsigned char *>(&value);

	out.insert(out.end(), raw, raw + sizeof(value));
}

std::uint64_t append_text(bytes_t &out, const std::string &text)
{
	const std::uint64_t at = out.size();

	out.insert(out.end(), text.begin(), text.end());
	out.push_back(0);
	return at;
}

/* Collects sections and symbols, then lays them out. Assumes a little-endian host. */
class elf_writer
{
public:
	elf_writer() { section("", SHT_NULL, {}); }

	std::uint16_t section(const std::string &name, std::uint32_t type, bytes_t contents,
			      std::uint32_t link = 0, std::uint32_t info = 0,
			      std::uint64_t flags = SHF_ALLOC)
	{
		Elf64_Shdr header{};

		header.sh_name = static_cast<std::uint32_t>(append_text(names_, name));
		header.sh_type = type;
		header.sh_flags = flags;
		header.sh_link = link;
		header.sh_info = info;
		headers_.push_back(header);
		contents_.push_back(std::move(contents));
		return static_cast<std::uint16_t>(headers_.size() - 1);
	}

	/* Its position in the table. */
	std::uint32_t symbol(const std::string &name, unsigned char bind, std::uint16_t section_at,
			     std::uint64_t value)
	{
		Elf64_Sym sym{};

		if (symbols_.empty()) {
			append(symbols_, Elf64_Sym{});
			strings_.push_back(0);
		}
		sym.st_name = static_cast<std::uint32_t>(append_text(strings_, name));
		sym.st_info = ELF64_ST_INFO(bind, STT_NOTYPE);
		sym.st_shndx = section_at;
		sym.st_value = value;
		append(symbols_, sym);
		locals_ += bind == STB_LOCAL;
		return static_cast<std::uint32_t>(symbols_.size() / sizeof(sym) - 1);
	}

	bytes_t finish(std::uint16_t type, std::uint16_t machine, bool all_local)
	{
		const auto strings = section(".strtab", SHT_STRTAB, strings_);
		section(".symtab", SHT_SYMTAB, symbols_, strings,
			all_local ? UINT32_MAX : static_cast<std::uint32_t>(locals_ + 1));
		const auto names = section(".shstrtab", SHT_STRTAB, {});
		contents_[names] = names_;

		Elf64_Ehdr head{};
		bytes_t out(sizeof(head));

		for (std::size_t i = 0; i < headers_.size(); i++) {
			out.resize((out.size() + 7) / 8 * 8);
			headers_[i].sh_offset = i ? out.size() : 0;
			headers_[i].sh_size = contents_[i].size();
			out.insert(out.end(), contents_[i].begin(), contents_[i].end());
		}
		out.resize((out.size() + 7) / 8 * 8);
		std::memcpy(head.e_ident, ELFMAG, SELFMAG);
		head.e_ident[EI_CLASS] = ELFCLASS64;
		head.e_ident[EI_DATA] = ELFDATA2LSB;
		head.e_type = type;
		head.e_machine = machine;
		head.e_shoff = out.size();
		head.e_shentsize = sizeof(Elf64_Shdr);
		head.e_shnum = static_cast<std::uint16_t>(headers_.size());
		head.e_shstrndx = names;
		for (const Elf64_Shdr &header : headers_)
			append(out, header);
		std::memcpy(out.data(), &head, sizeof(head));
		return out;
	}

private:
	std::vector<Elf64_Shdr> headers_;
	std::vector<bytes_t> contents_;
	bytes_t names_;
	bytes_t symbols_;
	bytes_t strings_;
	std::size_t locals_ = 0;
};

void append_relocation(bytes_t &table, std::uint64_t offset, std::uint32_t symbol, std::uint32_t type)
{
	Elf64_Rela rel{};

	rel.r_offset = offset;
	rel.r_info = ELF64_R_INFO(static_cast<std::uint64_t>(symbol), type);
	append(table, rel);
}

/* As far as a test's struct module reaches: its name behind 24 bytes. */
bytes_t struct_module(std::size_t size, const std::string &name)
{
	constexpr std::size_t name_at = 24;
	bytes_t out(size);

	if (size > name_at + name.size())
		std::copy(name.begin(), name.end(), out.begin() + name_at);
	return out;
}

void append_version(bytes_t &table, const std::string &name, std::uint64_t crc)
{
	append(table, crc);
	const std::size_t start = table.size();
	append_text(table, name.substr(0, 55));
	table.resize(start + 56);
}

} // namespace

module_builder::module_builder()
{
	info("name", "probe");
	info("license", "GPL");
	info("intree", "Y");
	info("vermagic", "6.12.0-test SMP mod_unload ");
}

module_builder &module_builder::info(const std::string &tag, const std::string &value)
{
	infos_.emplace_back(tag, value);
	return *this;
}

module_builder &module_builder::drop_info(const std::string &tag)
{
	infos_.erase(std::remove_if(infos_.begin(), infos_.end(),
				    [&](const auto &one) { return one.first == tag; }),
		     infos_.end());
	return *this;
}

module_builder &module_builder::needs(const std::string &name, std::optional<std::uint64_t> crc,
				      bool weak)
{
	needs_.push_back({name, crc, weak});
	return *this;
}

module_builder &module_builder::exports(const std::string &name, std::uint32_t crc, bool gpl,
					const std::string &name_space)
{
	offers_.push_back({name, crc, gpl, name_space});
	return *this;
}

module_builder &module_builder::section(const std::string &name, std::uint64_t flags,
					const std::vector<unsigned char> &contents)
{
	sections_.emplace_back(name, flags, contents);
	return *this;
}

module_builder &module_builder::relocation(const std::string &section, const std::string &to,
					   std::uint32_t type)
{
	relocations_.emplace_back(section, to, type);
	return *this;
}

std::vector<unsigned char> module_builder::bytes() const
{
	elf_writer elf;
	bytes_t modinfo, versions, extended_crcs, extended_names, crcs, gpl_crcs, strings;
	std::size_t plain = 0, gpl = 0;

	for (const auto &[tag, value] : infos_)
		append_text(modinfo, tag + "=" + value);
	std::map<std::string, std::uint32_t> places;

	places[".modinfo"] = elf.section(".modinfo", SHT_PROGBITS, modinfo);
	const auto self_at = elf.section(".gnu.linkonce.this_module", SHT_PROGBITS,
					 struct_module(module_size, "probe"));
	if (layout_crc)
		append_version(versions, "module_layout", layout_crc);
	for (const need &one : needs_) {
		if (!one.crc)
			continue;
		append_version(versions, one.name, *one.crc);
		append(extended_crcs, static_cast<std::uint32_t>(*one.crc));
		append_text(extended_names, one.name);
	}
	if (with_versions)
		elf.section("__versions", SHT_PROGBITS, versions);
	if (with_extended_versions) {
		elf.section("__version_ext_crcs", SHT_PROGBITS, extended_crcs);
		elf.section("__version_ext_names", SHT_PROGBITS, extended_names);
	}

	for (const offer &one : offers_) {
		append(one.gpl ? gpl_crcs : crcs, one.crc);
		append_text(strings, one.name);
		append_text(strings, one.name_space);
		(one.gpl ? gpl : plain) += 12;
	}
	const auto plain_at = elf.section("__ksymtab", SHT_PROGBITS, bytes_t(plain));
	const auto gpl_at = elf.section("__ksymtab_gpl", SHT_PROGBITS, bytes_t(gpl));
	const auto crcs_at = elf.section("__kcrctab", SHT_PROGBITS, crcs);
	const auto gpl_crcs_at = elf.section("__kcrctab_gpl", SHT_PROGBITS, gpl_crcs);
	const auto strings_at = elf.section("__ksymtab_strings", SHT_PROGBITS, strings);
	std::uint64_t text = 0;

	plain = gpl = 0;

	bytes_t plain_names, gpl_names;

	for (const offer &one : offers_) {
		bytes_t &names = one.gpl ? gpl_names : plain_names;
		std::size_t &at = one.gpl ? gpl : plain;

		if (with_export_symbols)
			elf.symbol("__ksymtab_" + one.name, STB_LOCAL, one.gpl ? gpl_at : plain_at, at);
		append_relocation(names, at + 4, elf.symbol("__kstrtab_" + one.name, STB_LOCAL,
							    strings_at, text), R_X86_64_PC32);
		text += one.name.size() + 1;
		const auto space = elf.symbol("__kstrtabns_" + one.name, STB_LOCAL, strings_at, text);
		if (!one.name_space.empty())
			append_relocation(names, at + 8, space, R_X86_64_PC32);
		text += one.name_space.size() + 1;
		if (with_export_symbols)
			elf.symbol("__crc_" + one.name, STB_LOCAL, one.gpl ? gpl_crcs_at : crcs_at,
				   at / 3);
		at += 12;
	}
	elf.section(".rela__ksymtab", SHT_RELA, plain_names, 0, plain_at);
	elf.section(".rela__ksymtab_gpl", SHT_RELA, gpl_names, 0, gpl_at);
	const auto start = elf.symbol("init_module", STB_GLOBAL, self_at, 0);
	bytes_t entries;

	if (init_offset)
		append_relocation(entries, init_offset, start, R_X86_64_64);
	elf.section(".rela.gnu.linkonce.this_module", SHT_RELA, entries, 0, self_at);
	for (const auto &[name, flags, contents] : sections_)
		places[name] = elf.section(name, SHT_PROGBITS, contents, 0, 0, flags);
	for (const auto &[name, to, type] : relocations_) {
		bytes_t table;

		append_relocation(table, 0, elf.symbol("at_" + to, STB_LOCAL, places.at(to), 0), type);
		elf.section(".rela" + name, SHT_RELA, table, 0, places.at(name));
	}
	elf.symbol("__this_module", STB_GLOBAL, 2, 0);
	for (const need &one : needs_)
		elf.symbol(one.name, one.weak ? STB_WEAK : STB_GLOBAL, SHN_UNDEF, 0);

	bytes_t out = elf.finish(elf_type, machine, all_local);
	if (with_signature) {
		/* struct module_signature of an empty PKCS#7 message. */
		for (unsigned char byte : {0x30, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2})
			out.push_back(byte);
		const std::string mark = "~Module signature appended~\n";
		out.insert(out.end(), mark.begin(), mark.end());
	}
	return out;
}

} // namespace sample
