// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a kernel module file says of itself, exports and imports. */
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "symidx/elf_file.hpp"
#include "symidx/index.hpp"
#include "symidx/load_rules.hpp"
#include "symidx/text_arena.hpp"

namespace waymark::symidx
{

struct module_import {
	std::string_view name;
	/*
	 * None: the module has no version of it. The loader compares the whole word of an
	 * entry in __versions, which is an unsigned long, with its 32 bits.
	 */
	std::optional<std::uint64_t> crc;
	bool weak = false;
};

/* Views into the bytes of the file. */
struct module_file {
	std::string_view name; /* with '_' */
	std::string_view license;
	std::string_view vermagic;
	std::vector<std::string_view> import_namespaces;
	std::vector<symbol> exports;
	std::vector<module_import> imports;
	std::optional<std::uint64_t> layout_crc; /* of "module_layout" */
	std::uint32_t machine = 0;
	std::uint32_t module_size = 0; /* of struct module */
	bool is_64bit = true;
	bool has_vermagic = false; /* it may be an empty one */
	bool has_versions = false; /* in either section */
	/* In __versions, which alone makes the loader ignore the release in a vermagic. */
	bool has_basic_versions = false;
	/* In __version_ext_crcs; then the loader looks for an import's version only there. */
	bool has_extended_versions = false;
	bool is_signed = false;
	bool in_tree = false;
	bool has_common = false; /* built without -fno-common */
	bool is_livepatch = false;
	bool has_export_table = false; /* and whether there are versions with it */
	bool has_export_versions = true;
	std::uint32_t init_offset = 0; /* of the pointer to init in struct module; 0: has none */
	std::uint32_t exit_offset = 0;

	/* What the loader refuses in it, whatever the kernel exports. */
	std::vector<load_refusal> refusals;
	/* Why the loader's answer cannot be told from the file; empty: it can. */
	std::string doubt;

	/* Moves all views to copies in @arena, so that the file can go. */
	void keep_in(text_arena &arena);
};

/* How much of it to read: an index needs no versions of imports, nor the loader's other reasons. */
enum class module_detail { index, check };

/*
 * Reads a module from @bytes (decompressed). @fallback_name is used where the
 * module does not say its name. Throws waymark::error naming @object: not an
 * ELF file, damaged, or not a kernel module.
 */
module_file read_module(byte_view bytes, const std::string &object, std::string_view fallback_name,
			module_detail detail, const load_rules &rules = {});

/* By the text of MODULE_LICENSE(), as the loader judges it. */
bool license_is_gpl_compatible(std::string_view license) noexcept;

/* "xt-LOG.ko.xz" -> "xt_LOG" */
std::string module_name_of(std::string_view path);

} // namespace waymark::symidx
