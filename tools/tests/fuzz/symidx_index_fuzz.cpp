// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hostile index files: whatever opens must be safe to search. Most inputs get
 * a right checksum, or nothing behind it would ever be reached.
 */
#include <endian.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "sample_index.hpp"

using namespace waymark::symidx;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size,
					       std::size_t max_size, unsigned int seed)
{
	static const std::vector<unsigned char> good = sample::bytes();

	if (size < 256 && good.size() <= max_size) {
		std::copy(good.begin(), good.end(), data);
		size = good.size();
	}
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 8 && size >= 256) {
		const std::uint64_t bytes = htole64(size);
		std::memcpy(data + offsetof(symbol_index_format_header, size), &bytes,
			    sizeof(bytes));
		const auto sealed = sample::resealed({data, data + size});
		std::copy(sealed.begin(), sealed.end(), data);
	}
	return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	try {
		const symbol_index idx = symbol_index::from_memory(data, size, "fuzz");

		for (std::uint32_t pos = 0; pos < idx.nr_symbols(); pos++) {
			const symbol sym = idx.symbol_at(pos);
			const symbol_range range = idx.find_all(sym.name);

			/* What opened is right: every symbol is found where it is. */
			if (pos < range.first || pos >= range.last)
				std::abort();
			if (idx.lower_bound(sym.name) != range.first)
				std::abort();
			if (idx.module_at(sym.owner).name.size() > size)
				std::abort();
		}
		for (std::uint32_t pos = 0; pos < idx.nr_modules(); pos++) {
			const module_info mod = idx.module_at(pos);
			for (std::uint32_t i = 0; i < mod.nr_imports; i++)
				idx.find(idx.import_at(mod.first_import + i));
		}
		idx.find("no such symbol");
		idx.prefix("a");
		idx.build_id();
		idx.find_module("beta");
	} catch (const waymark::error &) {
		/* refused: fine */
	}
	return 0;
}
