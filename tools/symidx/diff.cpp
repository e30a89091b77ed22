// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx diff: what a kernel update means for modules. */
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "source.hpp"
#include "symidx/checker.hpp"
#include "symidx/module_set.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

struct diff_arguments {
	std::string from;
	std::string to;
	std::string root;
	std::vector<std::string> modules;
	bool summary = false;
};

struct change {
	std::string name;
	std::string owner;
	std::string what; /* empty: removed or added */
};

struct differences {
	std::vector<change> removed;
	std::vector<change> added;
	std::vector<change> changed;
};

/* A file where there is one of that name, else an installed kernel. */
symbol_index open_side(const std::string &root, const std::string &side)
{
	std::error_code ec;

	if (side.find('/') != side.npos || std::filesystem::is_regular_file(side, ec))
		return symbol_index::open(side);
	return open_release(root, side);
}

std::string_view owner_of(const symbol_index &idx, std::uint32_t pos)
{
	return idx.module_at(idx.symbol_at(pos).owner).name;
}

/* What a module that uses the symbol notices; empty: nothing. */
std::string describe(const symbol &a, const symbol &b, std::string_view owner_a,
		     std::string_view owner_b)
{
	std::string what;
	const auto add = [&](const std::string &text) {
		what += (what.empty() ? "" : "; ") + text;
	};

	if (a.crc && b.crc && *a.crc != *b.crc)
		add("version " + hex32(*a.crc) + " -> " + hex32(*b.crc));
	if (a.gpl != b.gpl)
		add(b.gpl ? "now for GPL-compatible modules only" : "now for any module");
	if (a.name_space != b.name_space)
		add("namespace " + (a.name_space.empty() ? "none" : std::string(a.name_space)) +
		    " -> " + (b.name_space.empty() ? "none" : std::string(b.name_space)));
	if (owner_a != owner_b)
		add("moved from " + std::string(owner_a) + " to " + std::string(owner_b));
	return what;
}

/* Both are in name order: one walk over the two. */
differences compare(const symbol_index &a, const symbol_index &b)
{
	differences out;
	std::uint32_t i = 0;
	std::uint32_t j = 0;

	while (i < a.nr_symbols() || j < b.nr_symbols()) {
		int order = i == a.nr_symbols() ? 1 : j == b.nr_symbols() ? -1 : 0;

		if (!order)
			order = a.name_at(i).compare(b.name_at(j));
		if (order < 0) {
			out.removed.push_back(
				{std::string(a.name_at(i)), std::string(owner_of(a, i)), ""});
			i++;
		} else if (order > 0) {
			out.added.push_back(
				{std::string(b.name_at(j)), std::string(owner_of(b, j)), ""});
			j++;
		} else {
			const std::string what = describe(a.symbol_at(i), b.symbol_at(j),
							  owner_of(a, i), owner_of(b, j));
			if (!what.empty())
				out.changed.push_back({std::string(b.name_at(j)),
						       std::string(owner_of(b, j)), what});
			i++;
			j++;
		}
	}
	return out;
}

json changes_json(const std::vector<change> &changes)
{
	json out = json::array();

	for (const change &c : changes) {
		json one{{"name", c.name}, {"owner", c.owner}};

		if (!c.what.empty())
			one["change"] = c.what;
		out.push_back(one);
	}
	return out;
}

struct module_outcome {
	std::string file;
	bool loads_before = false;
	verdict after;
};

/* Modules that load on @a and not on @b are what an update breaks. */
std::vector<module_outcome> judge(const diff_arguments &args, const symbol_index &a,
				  const symbol_index &b)
{
	module_set modules(args.modules, 0, module_detail::check, file_data::access::copy);
	checker before(a, {});
	checker after(b, {});
	std::vector<module_outcome> out;
	auto &results = modules.wait();

	for (std::size_t i = 0; i < results.size(); i++) {
		if (!results[i].problem.empty())
			throw error(args.modules[i], results[i].problem);
		before.offer(results[i].mod);
		after.offer(results[i].mod);
	}
	for (std::size_t i = 0; i < results.size(); i++)
		out.push_back({args.modules[i], before.check(results[i].mod).loads(),
			       after.check(results[i].mod)});
	return out;
}

void print_changes(const differences &d)
{
	table out({{""}, {"SYMBOL"}, {"OWNER"}, {"CHANGE"}});

	for (const change &c : d.removed)
		out.add({"-", c.name, c.owner, "removed"});
	for (const change &c : d.added)
		out.add({"+", c.name, c.owner, "added"});
	for (const change &c : d.changed)
		out.add({"~", c.name, c.owner, c.what});
	if (!d.removed.empty() || !d.added.empty() || !d.changed.empty())
		out.print(std::cout);
}

void print_outcome(const module_outcome &m)
{
	std::cout << printable(m.file) << ": "
		  << (m.after.loads() ? "will load"
		      : m.loads_before ? "breaks"
				       : "does not load on either")
		  << '\n';
	for (const problem &p : m.after.problems)
		std::cout << "  " << (p.symbol.empty() ? "" : printable(p.symbol) + ": ")
			  << printable(p.reason) << '\n';
}

void diff(const diff_arguments &args, const output_options &output)
{
	const symbol_index a = open_side(args.root, args.from);
	const symbol_index b = open_side(args.root, args.to);
	const differences d = compare(a, b);
	const auto outcomes = judge(args, a, b);
	bool broken = false;
	json modules = json::array();

	if (!output.as_json && !args.summary)
		print_changes(d);
	if (!output.as_json)
		std::cout << a.release() << " -> " << b.release() << ": " << d.removed.size()
			  << " removed, " << d.added.size() << " added, " << d.changed.size()
			  << " changed\n";
	for (const module_outcome &m : outcomes) {
		broken |= !m.after.loads();
		if (!output.as_json) {
			print_outcome(m);
			continue;
		}
		json problems = json::array();
		for (const problem &p : m.after.problems)
			problems.push_back({{"kind", p.kind}, {"symbol", p.symbol}, {"reason", p.reason}});
		modules.push_back({{"file", m.file},
				   {"loads_before", m.loads_before},
				   {"loads_after", m.after.loads()},
				   {"problems", problems}});
	}
	if (output.as_json)
		print_json({{"from", a.release()},
			    {"to", b.release()},
			    {"removed", changes_json(d.removed)},
			    {"added", changes_json(d.added)},
			    {"changed", changes_json(d.changed)},
			    {"modules", modules}},
			   output);
	/* Without modules a difference is an answer, not a problem. */
	if (broken)
		throw exit_with{status::failed};
}

} // namespace

void add_diff(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<diff_arguments>();
	CLI::App *command =
		app.add_subcommand("diff", "what a kernel update removes, adds and changes");

	command->add_option("FROM", args->from, "index file or installed kernel")->required();
	command->add_option("TO", args->to, "index file or installed kernel")->required();
	command->add_option("--root", args->root, "root of the file system that holds the kernels")
		->type_name("DIR");
	command->add_option("--module", args->modules, "say also whether this module breaks")
		->type_name("FILE");
	command->add_flag("--summary", args->summary, "do not list the symbols");
	command->callback([args, &output] { diff(*args, output); });
}

} // namespace waymark::symidx
