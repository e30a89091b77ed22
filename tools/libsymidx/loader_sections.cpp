// SPDX-License-Identifier: LGPL-2.1-or-later
/* elf_validity_cache_copy(), module_enforce_rwx_sections() and layout_sections() of the loader. */
#include <elf.h>

#include <algorithm>
#include <string>
#include <unordered_set>

#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::uint64_t largest_percpu = 32 << 10; /* PCPU_MIN_UNIT_SIZE */
constexpr std::uint64_t least_percpu_alignment = 4; /* PCPU_MIN_ALLOC_SIZE */
constexpr std::uint64_t reserved_percpu = 8 << 10;  /* PERCPU_MODULE_RESERVE */
constexpr std::uint64_t least_page = 4096;
/* What every machine has room for. */
constexpr std::uint64_t likely_room = 32 << 20;

bool is_power_of_two(std::uint64_t value)
{
	return value && !(value & (value - 1));
}

std::string describe(const elf_file &elf, const elf_section &sec)
{
	return "section " + std::to_string(&sec - elf.sections().data()) +
	       (sec.name.empty() ? std::string() : " (" + std::string(sec.name.substr(0, 64)) + ")");
}

void damaged(module_file &out, const std::string &reason)
{
	refuse(out, problem_kind::damaged, reason, damaged_remedy);
}

std::size_t count_named(const elf_file &elf, std::string_view name)
{
	return std::count_if(elf.sections().begin() + 1, elf.sections().end(),
			     [&](const elf_section &sec) { return sec.name == name; });
}

void judge_names(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const elf_section &names = elf.section_names();
	const byte_view text = elf.raw(names);
	const bool strict = rules.since(6, 12);

	if (strict && names.type != SHT_STRTAB)
		damaged(out, "the table of section names is no table of strings");
	if (text.empty() || text.back())
		damaged(out, "the names of sections have no end");
	for (const elf_section &sec : elf.sections()) {
		const bool skipped = sec.type == SHT_NULL || (!strict && (sec.type == SHT_NOBITS ||
									 !(sec.flags & SHF_ALLOC)));

		if (!skipped && sec.name_at >= names.size) {
			damaged(out, describe(elf, sec) + " has a name outside the table");
			return;
		}
	}
}

void judge_unique(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const elf_section *self = elf.find(".gnu.linkonce.this_module");

	if (rules.since(6, 4)) {
		if (count_named(elf, ".modinfo") > 1)
			damaged(out, "has two sections .modinfo");
		if (count_named(elf, ".gnu.linkonce.this_module") > 1)
			damaged(out, "has two sections .gnu.linkonce.this_module");
		if (elf.nr_symbol_tables() > 1)
			damaged(out, "has two tables of symbols");
	}
	if (self && !(self->flags & SHF_ALLOC))
		damaged(out, "its struct module is not to be loaded (no SHF_ALLOC)");
}

void judge_strings(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const elf_section *table = elf.symbol_table();

	if (!table)
		return;
	/* Of several tables, each. */
	for (const elf_section &sec : elf.sections())
		if (sec.type == SHT_SYMTAB &&
		    (sec.link == SHN_UNDEF || sec.link >= elf.sections().size())) {
			damaged(out, "its symbols have no names");
			return;
		}
	const elf_section &names = elf.sections()[table->link];
	const byte_view text = elf.raw(names);

	if (rules.since(6, 12) && names.type != SHT_STRTAB)
		damaged(out, "the table of symbol names is no table of strings");
	if (!rules.since(6, 13))
		return;
	if (text.empty() || text.front() || text.back())
		damaged(out, "the names of symbols do not begin or do not end with a NUL");
	for (std::uint32_t i = 0; i < elf.nr_symbols(); i++)
		if (elf.symbol_at(i).name_at >= text.size()) {
			damaged(out, "a symbol's name is outside the table");
			return;
		}
}

