// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/module_file.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "loader_checks.hpp"
#include "module_exports.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::string_view ksymtab_prefix = "__ksymtab_";
constexpr std::string_view namespace_prefix = "__kstrtabns_";
constexpr std::string_view crc_prefix = "__crc_";
constexpr std::string_view flags_prefix = "__flags_";

/* The kernel itself exports some 30,000 symbols, a module imports some hundred. */
constexpr std::size_t most_names = std::size_t{1} << 20;
constexpr std::size_t most_name_bytes = std::size_t{64} << 20;

/* KSYM_FLAG_GPL_ONLY of kernels that have __kflagstab. */
constexpr unsigned char export_is_gpl = 1;

bool starts_with(std::string_view text, std::string_view start)
{
	return text.substr(0, start.size()) == start;
}

using version_map = std::unordered_map<std::string_view, std::uint64_t>;

class module_reader
{
public:
	/* @bytes without a signature at their end; @mod says already whether there was one. */
	module_reader(byte_view bytes, const std::string &object, const load_rules &rules,
		      module_file mod)
		: elf_(bytes, object), rules_(rules), mod_(std::move(mod))
	{
	}

	module_file read(std::string_view fallback_name, module_detail detail);

private:
	void read_modinfo();
	void read_versions();
	void read_basic_versions(const elf_section &section);
	void read_extended_versions(const elf_section &crcs);
	void read_imports(module_detail detail);
	void read_exports();
	void check_exports() const;
	void take_name(std::string_view name);
	std::optional<std::uint32_t> read_crc(const elf_symbol &sym) const;
	void read_self(const elf_section &self);
	void judge();

	elf_file elf_;
	const load_rules &rules_;
	module_file mod_;
	version_map versions_;
	std::size_t names_ = 0;
	std::size_t name_bytes_ = 0;
};

/* Whatever is kept of a module goes through here: its size is bounded by that. */
void module_reader::take_name(std::string_view name)
{
	if (name.size() > longest_name)
		elf_.fail("a module with names of more than " + std::to_string(longest_name) +
			  " bytes");
	name_bytes_ += name.size();
	if (++names_ > most_names || name_bytes_ > most_name_bytes)
		elf_.fail("a module of too many names to be one");
}

void module_reader::read_modinfo()
{
	const elf_section *sec =
		rules_.since(6, 4) ? elf_.find(".modinfo") : elf_.find_loaded(".modinfo");

	if (!sec)
		return;
	/* The last text may end behind the section: nobody looks. */
	const byte_view text = elf_.behind(sec->offset);

	for (std::uint64_t at = 0; at < sec->size;) {
		const std::string_view entry = string_at(text, at);
		const std::size_t equals = entry.find('=');

		/* To look for the end again a byte further on takes for ever. */
		if (!entry.data())
			break;
		at += entry.size() + 1;
		if (equals == entry.npos)
			continue;
		const std::string_view tag = entry.substr(0, equals);
		const std::string_view value = entry.substr(equals + 1);

		/* The kernel takes the first of several, and be it an empty one. */
		if (tag == "license" && !mod_.license.data())
			mod_.license = value;
		else if (tag == "vermagic" && !mod_.vermagic.data())
			mod_.vermagic = value;
		else if (tag == "name" && mod_.name.empty())
			mod_.name = value;
		else if (tag == "intree")
			mod_.in_tree = true;
		else if (tag == "livepatch")
			mod_.is_livepatch = true;
		else if (tag == "import_ns")
			mod_.import_namespaces.push_back(value);
	}
}

/* struct modversion_info: an unsigned long and a name, 64 bytes together. */
void module_reader::read_basic_versions(const elf_section &section)
{
	constexpr std::size_t entry = 64;
	const std::size_t word = elf_.is_64bit() ? 8 : 4;
	const byte_view table = elf_.raw(section);

	for (std::size_t at = 0; at + entry <= table.size(); at += entry) {
		const std::uint64_t crc = elf_.is_64bit() ? elf_.get64(table, at)
							  : elf_.get32(table, at);

		/* Nothing says where a name ends but its NUL. */
		versions_.emplace(string_at(elf_.behind(section.offset), at + word, longest_name), crc);
	}
}

/* CONFIG_EXTENDED_MODVERSIONS: names of any length, in a section apart. */
void module_reader::read_extended_versions(const elf_section &crcs)
{
	const elf_section *names = elf_.find("__version_ext_names");

	if (!names)
		elf_.fail("damaged module: extended versions without names");

	const byte_view table = elf_.bytes(crcs);
	const byte_view text = elf_.bytes(*names);
	std::uint64_t name = 0;

	for (std::size_t at = 0; at + 4 <= table.size(); at += 4) {
		if (name >= text.size())
			elf_.fail("damaged module: more extended versions than names");
		const std::string_view one = string_at(text, name);

		if (!one.data())
			elf_.fail("damaged module: name of an extended version without an end");
		versions_.emplace(one, elf_.get32(table, at));
		name += one.size() + 1;
	}
}

