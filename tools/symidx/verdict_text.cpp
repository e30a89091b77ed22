// SPDX-License-Identifier: GPL-2.0-or-later
#include "verdict_text.hpp"

#include <iostream>

#include <nlohmann/json.hpp>

#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

json problem_json(const problem &p)
{
	json out{{"kind", p.kind}};

	if (!p.module.empty())
		out["module"] = p.module;
	if (!p.symbol.empty())
		out["symbol"] = p.symbol;
	out["reason"] = p.reason;
	if (!p.wanted.empty())
		out["module_has"] = p.wanted;
	if (!p.has.empty())
		out["kernel_has"] = p.has;
	out["remedy"] = p.remedy;
	return out;
}

void print_problem(const problem &p, const char *word)
{
	std::cout << "  " << word << ": ";
	if (!p.module.empty())
		std::cout << "needs " << printable(p.module) << ", which will not load: ";
	if (!p.symbol.empty())
		std::cout << printable(p.symbol) << ": ";
	std::cout << printable(p.reason) << '\n';
	if (!p.remedy.empty())
		std::cout << "    -> " << printable(p.remedy) << '\n';
}

} // namespace

json verdict_json(const std::string &file, const verdict &v)
{
	json problems = json::array();
	json warnings = json::array();

	for (const problem &p : v.problems)
		problems.push_back(problem_json(p));
	for (const problem &p : v.warnings)
		warnings.push_back(problem_json(p));
	return {{"file", file},           {"module", v.module},     {"loads", v.loads()},
		{"problems", problems}, {"warnings", warnings}, {"needs", v.needs}};
}

void print_verdict(const std::string &file, const verdict &v, bool quiet)
{
	if (v.loads() && quiet)
		return;
	std::cout << printable(file) << ": " << (v.loads() ? "will load" : "will not load");
	if (!v.problems.empty())
		std::cout << ", " << v.problems.size()
			  << (v.problems.size() == 1 ? " problem" : " problems");
	if (v.loads() && !v.needs.empty()) {
		const char *separator = ", after ";

		for (const std::string &module : v.needs) {
			std::cout << separator << printable(module);
			separator = " ";
		}
	}
	std::cout << '\n';
	for (const problem &p : v.problems)
		print_problem(p, "problem");
	for (const problem &p : v.warnings)
		print_problem(p, "warning");
}

} // namespace waymark::symidx
