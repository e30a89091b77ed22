// SPDX-License-Identifier: LGPL-2.1-or-later
#include "index_verifier.hpp"

#include <endian.h>

#include <algorithm>
#include <cstring>
#include <future>

#include "symidx/hash.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::size_t entry_sizes[SYMBOL_INDEX_FORMAT_NR_SECTIONS] = {
	1,
	sizeof(symbol_index_format_module),
	sizeof(symbol_index_format_symbol),
	sizeof(__le32),
	sizeof(__le32),
	sizeof(__le64),
};

constexpr const char *wrong_checksum = "damaged symbol index: wrong checksum";
/* Bytes: the sum of fewer takes no longer than starting a thread. */
constexpr std::size_t worth_a_thread = std::size_t{1} << 18;
constexpr std::size_t checksum_end = offsetof(symbol_index_format_header, version);

static_assert(sizeof(symbol_index_format_header) == 256);
static_assert(sizeof(symbol_index_format_module) == 24);
static_assert(sizeof(symbol_index_format_symbol) == 20);
static_assert(checksum_end == 12);

} // namespace

void index_verifier::fail(const std::string &reason) const
{
	throw error(idx_.object_, reason);
}

std::size_t index_verifier::verify() const
{
	check_size();

	const std::size_t size = le64toh(idx_.header().size);
	/* Of use only for large ones; without a thread to be had, it is done by get(). */
	auto sum = std::async(size < worth_a_thread ? std::launch::deferred
						    : std::launch::async | std::launch::deferred,
			      [this] { return has_right_checksum(); });

	/* Damage is bounded by the checks alone, but the checksum tells it best. */
	try {
		check_contents();
	} catch (const error &) {
		require(sum.get(), wrong_checksum);
		throw;
	}
	require(sum.get(), wrong_checksum);
	return size;
}

void index_verifier::check_contents() const
{
	check_header();
	check_sections();
	check_modules();
	check_slots(check_symbols());
}

bool index_verifier::has_right_checksum() const
{
	const symbol_index_format_header &head = idx_.header();

	return crc32(idx_.base_ + checksum_end, le64toh(head.size) - checksum_end) ==
	       le32toh(head.checksum);
}

/* Until this is right nothing but the header may be touched. */
void index_verifier::check_size() const
{
	const std::size_t have = idx_.size_;

	require(have >= SYMBOL_INDEX_FORMAT_MAGIC_SIZE &&
			!std::memcmp(idx_.base_, SYMBOL_INDEX_FORMAT_MAGIC,
				     SYMBOL_INDEX_FORMAT_MAGIC_SIZE),
		"not a symbol index");
	require(have >= sizeof(symbol_index_format_header), "truncated symbol index");

	const symbol_index_format_header &head = idx_.header();
	const std::uint64_t size = le64toh(head.size);
	const std::uint32_t version = le32toh(head.version);

	if (version != SYMBOL_INDEX_FORMAT_VERSION)
		fail("symbol index of format version " + std::to_string(version) +
		     ", this program reads version " +
		     std::to_string(SYMBOL_INDEX_FORMAT_VERSION));
	if (size > have)
		fail("truncated symbol index: " + std::to_string(have) + " of " +
		     std::to_string(size) + " bytes");
	require(le32toh(head.header_size) == sizeof(head) && size >= sizeof(head) &&
			(size == have || rounded_),
		"damaged symbol index: wrong size");
}

void index_verifier::check_header() const
{
	const symbol_index_format_header &head = idx_.header();
	const std::uint32_t id_size = le32toh(head.build_id_size);
	const auto zero = [](auto value) { return value == 0; };

	require(id_size >= 1 && id_size <= SYMBOL_INDEX_FORMAT_BUILD_ID_MAX &&
			std::all_of(head.build_id + id_size, std::end(head.build_id), zero),
		"damaged symbol index: no build id");
	require(head.reserved0 == 0 &&
			std::all_of(std::begin(head.reserved), std::end(head.reserved), zero),
		"damaged symbol index: reserved fields in use");
}

void index_verifier::check_sections() const
{
	const symbol_index_format_header &head = idx_.header();
	const std::uint64_t size = le64toh(head.size);
	std::uint64_t end = sizeof(head);

	for (int id = 0; id < SYMBOL_INDEX_FORMAT_NR_SECTIONS; id++) {
		const symbol_index_format_section &sec = head.section[id];
		const std::uint64_t offset = le64toh(sec.offset);
		const std::uint64_t start = (end + 7) / 8 * 8;

		require(le32toh(sec.entry_size) == entry_sizes[id],
			"damaged symbol index: entries of unknown size");
		if (sec.count == 0) {
			require(offset == 0, "damaged symbol index: misplaced section");
			continue;
		}
		/* No overflow: 32 bits times at most 24. */
		const std::uint64_t bytes = std::uint64_t{le32toh(sec.count)} * entry_sizes[id];

		require(offset == start && offset <= size && bytes <= size - offset,
			"damaged symbol index: misplaced section");
		require(std::all_of(idx_.base_ + end, idx_.base_ + start,
				    [](unsigned char c) { return c == 0; }),
			"damaged symbol index: data between sections");
		end = offset + bytes;
	}
	require(end == size, "damaged symbol index: data behind the last section");

	const std::uint32_t strings = idx_.count(SYMBOL_INDEX_FORMAT_STRINGS);
	const unsigned char *text = idx_.section(SYMBOL_INDEX_FORMAT_STRINGS);

	require(strings && text[0] == 0 && text[strings - 1] == 0,
		"damaged symbol index: strings without an end");
	require(is_string(le32toh(head.release)) && is_string(le32toh(head.vermagic)),
		"damaged symbol index: reference outside the strings");
}