/* sysfs has a file for each, and its error has not always been one of the loader. */
void judge_duplicates(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const dropped_sections dropped(elf, rules);
	const elf_section *percpu = elf.find_loaded(".data..percpu");
	const elf_section *table = elf.symbol_table();
	std::unordered_set<std::string_view> seen;

	if (!rules.since(6, 12))
		return;
	for (std::uint32_t i = 1; i < elf.sections().size(); i++) {
		const elf_section &sec = elf.sections()[i];

		/* The symbols and their names are kept as well, for kallsyms. */
		const bool for_kallsyms = table && (&sec == table || i == table->link);

		if ((!(sec.flags & SHF_ALLOC) && !for_kallsyms) || !sec.size || &sec == percpu ||
		    dropped.is_one(i))
			continue;
		if (!seen.insert(sec.name).second) {
			damaged(out, "two sections have the same name, \"" +
					     std::string(sec.name.substr(0, 64)) + "\"");
			return;
		}
	}
}

void judge_flags(const elf_file &elf, module_file &out)
{
	constexpr std::uint64_t both = SHF_WRITE | SHF_EXECINSTR;

	for (const elf_section &sec : elf.sections())
		if ((sec.flags & both) == both) {
			refuse(out, problem_kind::section_flags,
			       describe(elf, sec) + " is both writable and executable",
			       "mend the linker script or the assembler source that asks for it");
			return;
		}
}

/* percpu_modalloc() */
void judge_percpu(const elf_file &elf, module_file &out)
{
	const elf_section *sec = elf.find_loaded(".data..percpu");

	if (!sec || !sec->size)
		return;
	/* A smaller alignment, none among them, is taken for the least there is. */
	if (sec->size > largest_percpu ||
	    (sec->alignment > least_percpu_alignment && sec->alignment <= least_page &&
	     !is_power_of_two(sec->alignment)))
		refuse(out, problem_kind::percpu,
		       "its " + std::to_string(sec->size) +
			       " bytes of per-CPU variables are more than the kernel has for modules",
		       "allocate them with alloc_percpu()");
	else if (sec->size > reserved_percpu)
		doubt(out, "whether there is room for its per-CPU variables depends on what is loaded");
}

void judge_sizes(const elf_file &elf, module_file &out)
{
	std::uint64_t total = 0;

	for (const elf_section &sec : elf.sections()) {
		if (!(sec.flags & SHF_ALLOC))
			continue;
		if (sec.alignment > 1 && !is_power_of_two(sec.alignment))
			doubt(out, "a section's alignment is no power of two: what it overlaps is left to chance");
		const bool large = sec.size > likely_room || sec.alignment > likely_room;
		if (!large)
			total += sec.size + sec.alignment;
		if (large || total > likely_room)
			doubt(out, "whether there is room for it depends on the machine's memory");
	}
}

} // namespace

dropped_sections::dropped_sections(const elf_file &elf, const load_rules &rules)
{
	static constexpr std::string_view names[] = {
		".modinfo", "__versions", "__version_ext_crcs", "__version_ext_names",
	};
	/* The last two since kernels read them. */
	const std::size_t count = rules.since(6, 14) ? 4 : 2;

	for (std::size_t i = 0; i < count; i++)
		if (const elf_section *sec = elf.find_loaded(names[i]))
			positions_[i] = static_cast<std::uint32_t>(sec - elf.sections().data());
}

bool dropped_sections::is_one(std::uint32_t section) const noexcept
{
	return section && std::find(positions_.begin(), positions_.end(), section) != positions_.end();
}

void judge_sections(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const elf_section &none = elf.sections()[0];

	if (!elf.has_right_entry_size())
		damaged(out, "its section headers have another size");
	if (none.type != SHT_NULL || none.size || none.address)
		damaged(out, "its section 0 is not empty");
	judge_names(elf, rules, out);
	judge_unique(elf, rules, out);
	judge_strings(elf, rules, out);
	judge_duplicates(elf, rules, out);
	judge_flags(elf, out);
	judge_percpu(elf, out);
	judge_sizes(elf, out);
}

} // namespace waymark::symidx
