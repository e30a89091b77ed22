// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reader of the symbol index format (linux/symbol_index_format.h).
 *
 * An index that has been opened is right: checksum, layout, order, references
 * and hash table were all checked, so no accessor can leave its bounds. Files
 * are read, not mapped: what was checked cannot change afterwards.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <linux/symbol_index_format.h>

#include "waymark/error.hpp"

namespace waymark::symidx
{

struct symbol {
	std::string_view name;
	std::string_view name_space; /* empty: the common one */
	std::uint32_t owner = 0;     /* position among the modules */
	bool gpl = false;
	std::optional<std::uint32_t> crc;
	std::optional<std::uint64_t> value;
};

struct module_info {
	std::string_view name;
	std::string_view path;    /* relative to /lib/modules/RELEASE */
	std::string_view license; /* empty: not known */
	std::uint32_t flags = 0;  /* SYMBOL_INDEX_FORMAT_MODULE_* */
	std::uint32_t first_import = 0;
	std::uint32_t nr_imports = 0;
};

/* Half-open range of positions among the symbols. */
struct symbol_range {
	std::uint32_t first = 0;
	std::uint32_t last = 0;

	bool empty() const noexcept { return first == last; }
};

class symbol_index
{
public:
	/* Reads a file. Throws waymark::error naming @path, with one reason. */
	static symbol_index open(const std::string &path);
	/* Maps the snapshot of the running kernel from its device. */
	static symbol_index map_device(const std::string &path);
	/* Takes a copy of @size bytes; @object is for error messages. */
	static symbol_index from_memory(const void *data, std::size_t size, const std::string &object);

	const std::string &object() const noexcept { return object_; }
	std::size_t size() const noexcept { return size_; }
	std::uint32_t flags() const noexcept;
	std::uint64_t generation() const noexcept;
	std::uint32_t machine() const noexcept;
	std::uint32_t module_size() const noexcept; /* 0: not known */
	std::uint32_t init_offset() const noexcept; /* the same of the next four */
	std::uint32_t exit_offset() const noexcept;
	std::uint32_t btf_types() const noexcept;
	std::uint32_t btf_strings() const noexcept;
	std::string build_id() const; /* in hexadecimal */
	std::string_view release() const noexcept;
	std::string_view vermagic() const noexcept;
	bool has_values() const noexcept;
	bool has_imports() const noexcept;

	std::uint32_t nr_symbols() const noexcept;
	std::uint32_t nr_modules() const noexcept;
	std::uint32_t nr_imports() const noexcept;
	std::uint32_t nr_slots() const noexcept;
	std::size_t section_bytes(enum symbol_index_format_section_id id) const noexcept;

	/* @pos must be below the count. */
	symbol symbol_at(std::uint32_t pos) const noexcept;
	module_info module_at(std::uint32_t pos) const noexcept;
	std::string_view name_at(std::uint32_t pos) const noexcept;
	/* @pos counts over all modules: module::first_import and up. */
	std::string_view import_at(std::uint32_t pos) const noexcept;
	/* Equal references are equal names. */
	std::uint32_t import_ref(std::uint32_t pos) const noexcept;
	std::uint32_t name_ref(std::uint32_t pos) const noexcept;

	/* Exact name, by the hash table: position of the first such symbol. */
	std::optional<std::uint32_t> find(std::string_view name) const noexcept;
	/* All symbols of exactly that name (several modules may export one). */
	symbol_range find_all(std::string_view name) const noexcept;
	/* By binary search in name order. */
	std::uint32_t lower_bound(std::string_view name) const noexcept;
	symbol_range prefix(std::string_view prefix) const noexcept;
	std::optional<std::uint32_t> find_module(std::string_view name) const noexcept;

private:
	friend class index_verifier;
	struct memory; /* what was read or mapped */

	symbol_index(std::shared_ptr<const memory> mem, const std::string &object);

	const symbol_index_format_header &header() const noexcept;
	const unsigned char *section(enum symbol_index_format_section_id id) const noexcept;
	std::uint32_t count(enum symbol_index_format_section_id id) const noexcept;
	const symbol_index_format_symbol &raw_symbol(std::uint32_t pos) const noexcept;
	const symbol_index_format_module &raw_module(std::uint32_t pos) const noexcept;
	std::uint32_t slot_at(std::uint32_t at) const noexcept;
	std::string_view string(std::uint32_t ref) const noexcept;

	std::shared_ptr<const memory> mem_;
	const unsigned char *base_ = nullptr;
	std::size_t size_ = 0;
	std::string object_;
};

} // namespace waymark::symidx