bool index_verifier::is_string(std::uint32_t ref) const
{
	return ref < idx_.count(SYMBOL_INDEX_FORMAT_STRINGS);
}

void index_verifier::check_modules() const
{
	const std::uint32_t imports = idx_.nr_imports();
	std::uint32_t next = 0;

	require(idx_.nr_modules() > 0, "damaged symbol index: no kernel image");
	for (std::uint32_t pos = 0; pos < idx_.nr_modules(); pos++) {
		const symbol_index_format_module &raw = idx_.raw_module(pos);
		const std::uint32_t count = le32toh(raw.nr_imports);

		require(is_string(le32toh(raw.name)) && is_string(le32toh(raw.path)) &&
				is_string(le32toh(raw.license)),
			"damaged symbol index: reference outside the strings");
		require(le32toh(raw.first_import) == next && count <= imports - next,
			"damaged symbol index: imports of nobody");
		next += count;
	}
	require(next == imports, "damaged symbol index: imports of nobody");
	require(idx_.module_at(0).name == "vmlinux", "damaged symbol index: no kernel image");
	for (std::uint32_t pos = 0; pos < imports; pos++)
		require(is_string(idx_.import_ref(pos)),
			"damaged symbol index: reference outside the strings");
}

/* Returns how many names there are: of some, several modules have a symbol. */
std::uint32_t index_verifier::check_symbols() const
{
	const std::uint32_t strings = idx_.count(SYMBOL_INDEX_FORMAT_STRINGS);
	const auto *text =
		reinterpret_cast<const char *>(idx_.section(SYMBOL_INDEX_FORMAT_STRINGS));
	const std::uint32_t values = idx_.count(SYMBOL_INDEX_FORMAT_VALUES);
	std::string_view before;
	std::uint32_t owner_before = 0;
	std::uint32_t names = 0;

	require(values == 0 || values == idx_.nr_symbols(),
		"damaged symbol index: values of other symbols");
	for (std::uint32_t pos = 0; pos < idx_.nr_symbols(); pos++) {
		const symbol_index_format_symbol &raw = idx_.raw_symbol(pos);
		const std::uint32_t name = le32toh(raw.name);
		const std::uint32_t length = le16toh(raw.name_length);
		const std::uint32_t owner = le32toh(raw.owner);

		require(name < strings && length && length < strings - name &&
				std::memchr(text + name, 0, length + 1) == text + name + length,
			"damaged symbol index: name without an end");
		require(is_string(le32toh(raw.name_space)),
			"damaged symbol index: reference outside the strings");
		require(owner < idx_.nr_modules(), "damaged symbol index: owner out of range");

		const std::string_view now(text + name, length);
		const int order = pos ? before.compare(now) : -1;

		require(order < 0 || (order == 0 && owner_before < owner),
			"damaged symbol index: names out of order");
		before = now;
		owner_before = owner;
		names += order < 0;
	}
	return names;
}

void index_verifier::check_slots(std::uint32_t names) const
{
	const std::uint32_t slots = idx_.nr_slots();
	const std::uint32_t symbols = idx_.nr_symbols();
	std::uint32_t used = 0;

	require((slots & (slots - 1)) == 0 && (slots || !symbols),
		"damaged symbol index: hash table of a wrong size");
	for (std::uint32_t at = 0; at < slots; at++) {
		const std::uint32_t slot = idx_.slot_at(at);
		const std::uint32_t number = slot & (slots - 1);

		require(number <= symbols && (number || !slot),
			"damaged symbol index: hash table refers to no symbol");
		used += slot != 0;
	}
	/* Empty slots are what ends a search: only now is find() safe. */
	require(used <= slots - slots / 4, "damaged symbol index: hash table too full");
	/* Before the searches: strange entries would make them long. */
	require(used >= names, "damaged symbol index: hash table lacks a name");
	require(used == names, "damaged symbol index: hash table with strange entries");
	check_searches(std::uint64_t{names} * probes_per_name);
}

/*
 * Each name's first symbol has a slot where find() comes by. As there are no more slots in use
 * than names, no other can be found in its place.
 */
void index_verifier::check_searches(std::uint64_t probes) const
{
	const std::uint32_t mask = idx_.nr_slots() - 1;

	for (std::uint32_t pos = 0; pos < idx_.nr_symbols(); pos++) {
		if (pos && (idx_.name_ref(pos) == idx_.name_ref(pos - 1) ||
			    idx_.name_at(pos) == idx_.name_at(pos - 1)))
			continue;

		const std::uint32_t hash = name_hash(idx_.name_at(pos));
		const std::uint32_t wanted = (hash & ~mask) | (pos + 1);

		for (std::uint32_t at = hash & mask; idx_.slot_at(at) != wanted; at = (at + 1) & mask) {
			require(idx_.slot_at(at), "damaged symbol index: hash table lacks a name");
			require(probes--, "damaged symbol index: hash table of too long searches");
		}
	}
}

} // namespace waymark::symidx
