// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a module exports, as the loader finds it: by the entries of __ksymtab,
 * whose names relocations lead to. The names __ksymtab_* of symbols, which are
 * quicker to read, are gone after strip --strip-unneeded.
 */
#include "module_exports.hpp"

#include <elf.h>

#include <algorithm>
#include <unordered_map>

#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

/* struct kernel_symbol: references relative to themselves to value, name and namespace. */
constexpr std::size_t entry_size = 12;
constexpr std::size_t entry_name_at = 4;
constexpr std::size_t name_space_at = 8;
constexpr unsigned char flag_gpl = 1;
/* The kernel itself has some 30,000. */
constexpr std::size_t most_exports = std::size_t{1} << 17;

class export_reader
{
public:
	export_reader(const elf_file &elf, module_file &out) : elf_(elf), out_(out) {}

	void read_table(std::string_view table, std::string_view crcs, bool gpl);

private:
	using targets = std::unordered_map<std::uint64_t, std::string_view>;

	targets follow_relocations(const elf_section &table);
	std::unordered_map<std::uint64_t, std::uint32_t> relocated_versions(const elf_section *table);

	const elf_file &elf_;
	module_file &out_;
	std::size_t left_ = most_relocations(elf_); /* to be looked at */
};

/* The text that each place within @table refers to. */
export_reader::targets export_reader::follow_relocations(const elf_section &table)
{
	const auto self = static_cast<std::uint32_t>(&table - elf_.sections().data());
	targets found;

	for (const elf_section &sec : elf_.sections()) {
		if (sec.type != SHT_RELA || sec.info != self)
			continue;
		const byte_view raw = elf_.raw(sec);

		for (std::size_t at = 0; at + sizeof(Elf64_Rela) <= raw.size() && left_;
		     at += sizeof(Elf64_Rela), left_--) {
			const std::uint64_t symbol = ELF64_R_SYM(elf_.get64(raw, at + 8));

			if (symbol >= elf_.nr_symbols())
				continue;
			const elf_symbol sym = elf_.symbol_at(static_cast<std::uint32_t>(symbol));

			if (sym.section == SHN_UNDEF || sym.section >= elf_.sections().size())
				continue;
			const byte_view text = elf_.raw(elf_.sections()[sym.section]);

			found.emplace(elf_.get64(raw, at),
				      string_at(text, sym.value + elf_.get64(raw, at + 16),
						longest_name + 1));
		}
	}
	return found;
}

/* Up to 5.17, the linker has them from symbols whose values they are. */
std::unordered_map<std::uint64_t, std::uint32_t>
export_reader::relocated_versions(const elf_section *table)
{
	std::unordered_map<std::uint64_t, std::uint32_t> found;
	const auto self = table ? table - elf_.sections().data() : -1;

	for (const elf_section &sec : elf_.sections()) {
		if (sec.type != SHT_RELA || sec.info != self)
			continue;
		const byte_view raw = elf_.raw(sec);

		for (std::size_t at = 0; at + sizeof(Elf64_Rela) <= raw.size() && left_;
		     at += sizeof(Elf64_Rela), left_--) {
			const std::uint64_t symbol = ELF64_R_SYM(elf_.get64(raw, at + 8));

			if (symbol >= elf_.nr_symbols())
				continue;
			const elf_symbol sym = elf_.symbol_at(static_cast<std::uint32_t>(symbol));

			if (sym.section == SHN_ABS)
				found.emplace(elf_.get64(raw, at), static_cast<std::uint32_t>(
							 sym.value + elf_.get64(raw, at + 16)));
		}
	}
	return found;
}

void export_reader::read_table(std::string_view table, std::string_view crcs, bool gpl)
{
	const elf_section *sec = elf_.find_loaded(table);
	const elf_section *flags = elf_.find_loaded("__kflagstab");
	const elf_section *versions = elf_.find_loaded(crcs);

	if (!sec || sec->size < entry_size)
		return;
	const targets names = follow_relocations(*sec);
	const auto relocated = relocated_versions(versions);
	const byte_view crc_words = versions ? elf_.raw(*versions) : byte_view();
	const byte_view flag_bytes = flags ? elf_.raw(*flags) : byte_view();
	const std::size_t count = std::min(elf_.raw(*sec).size() / entry_size, most_exports);

	for (std::size_t i = 0; i < count; i++) {
		const auto name = names.find(i * entry_size + entry_name_at);
		const auto name_space = names.find(i * entry_size + name_space_at);
		symbol one;

		if (name == names.end() || !name->second.data()) {
			doubt(out_, "the name of an export leads out of its section");
			continue;
		}
		one.name = name->second;
		if (name_space != names.end())
			one.name_space = name_space->second;
		one.gpl = gpl || (i < flag_bytes.size() && flag_bytes[i] & flag_gpl);
		if (const auto it = relocated.find(i * 4); it != relocated.end())
			one.crc = it->second;
		else if (i * 4 + 4 <= crc_words.size())
			one.crc = elf_.get32(crc_words, i * 4);
		out_.exports.push_back(one);
	}
}

} // namespace

bool has_relative_exports(const elf_file &elf)
{
	return elf.machine() == EM_X86_64;
}

void read_exports_by_table(const elf_file &elf, const load_rules &rules, module_file &out)
{
	export_reader reader(elf, out);

	reader.read_table("__ksymtab", "__kcrctab", false);
	/* Since 7.0 there is one table, with flags beside it. */
	if (!rules.version || !rules.since(7, 0))
		reader.read_table("__ksymtab_gpl", "__kcrctab_gpl", true);
	const elf_section *table = elf.find_loaded("__ksymtab");

	out.has_export_table = table && table->size >= entry_size;
	if (const elf_section *crcs = elf.find_loaded("__kcrctab"))
		out.has_export_versions = crcs;
	if (rules.version && !rules.since(7, 0)) {
		const elf_section *gpl = elf.find_loaded("__ksymtab_gpl");
		const bool has_gpl = gpl && gpl->size >= entry_size;

		out.has_export_versions = (!out.has_export_table || out.has_export_versions) &&
					  (!has_gpl || elf.find_loaded("__kcrctab_gpl"));
		out.has_export_table |= has_gpl;
	} else if (rules.version && out.has_export_table && !elf.find_loaded("__kflagstab")) {
		refuse(out, problem_kind::no_export_flags, "its exports have no flags (section __kflagstab)",
		       "build the module against the headers of exactly this kernel");
	}
}

} // namespace waymark::symidx
