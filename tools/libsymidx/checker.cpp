// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/checker.hpp"

#include <algorithm>
#include <cstdio>

#include "loader_checks.hpp"

namespace waymark::symidx
{

namespace
{

constexpr unsigned int deepest_stack = 64;
constexpr std::string_view module_namespace = "module:";

std::string hex(std::uint64_t crc)
{
	char text[24];

	std::snprintf(text, sizeof(text), "0x%08llx", static_cast<unsigned long long>(crc));
	return text;
}

std::string quoted(std::string_view text)
{
	return "\"" + std::string(text) + "\"";
}

/* Whitespace at the end is part of a vermagic, but says nothing to a reader. */
std::string trimmed(std::string_view text)
{
	return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

} // namespace

bool namespace_admits_module(std::string_view name_space, std::string_view module) noexcept
{
	const auto same = [](char a, char b) {
		return (a == '-' ? '_' : a) == (b == '-' ? '_' : b);
	};

	if (name_space.substr(0, module_namespace.size()) != module_namespace)
		return false;
	name_space.remove_prefix(module_namespace.size());
	while (!name_space.empty()) {
		const std::size_t comma = std::min(name_space.find(','), name_space.size());
		std::string_view pattern = name_space.substr(0, comma);
		const bool glob = !pattern.empty() && pattern.back() == '*';

		name_space.remove_prefix(std::min(comma + 1, name_space.size()));
		if (glob)
			pattern.remove_suffix(1);
		if (module.size() < pattern.size() || (!glob && module.size() != pattern.size()))
			continue;
		if (std::equal(pattern.begin(), pattern.end(), module.begin(), same))
			return true;
	}
	return false;
}

class checker::run
{
public:
	run(const checker &owner, const module_file &mod) : c_(owner), mod_(mod) {}

	verdict judge();

private:
	bool check_machine();
	void check_environment();
	void check_file();
	void check_name();
	void check_vermagic();
	void check_layout();
	void check_imports();
	void check_import(const module_import &need);
	void missing(const module_import &need);
	bool check_crc(const symbol &sym, const module_import &need);
	void check_namespace(const symbol &sym);
	void refuse_namespace(const symbol &sym, const std::string &reason,
			      const std::string &remedy);
	void check_mixture();
	void check_exports();
	void stop(const char *kind, std::string_view symbol, std::string reason, std::string remedy,
		  std::string wanted = {}, std::string has = {})
	{
		out_.problems.push_back({kind, std::string(symbol), std::move(reason), std::move(remedy),
					 std::move(wanted), std::move(has), {}});
	}
	void warn(const char *kind, std::string_view symbol, std::string reason, std::string remedy)
	{
		out_.warnings.push_back(
			{kind, std::string(symbol), std::move(reason), std::move(remedy), {}, {}, {}});
	}
	bool has_flag(std::uint32_t flag) const { return c_.idx_.flags() & flag; }
	/* What to add where @option, unset in most kernels, would change the verdict. */
	std::string unless(const char *option) const
	{
		if (has_flag(SYMBOL_INDEX_FORMAT_CONFIG))
			return {};
		return std::string("; the kernel's configuration is not known: with ") + option +
		       " it would take the module";
	}
	std::string kernel() const { return std::string(c_.idx_.release()); }
	/* For which kernel the module was built, by its vermagic; with a semicolon before it. */
	std::string built_for() const
	{
		const std::string release(mod_.vermagic.substr(0, mod_.vermagic.find(' ')));

		if (release.empty())
			return {};
		return release == kernel() ? "; it was built for a kernel of the same release"
					   : "; it was built for " + release;
	}
	std::string rebuild() const { return "rebuild the module against the headers of " + kernel(); }

