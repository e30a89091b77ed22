// SPDX-License-Identifier: LGPL-2.1-or-later
/* simplify_symbols() and apply_relocations() of the loader, with those of x86-64. */
#include <elf.h>

#include <algorithm>
#include <string>
#include <vector>

#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::uint64_t page_size = 4096;
constexpr std::uint16_t shn_livepatch = 0xff20;
constexpr std::uint64_t shf_livepatch = 0x00100000;
/* Modules and the kernel are within the last 2 GiB; so much is added to a symbol without leaving them. */
constexpr std::int64_t near = 16 << 20;
/* With that, none of its addresses can be in them any more. */
constexpr std::int64_t far = std::int64_t{1} << 33;

/* Of a larger one, what lies behind is not followed. */
constexpr std::uint64_t largest_target = 64 << 20;
/* Tables that relocate a large section: in-tree modules have one of each. */
constexpr unsigned int most_tables = 512;

constexpr char rebuild_remedy[] =
	"build the module again with the compiler and the flags of the kernel's own build";

struct relocation {
	std::uint64_t offset;
	std::uint32_t type;
	std::uint32_t symbol;
	std::int64_t addend;
};

/* Where a symbol's value leads to, as far as that decides whether a relocation fits. */
enum class place { kernel, absolute, percpu, temporary, unknown };

class relocation_judge
{
public:
	relocation_judge(const elf_file &elf, const load_rules &rules, module_file &out)
		: elf_(elf), rules_(rules), out_(out), dropped_(elf, rules)
	{
	}

	void judge();

private:
	void judge_symbols();
	bool is_applied(const elf_section &sec) const;
	void judge_table(const elf_section &table);
	/* False: no more of this table. */
	bool judge_one(const elf_section &table, const elf_section &target, const relocation &rel);
	bool judge_self(const relocation &rel);
	bool fits(const relocation &rel);
	bool target_is_free(const elf_section &target, const relocation &rel, std::size_t size);
	place place_of(const elf_symbol &sym) const;
	bool is_kept(std::uint32_t section) const
	{
		return elf_.sections()[section].flags & SHF_ALLOC && !dropped_.is_one(section);
	}
	bool refuse_value(const std::string &reason)
	{
		refuse(out_, problem_kind::relocation, reason, rebuild_remedy);
		return false;
	}

	const elf_file &elf_;
	const load_rules &rules_;
	module_file &out_;
	const dropped_sections dropped_;
	std::uint32_t percpu_ = 0;
	std::size_t left_ = 0;      /* most_relocations() less those that were seen */
	std::vector<bool> written_; /* bytes of the present target */
};

std::string where(const elf_section &table)
{
	return std::string(table.name.substr(0, 64));
}

void relocation_judge::judge_symbols()
{
	for (std::uint32_t i = 1; i < elf_.nr_symbols(); i++) {
		const elf_symbol sym = elf_.symbol_at(i);

		/* The loader copies the names of those that it keeps, wherever they are. */
		if (!sym.name.data())
			doubt(out_, "a symbol's name is outside the file, which this loader does not notice");
		if (sym.section == SHN_UNDEF || sym.section == SHN_ABS || sym.section == SHN_COMMON ||
		    sym.section == shn_livepatch || sym.section < elf_.sections().size())
			continue;
		if (rules_.since(6, 0))
			refuse(out_, problem_kind::damaged,
			       "a symbol is of section " + std::to_string(sym.section) +
				       ", which there is not",
			       damaged_remedy);
		else
			doubt(out_, "a symbol is of a section that there is not, which this loader does "
				    "not notice");
		return;
	}
}

bool relocation_judge::is_applied(const elf_section &sec) const
{
	if (sec.info >= elf_.sections().size())
		return false;
	if (is_kept(sec.info) && sec.info != percpu_)
		return true;
	return percpu_ && sec.info == percpu_ && rules_.since(6, 12);
}

