// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/writer.hpp"

#include <endian.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "string_pool.hpp"
#include "symidx/hash.hpp"

namespace waymark::symidx
{

namespace
{

struct entry {
	std::uint64_t head; /* first bytes of the name, for comparing fast */
	const symbol *sym;
	std::uint32_t owner;
};

std::uint64_t name_head(std::string_view name)
{
	std::uint64_t head = 0;

	std::memcpy(&head, name.data(), std::min(name.size(), sizeof(head)));
	return be64toh(head); /* big-endian order is byte order */
}

bool comes_before(const entry &a, const entry &b)
{
	if (a.head != b.head)
		return a.head < b.head;
	if (const int order = a.sym->name.compare(b.sym->name))
		return order < 0;
	return a.owner < b.owner;
}

class index_writer
{
public:
	explicit index_writer(const writer_input &input);

	std::vector<unsigned char> bytes();

private:
	void sort_symbols();
	void fill_symbols();
	void fill_slots();
	void probe(std::uint32_t owner);
	void fill_modules();
	template <typename T>
	void place(enum symbol_index_format_section_id id, const std::vector<T> &entries,
		   std::vector<unsigned char> &out);

	const writer_input &input_;
	symbol_index_format_header head_{};
	string_pool pool_;
	std::vector<entry> order_;
	std::vector<symbol_index_format_module> modules_;
	std::vector<symbol_index_format_symbol> symbols_;
	std::vector<__le32> slots_;
	std::vector<__le32> imports_;
	std::vector<__le64> values_;
	std::uint64_t names_ = 0;
	std::vector<std::uint64_t> probes_; /* by module */
	std::uint64_t probed_ = 0;
};

std::size_t count_exports(const writer_input &input)
{
	std::size_t count = 0;

	for (const writer_module &mod : input.modules)
		count += mod.exports.size();
	return count;
}

index_writer::index_writer(const writer_input &input)
	: input_(input), pool_(count_exports(input) + 4 * input.modules.size())
{
	if (input.modules.empty() || input.modules[0].name != "vmlinux")
		throw error("symbol index", "the kernel image is missing");
	if (input.build_id.empty() || input.build_id.size() > SYMBOL_INDEX_FORMAT_BUILD_ID_MAX)
		throw error("symbol index", "the kernel has no build id of 1 to 32 bytes");
}

void index_writer::sort_symbols()
{
	order_.reserve(count_exports(input_));
	for (std::size_t owner = 0; owner < input_.modules.size(); owner++)
		for (const symbol &sym : input_.modules[owner].exports) {
			if (sym.name.empty() ||
			    sym.name.size() > std::numeric_limits<std::uint16_t>::max())
				throw error(std::string(input_.modules[owner].name),
					    "exports a name of no or of more than 65535 bytes");
			order_.push_back({name_head(sym.name), &sym,
					  static_cast<std::uint32_t>(owner)});
		}
	std::sort(order_.begin(), order_.end(), comes_before);
	names_ = order_.size();
	for (std::size_t i = 1; i < order_.size(); i++) {
		if (order_[i].sym->name != order_[i - 1].sym->name)
			continue;
		names_--;
		if (order_[i].owner == order_[i - 1].owner)
			throw error(std::string(input_.modules[order_[i].owner].name),
				    "exports \"" + std::string(order_[i].sym->name) + "\" twice");
	}
}

void index_writer::fill_symbols()
{
	const bool values = std::any_of(order_.begin(), order_.end(),
					[](const entry &e) { return e.sym->value.has_value(); });

	symbols_.reserve(order_.size());
	for (const entry &e : order_) {
		symbol_index_format_symbol raw{};
		unsigned int flags = e.sym->gpl ? SYMBOL_INDEX_FORMAT_SYMBOL_GPL : 0;

		if (e.sym->crc)
			flags |= SYMBOL_INDEX_FORMAT_SYMBOL_CRC;
		raw.name = htole32(pool_.add(e.sym->name));
		raw.crc = htole32(e.sym->crc.value_or(0));
		raw.owner = htole32(e.owner);
		raw.name_length = htole16(static_cast<std::uint16_t>(e.sym->name.size()));
		raw.flags = htole16(static_cast<std::uint16_t>(flags));
		symbols_.push_back(raw);
		if (values)
			values_.push_back(htole64(e.sym->value.value_or(0)));
	}
	/* Behind all the names, which are searched and so kept together. */
	for (std::size_t i = 0; i < order_.size(); i++)
		symbols_[i].name_space = htole32(pool_.add(order_[i].sym->name_space));
}

void index_writer::fill_slots()
{
	std::size_t size = 1;

	while (size * 3 < order_.size() * 4)
		size *= 2;
	if (order_.empty())
		return;
	if (size < 4)
		size = 4;
	slots_.resize(size);
	probes_.resize(input_.modules.size());
	for (std::size_t i = 0; i < order_.size(); i++) {
		if (i && order_[i].sym->name == order_[i - 1].sym->name)
			continue;
		const std::uint32_t hash = name_hash(order_[i].sym->name);
		std::size_t at = hash & (size - 1);

		for (; slots_[at]; at = (at + 1) & (size - 1))
			probe(order_[i].owner);
		/* The lower bits of the hash are known from the slot's place. */
		slots_[at] = htole32((hash & ~static_cast<std::uint32_t>(size - 1)) |
				     static_cast<std::uint32_t>(i + 1));
	}
}

/* A step of the search for a name of that module; at worst, who took most of them goes. */
void index_writer::probe(std::uint32_t owner)
{
	probes_[owner]++;
	if (++probed_ <= names_ * probes_per_name || probes_.size() < 2)
		return;
	const auto worst = std::max_element(probes_.begin() + 1, probes_.end()) - probes_.begin();

	throw names_collide(std::string(input_.modules[worst].name), worst);
}

void index_writer::fill_modules()
{
	for (const writer_module &mod : input_.modules) {
		symbol_index_format_module raw{};

		raw.name = htole32(pool_.add(mod.name));
		raw.path = htole32(pool_.add(mod.path));
		raw.license = htole32(pool_.add(mod.license));
		raw.flags = htole32(mod.flags);
		raw.first_import = htole32(static_cast<std::uint32_t>(imports_.size()));
		raw.nr_imports = htole32(static_cast<std::uint32_t>(mod.imports.size()));
		modules_.push_back(raw);
		for (std::string_view name : mod.imports)
			imports_.push_back(htole32(pool_.add(name)));
	}
}

template <typename T>
void index_writer::place(enum symbol_index_format_section_id id, const std::vector<T> &entries,
			 std::vector<unsigned char> &out)
{
	symbol_index_format_section &sec = head_.section[id];

	sec.entry_size = htole32(sizeof(T));
	if (entries.empty())
		return;
	out.resize((out.size() + 7) / 8 * 8);
	sec.offset = htole64(out.size());
	sec.count = htole32(static_cast<std::uint32_t>(entries.size()));
	const auto *raw = reinterpret_cast<const unsigned char *>(entries.data());
	out.insert(out.end(), raw, raw + entries.size() * sizeof(T));
	if (out.size() > INT32_MAX)
		throw error("symbol index", "more than 2 GiB");
}

std::vector<unsigned char> index_writer::bytes()
{
	std::vector<unsigned char> out(sizeof(head_));

	sort_symbols();
	fill_symbols();
	fill_slots();
	fill_modules();

	std::memcpy(head_.magic, SYMBOL_INDEX_FORMAT_MAGIC, sizeof(head_.magic));
	head_.version = htole32(SYMBOL_INDEX_FORMAT_VERSION);
	head_.header_size = htole32(sizeof(head_));
	head_.flags = htole32(input_.flags);
	head_.generation = htole64(input_.generation);
	std::copy(input_.build_id.begin(), input_.build_id.end(), head_.build_id);
	head_.build_id_size = htole32(static_cast<std::uint32_t>(input_.build_id.size()));
	head_.release = htole32(pool_.add(input_.release));
	head_.vermagic = htole32(pool_.add(input_.vermagic));
	head_.machine = htole32(input_.machine);
	head_.module_size = htole32(input_.module_size);
	head_.init_offset = htole32(input_.init_offset);
	head_.exit_offset = htole32(input_.exit_offset);
	head_.btf_types = htole32(input_.btf_types);
	head_.btf_strings = htole32(input_.btf_strings);

	place(SYMBOL_INDEX_FORMAT_STRINGS, pool_.bytes(), out);
	place(SYMBOL_INDEX_FORMAT_MODULES, modules_, out);
	place(SYMBOL_INDEX_FORMAT_SYMBOLS, symbols_, out);
	place(SYMBOL_INDEX_FORMAT_SLOTS, slots_, out);
	place(SYMBOL_INDEX_FORMAT_IMPORTS, imports_, out);
	place(SYMBOL_INDEX_FORMAT_VALUES, values_, out);

	head_.size = htole64(out.size());
	std::memcpy(out.data(), &head_, sizeof(head_));
	const std::size_t from = offsetof(symbol_index_format_header, version);
	head_.checksum = htole32(crc32(out.data() + from, out.size() - from));
	std::memcpy(out.data(), &head_, sizeof(head_));
	return out;
}

} // namespace

std::vector<unsigned char> write_index(const writer_input &input)
{
	return index_writer(input).bytes();
}

} // namespace waymark::symidx
