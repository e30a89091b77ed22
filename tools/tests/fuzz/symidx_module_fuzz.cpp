// SPDX-License-Identifier: GPL-2.0-or-later
/* Hostile modules, kernel images and Module.symvers. */
#include <algorithm>

#include "module_builder.hpp"
#include "sample_index.hpp"
#include "symidx/checker.hpp"
#include "symidx/kernel_image.hpp"
#include "symidx/symvers.hpp"

using namespace waymark::symidx;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size, std::size_t max_size);

namespace
{

std::vector<unsigned char> seed_module(unsigned int seed)
{
	sample::module_builder probe;

	probe.layout_crc = 5;
	probe.module_size = 8;
	probe.needs("printk", 0x11111111).needs("maybe", std::nullopt, true);
	probe.needs("alpha_open", 0x66666666).info("import_ns", "ALPHA");
	probe.exports("probe_open", 0xaaaa, true, "PROBE").exports("shared", 0xbbbb);
	if (seed & 8)
		probe.elf_type = 2;
	return probe.bytes();
}

template <typename F>
void attempt(F run)
{
	try {
		run();
	} catch (const waymark::error &) {
		/* refused: fine */
	}
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size,
					       std::size_t max_size, unsigned int seed)
{
	if (size < 64) {
		const auto good = seed_module(seed);

		if (good.size() <= max_size) {
			std::copy(good.begin(), good.end(), data);
			size = good.size();
		}
	}
	return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	static const auto bytes = sample::bytes();
	static const symbol_index idx =
		symbol_index::from_memory(bytes.data(), bytes.size(), "sample");

	attempt([&] {
		const module_file mod =
			read_module({data, size}, "fuzz", "fuzz", module_detail::check);
		checker judge(idx, {});
		judge.offer(mod);
		judge.check(mod);
	});
	attempt([&] { parse_kernel_image({data, size}, "fuzz"); });
	attempt([&] { parse_symvers({reinterpret_cast<const char *>(data), size}, "fuzz"); });
	return 0;
}
