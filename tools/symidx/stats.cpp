// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx stats: how large, how old, how costly. */
#include <iostream>

#include <linux/symbol_index.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "source.hpp"
#include "waymark/fd.hpp"
#include "waymark/hex.hpp"
#include "waymark/ioctl.hpp"

namespace waymark::symidx
{

namespace
{

json live_stats()
{
	const fd device = open_running_device();
	symbol_index_info info{};

	call_ioctl(device, SYMBOL_INDEX_IOC_INFO, info, device_path);
	return {
		{"source", device_path},
		{"release", running_release()},
		{"build_id", hex_bytes(info.build_id, std::min<std::size_t>(info.build_id_size,
									    sizeof(info.build_id)))},
		{"generation", info.generation},
		{"kernel_symbols", info.kernel_symbols},
		{"module_symbols", info.module_symbols},
		{"owners", info.owners},
		{"unindexed", info.unindexed},
		{"crc", (info.capabilities & SYMBOL_INDEX_CAP_CRC) != 0},
		{"origin", info.origin == SYMBOL_INDEX_ORIGIN_ADOPTED ? "adopted" : "sorted"},
		{"memory", info.memory},
		{"build_ns", info.build_ns},
		{"updates", info.updates},
		{"update_symbols", info.update_symbols},
		{"update_ns", info.update_ns},
		{"update_max_ns", info.update_max_ns},
	};
}

json file_stats(const symbol_index &idx)
{
	std::uint32_t gpl = 0;
	std::uint32_t kernel = 0;
	std::uint32_t with_namespace = 0;

	for (std::uint32_t pos = 0; pos < idx.nr_symbols(); pos++) {
		const symbol sym = idx.symbol_at(pos);

		gpl += sym.gpl;
		kernel += sym.owner == 0;
		with_namespace += !sym.name_space.empty();
	}
	return {
		{"source", idx.object()},
		{"release", idx.release()},
		{"build_id", idx.build_id()},
		{"vermagic", idx.vermagic()},
		{"kernel_symbols", kernel},
		{"module_symbols", idx.nr_symbols() - kernel},
		{"gpl_symbols", gpl},
		{"namespace_symbols", with_namespace},
		{"modules", idx.nr_modules() - 1},
		{"imports", idx.nr_imports()},
		{"crc", (idx.flags() & SYMBOL_INDEX_FORMAT_MODVERSIONS) != 0},
		{"bytes", idx.size()},
		{"slots", idx.nr_slots()},
	};
}

void stats(const source_options &source, const output_options &output)
{
	const json all = source.is_running_kernel() ? live_stats() : file_stats(source.open_file());

	if (output.as_json) {
		print_json(all, output);
		return;
	}
	for (const auto &[key, value] : all.items())
		std::cout << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump())
			  << '\n';
}

} // namespace

void add_stats(CLI::App &app, output_options &output)
{
	auto source = std::make_shared<source_options>();
	CLI::App *command = app.add_subcommand(
		"stats", "figures of the running kernel's index, or of an index file");

	source->add_to(*command);
	command->callback([source, &output] { stats(*source, output); });
}

} // namespace waymark::symidx