void module_reader::read_versions()
{
	const elf_section *extended = elf_.find_loaded("__version_ext_crcs");
	const elf_section *basic = elf_.find_loaded("__versions");

	/* The loader looks at the extended ones only, if there are any. */
	if (extended)
		read_extended_versions(*extended);
	else if (basic)
		read_basic_versions(*basic);
	mod_.has_versions = basic || extended;
	mod_.has_basic_versions = basic;
	mod_.has_extended_versions = extended;
	if (const auto it = versions_.find("module_layout"); it != versions_.end())
		mod_.layout_crc = it->second;
}

/* What the loader of an architecture sets or ignores by itself, though nobody exports it. */
bool is_resolved_by_loader(std::uint32_t machine, std::string_view name)
{
	switch (machine) {
	case EM_386:
	case EM_X86_64:
	case EM_S390:
	case EM_RISCV:
	case EM_ARM:
		/* An artefact of assemblers; s390 has one of its own. */
		return name == "_GLOBAL_OFFSET_TABLE_";
	case EM_PPC64:
		/* dedotify() and the table of contents. */
		return name == ".TOC." || name == "TOC.";
	default:
		return false;
	}
}

void module_reader::read_imports(module_detail detail)
{
	/*
	 * An undefined symbol is never local, and the file says where those end; but the loader
	 * does not look there, and so a verdict must not depend on it.
	 */
	const std::uint32_t first = detail == module_detail::check ? 1
								    : std::max(elf_.first_global(), 1u);

	for (std::uint32_t i = first; i < elf_.nr_symbols(); i++) {
		const elf_symbol sym = elf_.symbol_at(i);
		module_import need;

		if (sym.section == SHN_COMMON && !starts_with(sym.name, "__gnu_lto"))
			mod_.has_common = true;
		if (sym.section != SHN_UNDEF)
			continue;
		/* The loader looks for one without a name as well, and finds none. */
		if (sym.name.empty() && (detail == module_detail::index || i == 0))
			continue;
		if (is_resolved_by_loader(elf_.machine(), sym.name))
			continue;
		take_name(sym.name);
		need.name = sym.name;
		need.weak = sym.bind == STB_WEAK;
		if (detail == module_detail::check)
			if (const auto it = versions_.find(need.name); it != versions_.end())
				need.crc = it->second;
		mod_.imports.push_back(need);
	}
}

/* The value itself up to 5.17, since then a word in __kcrctab. */
std::optional<std::uint32_t> module_reader::read_crc(const elf_symbol &sym) const
{
	if (sym.section == SHN_ABS)
		return static_cast<std::uint32_t>(sym.value);
	if (sym.section == SHN_UNDEF || sym.section >= elf_.sections().size())
		return std::nullopt;
	const byte_view table = elf_.bytes(elf_.sections()[sym.section]);

	if (sym.value > table.size() || table.size() - sym.value < 4)
		elf_.fail("damaged module: CRC outside its table");
	return elf_.get32(table, sym.value);
}

void module_reader::read_exports()
{
	const std::uint32_t plain = elf_.find_index("__ksymtab");
	const std::uint32_t gpl = elf_.find_index("__ksymtab_gpl");
	const std::uint32_t flags = elf_.find_index("__kflagstab");
	const auto size = [&](std::uint32_t i) { return i ? elf_.sections()[i].size : 0; };
	std::unordered_map<std::string_view, std::uint32_t> crcs;
	std::unordered_map<std::string_view, std::string_view> namespaces;
	std::unordered_map<std::string_view, bool> gates;

	if (!size(plain) && !size(gpl))
		return;
	for (std::uint32_t i = 1; i < elf_.nr_symbols(); i++) {
		const elf_symbol sym = elf_.symbol_at(i);

		if (!starts_with(sym.name, "__"))
			continue;
		if (starts_with(sym.name, ksymtab_prefix) && sym.section != SHN_UNDEF &&
		    (sym.section == plain || sym.section == gpl)) {
			symbol out;
			take_name(sym.name);
			out.name = sym.name.substr(ksymtab_prefix.size());
			out.gpl = sym.section == gpl;
			mod_.exports.push_back(out);
		} else if (starts_with(sym.name, crc_prefix)) {
			if (const auto crc = read_crc(sym))
				crcs.emplace(sym.name.substr(crc_prefix.size()), *crc);
		} else if (starts_with(sym.name, namespace_prefix) && sym.section != SHN_UNDEF &&
			   sym.section < elf_.sections().size()) {
			const byte_view text = elf_.bytes(elf_.sections()[sym.section]);
			namespaces.emplace(sym.name.substr(namespace_prefix.size()),
					   string_at(text, sym.value, longest_name + 1));
		} else if (flags && sym.section == flags && starts_with(sym.name, flags_prefix)) {
			const byte_view table = elf_.bytes(elf_.sections()[flags]);
			if (sym.value < table.size())
				gates.emplace(sym.name.substr(flags_prefix.size()),
					      table[sym.value] & export_is_gpl);
		}
	}
	if (mod_.exports.empty())
		elf_.fail("its exports have no symbols any more (stripped too far)");
	for (symbol &out : mod_.exports) {
		if (const auto it = crcs.find(out.name); it != crcs.end())
			out.crc = it->second;
		if (const auto it = namespaces.find(out.name); it != namespaces.end()) {
			take_name(it->second);
			out.name_space = it->second;
		}
		if (const auto it = gates.find(out.name); it != gates.end())
			out.gpl |= it->second;
	}
	check_exports();
}

