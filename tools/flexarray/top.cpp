// SPDX-License-Identifier: GPL-2.0-or-later
/* flexarray top: the largest arrays and how they change, in rounds. */
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "device.hpp"
#include "waymark/table.hpp"

namespace flexarray
{

namespace
{

struct options {
	double interval = 2;
	unsigned int rounds = 0;
	unsigned int lines = 20;
};

std::string change_text(std::int64_t change)
{
	if (!change)
		return "";
	return (change > 0 ? "+" : "-") + bytes_text(change > 0 ? change : -change);
}

/* Bytes held by each array, as of the round before. */
using memory = std::map<std::uint64_t, std::uint64_t>;

std::int64_t change_of(const flex_array_info &info, const memory &before)
{
	const auto it = before.find(info.id);

	return std::int64_t(info.bytes) - (it == before.end() ? 0 : std::int64_t(it->second));
}

void print(const std::vector<flex_array_info> &arrays, const memory &before, std::size_t lines)
{
	using waymark::table;
	table out({{"HELD", table::align::right},
		   {"CHANGE", table::align::right},
		   {"PARTS", table::align::right},
		   {"ID", table::align::right},
		   {"OWNER"},
		   {"CREATOR"}});
	std::uint64_t sum = 0;

	for (const flex_array_info &info : arrays) {
		sum += info.bytes;
		if (lines == 0)
			continue;
		lines--;
		out.add({bytes_text(info.bytes),
			 before.empty() ? "" : change_text(change_of(info, before)),
			 std::to_string(info.parts), std::to_string(info.id), owner_of(info),
			 creator_of(info)});
	}
	if (::isatty(STDOUT_FILENO))
		std::cout << "\033[H\033[J";
	std::cout << arrays.size() << " arrays hold " << bytes_text(sum) << "\n\n";
	out.print(std::cout);
	std::cout << std::flush;
}

void print_json(const std::vector<flex_array_info> &arrays, const memory &before,
		std::size_t lines, const waymark::output_options &output)
{
	waymark::json all = waymark::json::array();
	std::uint64_t sum = 0;

	for (const flex_array_info &info : arrays) {
		waymark::json one = to_json(info);

		sum += info.bytes;
		if (all.size() == lines)
			continue;
		one["change"] = before.empty() ? 0 : change_of(info, before);
		all.push_back(one);
	}
	waymark::print_json({{"count", arrays.size()}, {"bytes", sum}, {"arrays", all}}, output);
	std::cout << std::flush;
}

void run(const options &opts, const waymark::output_options &output)
{
	const device dev;
	memory before;

	for (unsigned int round = 1;; round++) {
		std::vector<flex_array_info> arrays = dev.list();

		std::stable_sort(arrays.begin(), arrays.end(),
				 [](const flex_array_info &a, const flex_array_info &b) {
					 return a.bytes > b.bytes;
				 });
		if (output.as_json)
			print_json(arrays, before, opts.lines, output);
		else
			print(arrays, before, opts.lines);
		if (round == opts.rounds || !std::cout)
			return;
		before.clear();
		for (const flex_array_info &info : arrays)
			before[info.id] = info.bytes;
		std::this_thread::sleep_for(std::chrono::duration<double>(opts.interval));
	}
}

} // namespace

void add_top(CLI::App &app, waymark::output_options &output)
{
	CLI::App *top = app.add_subcommand("top", "show the largest arrays and how they change, in rounds");
	auto opts = std::make_shared<options>();

	top->add_option("-i,--interval", opts->interval, "seconds between two rounds")
		->check(CLI::Range(0.1, 86400.0));
	top->add_option("-n,--rounds", opts->rounds, "stop after this many rounds; 0: never");
	top->add_option("-l,--lines", opts->lines, "number of arrays shown");
	top->callback([&output, opts] { run(*opts, output); });
}

} // namespace flexarray