place relocation_judge::place_of(const elf_symbol &sym) const
{
	if (sym.section == SHN_UNDEF)
		return sym.bind == STB_WEAK ? place::unknown : place::kernel;
	if (sym.section == SHN_ABS)
		return place::absolute;
	if (sym.section >= elf_.sections().size())
		return place::unknown;
	/* Behind the kernel's own per-CPU variables, which began at 0 until they moved into its image. */
	if (percpu_ && sym.section == percpu_)
		return rules_.since(6, 15) ? place::kernel : place::percpu;
	return is_kept(sym.section) ? place::kernel : place::temporary;
}

/* The overflow checks of __write_relocate_add(). */
bool relocation_judge::fits(const relocation &rel)
{
	if (rel.type != R_X86_64_32 && rel.type != R_X86_64_32S)
		return true;
	const elf_symbol sym = elf_.symbol_at(rel.symbol);
	const place at = place_of(sym);
	const auto offset = static_cast<std::int64_t>(sym.value + rel.addend);
	const std::string over = "a relocation of type " + std::to_string(rel.type) + " cannot hold ";

	if (at == place::absolute) {
		const bool holds = rel.type == R_X86_64_32
					   ? static_cast<std::uint64_t>(offset) <= UINT32_MAX
					   : offset == static_cast<std::int32_t>(offset);
		return holds || refuse_value(over + "its value");
	}
	if (at == place::temporary || (at == place::kernel && (offset > far || offset < -far)))
		return refuse_value(over + "an address outside the kernel's");
	if (at == place::unknown || offset > near || offset < -near) {
		doubt(out_, "whether a relocation fits depends on where the kernel and the module lie");
		return true;
	}
	return at == place::percpu || rel.type == R_X86_64_32S ||
	       refuse_value(over + "an address of the kernel (built without -mcmodel=kernel?)");
}

/* "Invalid relocation target, existing value is nonzero" */
bool relocation_judge::target_is_free(const elf_section &target, const relocation &rel,
				      std::size_t size)
{
	const std::uint64_t end = std::min<std::uint64_t>(target.size, written_.size());

	if (rel.offset > end || end - rel.offset < size) {
		doubt(out_, "a relocation is outside its section, which the loader does not notice");
		return false;
	}
	const byte_view raw = target.type == SHT_NOBITS ? byte_view() : elf_.raw(target);

	for (std::uint64_t at = rel.offset; at < rel.offset + size; at++) {
		if (at < raw.size() && raw[at])
			return refuse_value("where a relocation is to be applied, the module has a "
					    "value already");
		if (written_[at])
			doubt(out_, "two relocations are applied to one place");
		written_[at] = true;
	}
	return true;
}

/* In struct module, only the pointers to init and exit are relocated. */
bool relocation_judge::judge_self(const relocation &rel)
{
	if (rel.type == R_X86_64_NONE || !rules_.init_offset || rel.offset == rules_.init_offset ||
	    (rules_.exit_offset && rel.offset == rules_.exit_offset))
		return true;
	/* A kernel of which no module in the tree has an exit is not worth a guess. */
	if (!rules_.exit_offset)
		return true;
	refuse(out_, problem_kind::module_layout,
	       "its struct module has init or exit at offset " + std::to_string(rel.offset) +
		       ", the kernel's has them at " + std::to_string(rules_.init_offset) + " and " +
		       std::to_string(rules_.exit_offset) +
		       ": it was built against the headers of another build",
	       "build the module against the headers of exactly this kernel");
	return false;
}

bool relocation_judge::judge_one(const elf_section &table, const elf_section &target,
				 const relocation &rel)
{
	std::size_t size = 4;

	/* The loader reads the symbol before it looks at the type. */
	if (rel.symbol >= elf_.nr_symbols())
		doubt(out_, "a relocation is of a symbol that there is not, which the loader does not notice");
	switch (rel.type) {
	case R_X86_64_NONE:
		return true;
	case R_X86_64_64:
	case R_X86_64_PC64:
		size = 8;
		break;
	case R_X86_64_32:
	case R_X86_64_32S:
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		break;
	default:
		return refuse_value("has a relocation of type " + std::to_string(rel.type) + " in " +
				    where(table) + ", which the kernel does not know");
	}
	if (rel.type == R_X86_64_PC64 && !rules_.since(4, 16))
		return refuse_value("has a relocation of type 24, which the kernel does not know");
	if (rel.symbol >= elf_.nr_symbols())
		return true;
	return fits(rel) && target_is_free(target, rel, size);
}

