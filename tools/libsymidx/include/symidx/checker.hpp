// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Would the module loader of a kernel take a module? Everything that it would
 * object to, at once, as far as files can tell; with all modules loaded that
 * the module needs.
 */
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "symidx/index.hpp"
#include "symidx/module_file.hpp"

namespace waymark::symidx
{

/* What a module meets; the JSON of symidx check uses the same words. */
namespace problem_kind
{
inline constexpr char unreadable[] = "unreadable";
inline constexpr char architecture[] = "architecture";
inline constexpr char vermagic[] = "vermagic";
inline constexpr char module_layout[] = "module-layout";
inline constexpr char damaged[] = "damaged";
inline constexpr char compression[] = "compression";
inline constexpr char section_flags[] = "section-flags";
inline constexpr char percpu[] = "percpu";
inline constexpr char relocation[] = "relocation";
inline constexpr char btf[] = "btf";
inline constexpr char no_export_flags[] = "no-export-flags";
inline constexpr char livepatch[] = "livepatch";
inline constexpr char needed_module[] = "needed-module";
inline constexpr char not_known[] = "not-known"; /* a warning only */
inline constexpr char common_symbols[] = "common-symbols";
inline constexpr char no_versions[] = "no-versions";
inline constexpr char missing_symbol[] = "missing-symbol";
inline constexpr char crc_mismatch[] = "crc-mismatch";
inline constexpr char gpl_only[] = "gpl-only";
inline constexpr char name_space[] = "namespace";
inline constexpr char duplicate_export[] = "duplicate-export";
inline constexpr char proprietary_owner[] = "proprietary-owner";
inline constexpr char signature[] = "signature";
inline constexpr char modules_disabled[] = "modules-disabled";
inline constexpr char name_taken[] = "name-taken";
} // namespace problem_kind

struct problem {
	std::string kind;   /* one of the above */
	std::string symbol; /* empty: about the module as a whole */
	std::string reason;
	std::string remedy;
	std::string wanted; /* what the module has; with has, of the kernel */
	std::string has;
	std::string module; /* whose problem it is, where not that of the module itself */
};

struct verdict {
	std::string module;
	std::vector<problem> problems; /* each of them alone stops it */
	std::vector<problem> warnings; /* loads, but */
	std::set<std::string> needs;   /* modules that have to be loaded before */

	bool loads() const noexcept { return problems.empty(); }
	/* Whether what the kernel says could be told: a warning of kind not_known says why not. */
	bool is_known() const noexcept;
};

/* What a kernel's files do not tell. */
struct check_environment {
	bool is_running = false; /* what is said here is all that holds */
	bool signature_enforced = false; /* and why */
	std::string enforced_by;
	bool modules_disabled = false;
	/* Modules that are part of the kernel's image, and those of them known to be in sysfs. */
	std::set<std::string> built_in;
	std::set<std::string> in_sysfs;
	/*
	 * Where else a symbol exists, for the remedy: "6.1.0-1 (exported by
	 * foo)", or an empty string. May be empty.
	 */
	std::function<std::string(std::string_view symbol)> where_else;
	/*
	 * The installed module of that name, if it is not of the kernel's own build and so may
	 * not load either; nullptr otherwise. What it returns must outlive the checker. May be
	 * empty.
	 */
	std::function<const module_file *(std::string_view module)> installed;
};

class checker
{
public:
	/* @idx and what is offered must outlive this. */
	checker(const symbol_index &idx, check_environment environment);

	/* As if @mod were installed, in the place of the module of its name if there is one. */
	void offer(const module_file &mod);
	/* @mod and, with their problems, the modules that it needs. */
	verdict check(const module_file &mod) const;

private:
	struct exporter {
		symbol sym;
		std::string_view module;
		bool gpl_module = true;
		bool is_kernel = false;
	};
	class run; /* one module */

	std::vector<exporter> find(std::string_view name) const;
	const verdict &check_needed(const std::string &name, const module_file &mod) const;
	void add_needed(verdict &out) const;

	const symbol_index &idx_;
	check_environment environment_;
	std::unordered_map<std::string_view, exporter> offered_;
	std::unordered_map<std::string_view, const module_file *> offered_modules_;
	/* Each is judged once, with what it needs in turn; while it is, it has no problem yet. */
	mutable std::map<std::string, verdict> needed_;
	mutable unsigned int depth_ = 0; /* of modules that need modules */
	bool knows_module_namespaces_ = false;
};

/* Whether @name_space ("module:a,b*") is open to @module alone by its name. */
bool namespace_admits_module(std::string_view name_space, std::string_view module) noexcept;

} // namespace waymark::symidx
