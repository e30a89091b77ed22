// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/index.hpp"

#include <endian.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <vector>

#include <linux/symbol_index.h>

#include "index_verifier.hpp"
#include "symidx/hash.hpp"
#include "waymark/fd.hpp"
#include "waymark/hex.hpp"
#include "waymark/ioctl.hpp"

namespace waymark::symidx
{

/* Memory that goes back by free() or munmap(). */
struct symbol_index::memory {
	std::vector<unsigned char> copy;
	void *map = MAP_FAILED;
	std::size_t mapped = 0;
	std::size_t size = 0;	/* of what is there to be read */
	bool rounded = false;	/* up to pages: the header says where it ends */

	memory() = default;
	memory(const memory &) = delete;
	memory &operator=(const memory &) = delete;
	~memory()
	{
		if (map != MAP_FAILED)
			::munmap(map, mapped);
	}
	void take(std::size_t bytes, int protection, int flags, int fd, const std::string &object)
	{
		map = ::mmap(nullptr, bytes, protection, MAP_PRIVATE | flags, fd, 0);
		if (map == MAP_FAILED)
			throw error::from_errno(object, errno);
		mapped = bytes;
	}
	unsigned char *bytes() const { return static_cast<unsigned char *>(map); }
	const unsigned char *data() const { return map != MAP_FAILED ? bytes() : copy.data(); }
};

symbol_index::symbol_index(std::shared_ptr<const memory> mem, const std::string &object)
	: mem_(std::move(mem)), base_(mem_->data()), size_(mem_->size), object_(object)
{
	size_ = index_verifier(*this, mem_->rounded).verify();
}

symbol_index symbol_index::open(const std::string &path)
{
	const fd file = fd::open(path, O_RDONLY | O_NONBLOCK);
	auto mem = std::make_shared<memory>();
	struct stat st;

	if (::fstat(file.get(), &st) < 0)
		throw error::from_errno(path, errno);
	if (!S_ISREG(st.st_mode))
		throw error(path, "not a regular file");
	if (st.st_size > INT32_MAX)
		throw error(path, "too large for a symbol index");
	/*
	 * A mapping of the file would end us when somebody cuts that off. A vector would be
	 * cleared a second time, and come page by page.
	 */
	if (st.st_size > 0)
		mem->take(st.st_size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_POPULATE, -1, path);
	while (mem->size < mem->mapped) {
		const ssize_t got = ::read(file.get(), mem->bytes() + mem->size,
					   mem->mapped - mem->size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			throw error::from_errno(path, errno);
		if (got == 0)
			break; /* truncated since; the verifier says so */
		mem->size += got;
	}
	return symbol_index(mem, path);
}

symbol_index symbol_index::map_device(const std::string &path)
{
	const fd device = fd::open(path);
	const std::size_t page = ::sysconf(_SC_PAGESIZE);
	symbol_index_snapshot snapshot{};
	auto mem = std::make_shared<memory>();

	call_ioctl(device, SYMBOL_INDEX_IOC_SNAPSHOT, snapshot, path);
	if (snapshot.snapshot_size > INT32_MAX)
		throw error(path, "too large for a symbol index");
	mem->size = (snapshot.snapshot_size + page - 1) / page * page;
	mem->rounded = true;
	mem->take(mem->size, PROT_READ, 0, device.get(), path);
	return symbol_index(mem, path);
}

symbol_index symbol_index::from_memory(const void *data, std::size_t size, const std::string &object)
{
	auto mem = std::make_shared<memory>();
	const auto *bytes = static_cast<const unsigned char *>(data);

	mem->copy.assign(bytes, bytes + size);
	mem->size = size;
	return symbol_index(mem, object);
}

const symbol_index_format_header &symbol_index::header() const noexcept
{
	return *reinterpret_cast<const symbol_index_format_header *>(base_);
}

const unsigned char *symbol_index::section(enum symbol_index_format_section_id id) const noexcept
{
	return base_ + le64toh(header().section[id].offset);
}

std::uint32_t symbol_index::count(enum symbol_index_format_section_id id) const noexcept
{
	return le32toh(header().section[id].count);
}

std::size_t symbol_index::section_bytes(enum symbol_index_format_section_id id) const noexcept
{
	return static_cast<std::size_t>(count(id)) * le32toh(header().section[id].entry_size);
}

const symbol_index_format_symbol &symbol_index::raw_symbol(std::uint32_t pos) const noexcept
{
	return reinterpret_cast<const symbol_index_format_symbol *>(
		section(SYMBOL_INDEX_FORMAT_SYMBOLS))[pos];
}

const symbol_index_format_module &symbol_index::raw_module(std::uint32_t pos) const noexcept
{
	return reinterpret_cast<const symbol_index_format_module *>(
		section(SYMBOL_INDEX_FORMAT_MODULES))[pos];
}

std::uint32_t symbol_index::slot_at(std::uint32_t at) const noexcept
{
	return le32toh(
		reinterpret_cast<const __le32 *>(section(SYMBOL_INDEX_FORMAT_SLOTS))[at]);
}

std::string_view symbol_index::string(std::uint32_t ref) const noexcept
{
	return reinterpret_cast<const char *>(section(SYMBOL_INDEX_FORMAT_STRINGS)) + ref;
}

std::uint32_t symbol_index::flags() const noexcept { return le32toh(header().flags); }
std::uint64_t symbol_index::generation() const noexcept { return le64toh(header().generation); }
std::uint32_t symbol_index::machine() const noexcept { return le32toh(header().machine); }
std::uint32_t symbol_index::module_size() const noexcept { return le32toh(header().module_size); }
std::uint32_t symbol_index::init_offset() const noexcept { return le32toh(header().init_offset); }
std::uint32_t symbol_index::exit_offset() const noexcept { return le32toh(header().exit_offset); }
std::uint32_t symbol_index::btf_types() const noexcept { return le32toh(header().btf_types); }
std::uint32_t symbol_index::btf_strings() const noexcept { return le32toh(header().btf_strings); }
std::string_view symbol_index::release() const noexcept { return string(le32toh(header().release)); }
std::string_view symbol_index::vermagic() const noexcept { return string(le32toh(header().vermagic)); }
bool symbol_index::has_values() const noexcept { return count(SYMBOL_INDEX_FORMAT_VALUES) != 0; }
bool symbol_index::has_imports() const noexcept { return !(flags() & SYMBOL_INDEX_FORMAT_SNAPSHOT); }
std::uint32_t symbol_index::nr_symbols() const noexcept { return count(SYMBOL_INDEX_FORMAT_SYMBOLS); }
std::uint32_t symbol_index::nr_modules() const noexcept { return count(SYMBOL_INDEX_FORMAT_MODULES); }
std::uint32_t symbol_index::nr_imports() const noexcept { return count(SYMBOL_INDEX_FORMAT_IMPORTS); }
std::uint32_t symbol_index::nr_slots() const noexcept { return count(SYMBOL_INDEX_FORMAT_SLOTS); }

std::string symbol_index::build_id() const
{
	return hex_bytes(header().build_id, le32toh(header().build_id_size));
}

symbol symbol_index::symbol_at(std::uint32_t pos) const noexcept
{
	const symbol_index_format_symbol &raw = raw_symbol(pos);
	const unsigned int flag_bits = le16toh(raw.flags);
	symbol sym;

	sym.name = name_at(pos);
	sym.name_space = string(le32toh(raw.name_space));
	sym.owner = le32toh(raw.owner);
	sym.gpl = flag_bits & SYMBOL_INDEX_FORMAT_SYMBOL_GPL;
	if (flag_bits & SYMBOL_INDEX_FORMAT_SYMBOL_CRC)
		sym.crc = le32toh(raw.crc);
	if (has_values())
		sym.value = le64toh(reinterpret_cast<const __le64 *>(
			section(SYMBOL_INDEX_FORMAT_VALUES))[pos]);
	return sym;
}

std::string_view symbol_index::name_at(std::uint32_t pos) const noexcept
{
	const symbol_index_format_symbol &raw = raw_symbol(pos);
	const auto *strings =
		reinterpret_cast<const char *>(section(SYMBOL_INDEX_FORMAT_STRINGS));

	return {strings + le32toh(raw.name), le16toh(raw.name_length)};
}

module_info symbol_index::module_at(std::uint32_t pos) const noexcept
{
	const symbol_index_format_module &raw = raw_module(pos);
	module_info mod;

	mod.name = string(le32toh(raw.name));
	mod.path = string(le32toh(raw.path));
	mod.license = string(le32toh(raw.license));
	mod.flags = le32toh(raw.flags);
	mod.first_import = le32toh(raw.first_import);
	mod.nr_imports = le32toh(raw.nr_imports);
	return mod;
}

std::uint32_t symbol_index::import_ref(std::uint32_t pos) const noexcept
{
	return le32toh(
		reinterpret_cast<const __le32 *>(section(SYMBOL_INDEX_FORMAT_IMPORTS))[pos]);
}

std::uint32_t symbol_index::name_ref(std::uint32_t pos) const noexcept
{
	return le32toh(raw_symbol(pos).name);
}

std::string_view symbol_index::import_at(std::uint32_t pos) const noexcept
{
	return string(import_ref(pos));
}

std::optional<std::uint32_t> symbol_index::find(std::string_view name) const noexcept
{
	const std::uint32_t mask = nr_slots() - 1;
	const std::uint32_t hash = name_hash(name);

	if (!nr_slots())
		return std::nullopt;
	for (std::uint32_t at = hash & mask;; at = (at + 1) & mask) {
		const std::uint32_t slot = slot_at(at);

		if (slot == 0)
			return std::nullopt;
		if (((slot ^ hash) & ~mask) == 0 && name_at((slot & mask) - 1) == name)
			return (slot & mask) - 1;
	}
}

symbol_range symbol_index::find_all(std::string_view name) const noexcept
{
	const auto first = find(name);
	symbol_range range;

	if (!first)
		return range;
	range = {*first, *first + 1};
	while (range.last < nr_symbols() && name_at(range.last) == name)
		range.last++;
	return range;
}

std::uint32_t symbol_index::lower_bound(std::string_view name) const noexcept
{
	std::uint32_t low = 0;
	std::uint32_t high = nr_symbols();

	while (low < high) {
		const std::uint32_t middle = low + (high - low) / 2;

		if (name_at(middle) < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

symbol_range symbol_index::prefix(std::string_view prefix) const noexcept
{
	symbol_range range;

	range.first = lower_bound(prefix);
	/* All names of a prefix are neighbours: search for the end alike. */
	std::uint32_t high = nr_symbols();
	range.last = range.first;
	while (range.last < high) {
		const std::uint32_t middle = range.last + (high - range.last) / 2;

		if (name_at(middle).substr(0, prefix.size()) == prefix)
			range.last = middle + 1;
		else
			high = middle;
	}
	return range;
}

std::optional<std::uint32_t> symbol_index::find_module(std::string_view name) const noexcept
{
	for (std::uint32_t pos = 0; pos < nr_modules(); pos++)
		if (module_at(pos).name == name)
			return pos;
	return std::nullopt;
}

} // namespace waymark::symidx