	const checker &c_;
	const module_file &mod_;
	verdict out_;
	bool gpl_ = false;
	std::string_view gpl_only_symbol_;
	std::string_view proprietary_symbol_;
	std::string proprietary_module_;
};

verdict checker::run::judge()
{
	out_.module = mod_.name;
	gpl_ = license_is_gpl_compatible(mod_.license);
	if (!check_machine())
		return std::move(out_); /* nothing else could be compared */
	check_environment();
	check_file();
	check_name();
	check_vermagic();
	check_layout();
	check_imports();
	check_mixture();
	check_exports();
	return std::move(out_);
}

bool checker::run::check_machine()
{
	const std::uint32_t kernel_machine = c_.idx_.machine();

	if (mod_.machine == kernel_machine)
		return true;
	stop(problem_kind::architecture, {},
	     "a module for " + machine_name(mod_.machine) + ", the kernel is for " +
		     machine_name(kernel_machine),
	     "build the module for " + machine_name(kernel_machine), machine_name(mod_.machine),
	     machine_name(kernel_machine));
	return false;
}

void checker::run::check_environment()
{
	if (c_.environment_.modules_disabled)
		stop(problem_kind::modules_disabled, {},
		     "loading modules is disabled until the next boot",
		     "reboot; whatever sets kernel.modules_disabled must come after this module");
	if (c_.environment_.signature_enforced && !mod_.is_signed)
		stop(problem_kind::signature, {},
		     "not signed, and " + c_.environment_.enforced_by +
			     " refuses modules without a trusted signature",
		     "sign it with a key that the kernel trusts (for Secure Boot: a machine owner "
		     "key, enrolled by mokutil --import)");
	else if (c_.environment_.signature_enforced)
		warn(problem_kind::signature, {},
		     "signed, but whether the kernel trusts the key was not checked",
		     "compare \"modinfo -F signer\" with the keys in /proc/keys");
	else if (!mod_.is_signed && !c_.environment_.is_running &&
		 !has_flag(SYMBOL_INDEX_FORMAT_CONFIG))
		warn(problem_kind::signature, {},
		     "not signed, and whether the kernel demands signatures is not known",
		     "build the index with the kernel's configuration (symidx build --config)");
}

/* What was found as the file was read, and what depends on the kernel's configuration. */
void checker::run::check_file()
{
	const load_rules rules = rules_of(c_.idx_);

	for (const load_refusal &one : mod_.refusals)
		stop(one.kind, {}, one.reason, one.remedy);
	if (mod_.is_livepatch && rules.knows_config && !has_flag(SYMBOL_INDEX_FORMAT_LIVEPATCH))
		stop(problem_kind::livepatch, {}, "is a live patch, and the kernel takes none",
		     "use a kernel with CONFIG_LIVEPATCH");
	if (has_flag(SYMBOL_INDEX_FORMAT_MODVERSIONS) && mod_.has_export_table &&
	    !mod_.has_export_versions && !has_flag(SYMBOL_INDEX_FORMAT_FORCE_LOAD))
		stop(problem_kind::no_versions, {},
		     "exports symbols without versions" + unless("CONFIG_MODULE_FORCE_LOAD"), rebuild());
	if (!mod_.doubt.empty())
		warn(problem_kind::not_known, {}, mod_.doubt + "; the kernel's answer is not known",
		     damaged_remedy);
}

/* A module of the image has a place in sysfs only if it has parameters or a version. */
void checker::run::check_name()
{
	const std::string name(mod_.name);
	const std::string remedy = "the kernel has it already; give the module another name if it is "
				   "another one";

	if (c_.environment_.in_sysfs.count(name))
		stop(problem_kind::name_taken, {}, "the kernel has a module of that name built in", remedy);
	else if (c_.environment_.built_in.count(name))
		warn(problem_kind::name_taken, {},
		     "the kernel has a module of that name built in: modprobe loads none then, and if "
		     "that has parameters, the kernel refuses another",
		     remedy);
}

void checker::run::check_vermagic()
{
	std::string_view kernel_magic = c_.idx_.vermagic();
	std::string_view magic = mod_.vermagic;

	if (kernel_magic.empty())
		return;
	if (!mod_.has_vermagic) {
		if (has_flag(SYMBOL_INDEX_FORMAT_FORCE_LOAD))
			warn(problem_kind::vermagic, {}, "has no vermagic; the kernel will be tainted",
			     rebuild());
		else
			stop(problem_kind::vermagic, {},
			     "has no vermagic" + unless("CONFIG_MODULE_FORCE_LOAD"), rebuild(), {},
			     trimmed(kernel_magic));
		return;
	}
	/* With symbol versions on both sides the release itself does not matter. */
	if (has_flag(SYMBOL_INDEX_FORMAT_MODVERSIONS) && mod_.has_basic_versions) {
		kernel_magic.remove_prefix(std::min(kernel_magic.find(' '), kernel_magic.size()));
		magic.remove_prefix(std::min(magic.find(' '), magic.size()));
	}
	if (magic == kernel_magic)
		return;
	stop(problem_kind::vermagic, {},
	     "built for another kernel or configuration: vermagic " +
		     quoted(trimmed(mod_.vermagic)) + ", the kernel's is " +
		     quoted(trimmed(c_.idx_.vermagic())),
	     rebuild(), trimmed(mod_.vermagic), trimmed(c_.idx_.vermagic()));
}

void checker::run::check_layout()
{
	const std::uint32_t kernel_size = c_.idx_.module_size();

	if (mod_.has_common)
		stop(problem_kind::common_symbols, {}, "has common symbols",
		     "compile it with -fno-common, as the kernel's own build does");
	if (kernel_size && mod_.module_size != kernel_size)
		stop(problem_kind::module_layout, {},
		     "its struct module has " + std::to_string(mod_.module_size) +
			     " bytes, the kernel's has " + std::to_string(kernel_size),
		     rebuild(), std::to_string(mod_.module_size), std::to_string(kernel_size));

	/* A kernel with CRCs compares that of module_layout() for every module. */
	if (const auto pos = c_.idx_.find("module_layout"); pos) {
		module_import layout;

		layout.name = "module_layout";
		layout.crc = mod_.layout_crc;
		check_crc(c_.idx_.symbol_at(*pos), layout);
	}
}

void checker::run::check_imports()
{
	for (const module_import &need : mod_.imports)
		check_import(need);
}

/* As resolve_symbol() of the loader goes: find, gate, version, namespace. */
void checker::run::check_import(const module_import &need)
{
	const std::vector<exporter> all = c_.find(need.name);
	const exporter *found = nullptr;

	for (const exporter &one : all)
		if (gpl_ || !one.sym.gpl) {
			found = &one;
			break;
		}
	if (all.empty()) {
		if (!need.weak)
			missing(need);
		return;
	}
	if (!found) {
		/* To such a module the symbol does not exist; weak ones may be missing. */
		if (!need.weak)
			stop(problem_kind::gpl_only, need.name,
			     "exported by " + std::string(all[0].module) +
				     " to GPL-compatible modules only, and the module's licence is " +
				     (mod_.license.empty() ? "not stated" : quoted(mod_.license)),
			     "use another interface; if the code is under a GPL-compatible licence, "
			     "say so with MODULE_LICENSE()",
			     std::string(mod_.license), "GPL");
		return;
	}
	if (found->sym.gpl)
		gpl_only_symbol_ = need.name;
	if (!found->gpl_module) {
		proprietary_symbol_ = need.name;
		proprietary_module_ = found->module;
	}
	if (!found->is_kernel && found->module != mod_.name)
		out_.needs.insert(std::string(found->module));
	check_crc(found->sym, need);
	check_namespace(found->sym);
}

void checker::run::missing(const module_import &need)
{
	const std::string elsewhere =
		c_.environment_.where_else ? c_.environment_.where_else(need.name) : "";
	std::string remedy;

	if (elsewhere.empty())
		remedy = "if another module provides it, build and install that one first (or name "
			 "its file too); otherwise the source has to be ported to " +
			 kernel();
	else
		remedy = "it exists in " + elsewhere +
			 "; use that kernel, or a version of the module that supports " + kernel();
	stop(problem_kind::missing_symbol, need.name,
	     "exported neither by the kernel nor by any of its modules", remedy);
}

bool checker::run::check_crc(const symbol &sym, const module_import &need)
{
	if (!sym.crc)
		return true;
	if (need.crc) {
		if (*need.crc == *sym.crc)
			return true;
		stop(problem_kind::crc_mismatch, need.name,
		     "the module was built for version " + hex(*need.crc) +
			     ", the kernel's version is " + hex(*sym.crc) + built_for(),
		     rebuild(), hex(*need.crc), hex(*sym.crc));
		return false;
	}
	if (!mod_.has_versions) {
		/* Said once, for module_layout, which every kernel with CRCs has. */
		if (need.name != "module_layout")
			return true;
		if (has_flag(SYMBOL_INDEX_FORMAT_FORCE_LOAD))
			warn(problem_kind::no_versions, {},
			     "carries no symbol versions; the kernel will be tainted", rebuild());
		else
			stop(problem_kind::no_versions, {},
			     "carries no symbol versions" + unless("CONFIG_MODULE_FORCE_LOAD"),
			     rebuild() + ", whose Module.symvers has to be there");
		return false;
	}
	const std::string remedy = rebuild() + ", with the Module.symvers of what exports it "
						"(KBUILD_EXTRA_SYMBOLS)";

	if (mod_.has_extended_versions)
		warn(problem_kind::no_versions, need.name, "the module carries no version of it", remedy);
	else
		stop(problem_kind::no_versions, need.name,
		     "the module carries no version of it, which Debian's kernels refuse, while those "
		     "of kernel.org warn of it",
		     remedy, {}, hex(*sym.crc));
	return false;
}

void checker::run::check_namespace(const symbol &sym)
{
	const auto &imported = mod_.import_namespaces;

	if (sym.name_space.empty() || namespace_admits_module(sym.name_space, mod_.name))
		return;
	if (std::find(imported.begin(), imported.end(), sym.name_space) != imported.end())
		return;
	if (sym.name_space.substr(0, module_namespace.size()) == module_namespace) {
		refuse_namespace(sym,
				 "reserved to these modules: " +
					 std::string(sym.name_space.substr(module_namespace.size())),
				 "use another interface: no import opens such a symbol");
		return;
	}
	refuse_namespace(sym,
			 "belongs to namespace " + std::string(sym.name_space) +
				 ", which is not imported",
			 "add MODULE_IMPORT_NS(" + quoted(sym.name_space) +
				 ") to the source (without the quotes before Linux 6.13) and rebuild");
}

/* The option lets a module in whatever the reason is. */
void checker::run::refuse_namespace(const symbol &sym, const std::string &reason,
				    const std::string &remedy)
{
	if (has_flag(SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE))
		warn(problem_kind::name_space, sym.name, reason, remedy);
	else
		stop(problem_kind::name_space, sym.name,
		     reason + unless("CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"), remedy,
		     std::string(mod_.name), std::string(sym.name_space));
}

/* GPL-only symbols and those of a proprietary module do not go together. */
void checker::run::check_mixture()
{
	if (gpl_only_symbol_.empty() || proprietary_symbol_.empty())
		return;
	stop(problem_kind::proprietary_owner, proprietary_symbol_,
	     "of the proprietary module " + proprietary_module_ +
		     ", while the module also uses the GPL-only symbol " +
		     std::string(gpl_only_symbol_),
	     "use only one of the two");
}

void checker::run::check_exports()
{
	/* Kernels to which such namespaces were brought later do not mind. */
	const bool minds = c_.knows_module_namespaces_ && rules_of(c_.idx_).since(6, 16);

	for (std::string_view name_space : mod_.import_namespaces)
		if (minds &&
		    name_space.substr(0, module_namespace.size()) == module_namespace)
			stop(problem_kind::name_space, {},
			     "imports " + std::string(name_space) + ", which no module may",
			     "remove the MODULE_IMPORT_NS()");
	for (const symbol &own : mod_.exports)
		for (const exporter &other : c_.find(own.name)) {
			if (other.module == mod_.name)
				continue;
			if (other.is_kernel)
				stop(problem_kind::duplicate_export, own.name,
				     "the kernel itself exports that name",
				     "rename the module's symbol, or do not build what the kernel "
				     "already has");
			else
				warn(problem_kind::duplicate_export, own.name,
				     "also exported by " + std::string(other.module) +
					     ": only one of the two can be loaded",
				     "unload " + std::string(other.module) + " first");
		}
}

checker::checker(const symbol_index &idx, check_environment environment)
	: idx_(idx), environment_(std::move(environment))
{
	for (std::uint32_t pos = 0; pos < idx_.nr_symbols() && !knows_module_namespaces_; pos++)
		knows_module_namespaces_ =
			idx_.symbol_at(pos).name_space.substr(0, module_namespace.size()) ==
			module_namespace;
	if (idx_.flags() & SYMBOL_INDEX_FORMAT_SIG_FORCE && !environment_.signature_enforced) {
		environment_.signature_enforced = true;
		environment_.enforced_by = "the kernel's configuration (CONFIG_MODULE_SIG_FORCE)";
	}
}

void checker::offer(const module_file &mod)
{
	offered_modules_.emplace(mod.name, &mod);
	for (const symbol &sym : mod.exports) {
		exporter one;

		one.sym = sym;
		one.module = mod.name;
		one.gpl_module = license_is_gpl_compatible(mod.license);
		offered_.emplace(sym.name, one);
	}
}

std::vector<checker::exporter> checker::find(std::string_view name) const
{
	const symbol_range range = idx_.find_all(name);
	std::vector<exporter> all;

	/* A file that was named takes the place of the installed module, with all it exported. */
	if (const auto it = offered_.find(name); it != offered_.end())
		all.push_back(it->second);
	for (std::uint32_t pos = range.first; pos < range.last; pos++) {
		exporter one;

		one.sym = idx_.symbol_at(pos);
		const module_info owner = idx_.module_at(one.sym.owner);
		one.module = owner.name;
		one.is_kernel = one.sym.owner == 0;
		one.gpl_module = owner.flags & SYMBOL_INDEX_FORMAT_MODULE_GPL;
		if (one.is_kernel || !offered_modules_.count(one.module))
			all.push_back(one);
	}
	return all;
}

verdict checker::check(const module_file &mod) const
{
	verdict out = run(*this, mod).judge();

	add_needed(out);
	return out;
}

const verdict &checker::check_needed(const std::string &name, const module_file &mod) const
{
	const auto [it, is_new] = needed_.try_emplace(name);

	/* Two that need each other meet here with no problem: each is then judged by itself. */
	if (is_new)
		it->second = check(mod);
	return it->second;
}

/* To load a module, modprobe loads what it needs first; one that fails stops it. */
void checker::add_needed(verdict &out) const
{
	/* Deeper than any stack of modules: files that were made for that. */
	if (depth_ >= deepest_stack)
		return;
	depth_++;
	for (const std::string &name : out.needs) {
		const module_file *mod = nullptr;

		if (const auto it = offered_modules_.find(name); it != offered_modules_.end())
			mod = it->second;
		else if (environment_.installed)
			mod = environment_.installed(name);
		if (!mod || name == out.module)
			continue;
		for (const problem &one : check_needed(name, *mod).problems) {
			problem inner = one;

			if (inner.module.empty())
				inner.module = name;
			/* Of two that need the same one, it is said once. */
			if (std::none_of(out.problems.begin(), out.problems.end(), [&](const problem &p) {
				    return p.module == inner.module && p.kind == inner.kind &&
					   p.symbol == inner.symbol && p.reason == inner.reason;
			    }))
				out.problems.push_back(std::move(inner));
		}
	}
	depth_--;
}

bool verdict::is_known() const noexcept
{
	return std::none_of(warnings.begin(), warnings.end(), [](const problem &one) {
		return one.kind == problem_kind::not_known;
	});
}

} // namespace waymark::symidx