/* What no index could hold is the fault of this module, not of all of them. */
void module_reader::check_exports() const
{
	std::unordered_set<std::string_view> seen;

	for (const symbol &sym : mod_.exports) {
		if (sym.name.empty())
			elf_.fail("damaged module: exports a symbol without a name");
		if (!seen.insert(sym.name).second)
			elf_.fail("damaged module: exports \"" + std::string(sym.name) + "\" twice");
	}
}

/* The name that counts is in struct module, behind its state and a list's head. */
void module_reader::read_self(const elf_section &self)
{
	const std::size_t name_at = elf_.is_64bit() ? 24 : 12;
	const byte_view raw = elf_.raw(self);

	if (raw.size() <= name_at)
		return;
	if (!raw[name_at])
		refuse(mod_, problem_kind::damaged, "its struct module has no name", damaged_remedy);
}

/* All that the loader finds wrong whatever the kernel exports. */
void module_reader::judge()
{
	judge_sections(elf_, rules_, mod_);
	judge_relocations(elf_, rules_, mod_);
	judge_btf(elf_, rules_, mod_);
}

module_file module_reader::read(std::string_view fallback_name, module_detail detail)
{
	const elf_section *self = elf_.find(".gnu.linkonce.this_module");

	if (elf_.type() != ET_REL || !self || self->type == SHT_NOBITS)
		elf_.fail("an ELF file, but not a kernel module");
	if (!elf_.symbol_table() || (detail == module_detail::index && !elf_.nr_symbols()))
		elf_.fail("a kernel module without symbols (stripped?)");
	mod_.machine = elf_.machine();
	mod_.is_64bit = elf_.is_64bit();
	mod_.module_size = static_cast<std::uint32_t>(self->size);
	read_modinfo();
	mod_.has_vermagic = mod_.vermagic.data();
	if (mod_.name.empty())
		mod_.name = fallback_name;
	find_entry_points(elf_, mod_);
	if (detail == module_detail::check) {
		read_versions();
		read_self(*self);
		judge();
	}
	read_imports(detail);
	if (detail == module_detail::check && has_relative_exports(elf_))
		read_exports_by_table(elf_, rules_, mod_);
	else
		read_exports();
	return std::move(mod_);
}

} // namespace

void module_file::keep_in(text_arena &arena)
{
	name = arena.keep(name);
	license = arena.keep(license);
	vermagic = arena.keep(vermagic);
	for (std::string_view &name_space : import_namespaces)
		name_space = arena.keep(name_space);
	for (symbol &sym : exports) {
		sym.name = arena.keep(sym.name);
		sym.name_space = arena.keep(sym.name_space);
	}
	for (module_import &need : imports)
		need.name = arena.keep(need.name);
}

module_file read_module(byte_view bytes, const std::string &object, std::string_view fallback_name,
			module_detail detail, const load_rules &rules)
{
	module_file mod;
	const std::size_t size = judge_signature(bytes, mod);

	return module_reader(bytes.subspan(0, size), object, rules, std::move(mod))
		.read(fallback_name, detail);
}

void refuse(module_file &out, const char *kind, std::string reason, std::string remedy)
{
	out.refusals.push_back({kind, std::move(reason), std::move(remedy)});
}

void doubt(module_file &out, const char *reason)
{
	if (out.doubt.empty())
		out.doubt = reason;
}

bool license_is_gpl_compatible(std::string_view license) noexcept
{
	static constexpr std::string_view known[] = {
		"GPL",          "GPL v2",       "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};

	return std::find(std::begin(known), std::end(known), license) != std::end(known);
}

std::string module_name_of(std::string_view path)
{
	std::string name(path.substr(path.find_last_of('/') + 1));

	name.erase(std::min(name.find(".ko"), name.size()));
	std::replace(name.begin(), name.end(), '-', '_');
	return name;
}

} // namespace waymark::symidx
