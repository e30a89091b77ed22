// SPDX-License-Identifier: GPL-2.0-or-later
/* flexarray list: one line for each array. */
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

void print(const std::vector<flex_array_info> &arrays)
{
	using waymark::table;
	table out({{"ID", table::align::right},
		   {"OWNER"},
		   {"CREATOR"},
		   {"SIZE", table::align::right},
		   {"TOTAL", table::align::right},
		   {"PARTS", table::align::right},
		   {"HELD", table::align::right},
		   {"DEPTH", table::align::right}});

	for (const flex_array_info &info : arrays)
		out.add({std::to_string(info.id), owner_of(info), creator_of(info),
			 std::to_string(info.element_size), std::to_string(info.total),
			 std::to_string(info.parts), bytes_text(info.bytes),
			 std::to_string(info.depth)});
	out.print(std::cout);
}

} // namespace

void add_list(CLI::App &app, waymark::output_options &output)
{
	CLI::App *list = app.add_subcommand("list", "list the live arrays");
	auto owner = std::make_shared<std::string>();

	list->add_option("-o,--owner", *owner, "list only arrays of this module");
	list->callback([&output, owner] {
		std::vector<flex_array_info> arrays;
		waymark::json all = waymark::json::array();

		for (const flex_array_info &info : device().list())
			if (owner->empty() || owner_of(info) == *owner)
				arrays.push_back(info);
		if (!output.as_json)
			return print(arrays);
		for (const flex_array_info &info : arrays)
			all.push_back(to_json(info));
		waymark::print_json({{"arrays", all}}, output);
	});
}

} // namespace flexarray
