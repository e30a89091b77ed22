// SPDX-License-Identifier: GPL-2.0-or-later
/* flexarray show: everything about some arrays. */
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "device.hpp"
#include "waymark/table.hpp"

namespace flexarray
{

namespace
{

void print(const flex_array_info &info)
{
	const std::uint64_t payload = std::uint64_t(info.total) * info.element_size;

	std::cout << "array " << info.id << '\n'
		  << "  owner:              " << waymark::printable(owner_of(info)) << '\n'
		  << "  creator:            " << waymark::printable(creator_of(info)) << '\n'
		  << "  elements:           " << info.total << " of " << info.element_size
		  << " bytes (" << bytes_text(payload) << " in all)\n"
		  << "  elements per part:  " << info.elements_per_part << '\n'
		  << "  parts:              " << info.parts
		  << (info.attributes & FLEX_ARRAY_ATTR_RESIDENT ? ", and the base" : "") << '\n'
		  << "  nodes:              " << info.nodes << " in " << info.depth << " levels\n"
		  << "  memory held:        " << info.bytes << " bytes\n"
		  << "  made by:            "
		  << (info.attributes & FLEX_ARRAY_ATTR_ALLOCATED ? "flex_array_alloc()"
								 : "definition")
		  << '\n';
}

} // namespace

void add_show(CLI::App &app, waymark::output_options &output)
{
	CLI::App *show = app.add_subcommand("show", "show everything about some arrays");
	auto ids = std::make_shared<std::vector<std::uint64_t>>();

	show->add_option("ID", *ids, "which arrays")->required();
	show->callback([&output, ids] {
		const device dev;
		waymark::json all = waymark::json::array();
		bool missing = false;

		for (const std::uint64_t id : *ids) {
			const auto info = dev.info(id);

			if (!info) {
				std::cerr << "flexarray: " << id << ": no such array\n";
				missing = true;
			} else if (output.as_json) {
				all.push_back(to_json(*info));
			} else {
				print(*info);
			}
		}
		if (output.as_json)
			waymark::print_json({{"arrays", all}}, output);
		if (missing)
			throw waymark::exit_with{waymark::status::failed};
	});
}

} // namespace flexarray