void relocation_judge::judge_table(const elf_section &table)
{
	const elf_section &target = elf_.sections()[table.info];
	const byte_view raw = elf_.raw(table);
	const bool is_self = target.name == ".gnu.linkonce.this_module";

	if (table.flags & shf_livepatch) {
		doubt(out_, "relocations of a live patch depend on what the kernel's symbols are called");
		return;
	}
	if (table.type == SHT_REL) {
		if (table.size)
			refuse_value("has relocations without addends, which this machine has not");
		return;
	}
	if (raw.size() / sizeof(Elf64_Rela) > left_) {
		doubt(out_, "its tables of relocations overlap");
		return;
	}
	left_ -= raw.size() / sizeof(Elf64_Rela);
	written_.assign(std::min<std::uint64_t>(target.size, largest_target), false);
	for (std::size_t at = 0; at + sizeof(Elf64_Rela) <= raw.size(); at += sizeof(Elf64_Rela)) {
		relocation rel;
		const std::uint64_t info = elf_.get64(raw, at + 8);

		rel.offset = elf_.get64(raw, at);
		rel.type = ELF64_R_TYPE(info);
		rel.symbol = static_cast<std::uint32_t>(ELF64_R_SYM(info));
		rel.addend = static_cast<std::int64_t>(elf_.get64(raw, at + 16));
		if ((is_self && !judge_self(rel)) || !judge_one(table, target, rel))
			return;
	}
}

void relocation_judge::judge()
{
	const elf_section *percpu = elf_.find_loaded(".data..percpu");

	if (percpu)
		percpu_ = static_cast<std::uint32_t>(percpu - elf_.sections().data());
	unsigned int tables = 0;

	judge_symbols();
	left_ = most_relocations(elf_);
	if (elf_.machine() != EM_X86_64)
		return;
	for (std::size_t i = 1; i < elf_.sections().size(); i++) {
		const elf_section &sec = elf_.sections()[i];

		if ((sec.type == SHT_RELA || sec.type == SHT_REL || sec.flags & shf_livepatch) &&
		    is_applied(sec)) {
			if (sec.size && ++tables > most_tables &&
			    elf_.sections()[sec.info].size > page_size) {
				doubt(out_, "it has too many tables of relocations to look at");
				return;
			}
			judge_table(sec);
		}
		if (!out_.refusals.empty() && out_.refusals.back().kind == problem_kind::relocation)
			return;
	}
}

} // namespace

void judge_relocations(const elf_file &elf, const load_rules &rules, module_file &out)
{
	relocation_judge(elf, rules, out).judge();
}

void find_entry_points(const elf_file &elf, module_file &out)
{
	const std::uint32_t self = elf.find_index(".gnu.linkonce.this_module");
	const bool wide = elf.is_64bit();
	std::size_t left = most_relocations(elf);

	for (const elf_section &sec : elf.sections()) {
		if ((sec.type != SHT_RELA && sec.type != SHT_REL) || !self || sec.info != self)
			continue;
		const byte_view raw = elf.bytes(sec);
		const std::size_t entry = sec.type == SHT_RELA
						  ? (wide ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela))
						  : (wide ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel));

		for (std::size_t at = 0; at + entry <= raw.size() && left; at += entry, left--) {
			const std::uint64_t offset = wide ? elf.get64(raw, at) : elf.get32(raw, at);
			const std::uint64_t symbol = wide ? ELF64_R_SYM(elf.get64(raw, at + 8))
							  : ELF32_R_SYM(elf.get32(raw, at + 4));
			const std::string_view name =
				symbol < elf.nr_symbols()
					? elf.symbol_at(static_cast<std::uint32_t>(symbol)).name
					: std::string_view();

			if (name == "init_module")
				out.init_offset = static_cast<std::uint32_t>(offset);
			else if (name == "cleanup_module")
				out.exit_offset = static_cast<std::uint32_t>(offset);
		}
	}
}

} // namespace waymark::symidx
