// SPDX-License-Identifier: LGPL-2.1-or-later
#include "module_choice.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "symidx/module_file.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::string_view updates = "updates/";

/* The files that depmod chose: what stands before the colon in a line of modules.dep. */
std::unordered_set<std::string> chosen_by_depmod(const std::string &folder)
{
	std::ifstream in(folder + "/modules.dep");
	std::unordered_set<std::string> paths;
	std::string line;

	while (std::getline(in, line))
		paths.insert(line.substr(0, line.find(':')));
	return paths;
}

bool is_update(std::string_view path)
{
	return path.substr(0, updates.size()) == updates;
}

/* Which of two files of one name is taken; @listed are those in modules.dep. */
bool goes_before(std::string_view a, std::string_view b,
		 const std::unordered_set<std::string> &listed)
{
	const bool a_listed = listed.count(std::string(a)), b_listed = listed.count(std::string(b));

	if (a_listed != b_listed)
		return a_listed;
	if (is_update(a) != is_update(b))
		return is_update(a);
	return a < b;
}

} // namespace

std::vector<std::size_t> choose_modules(const std::string &folder,
					const std::vector<std::string_view> &paths)
{
	std::unordered_map<std::string, std::size_t> by_name;
	std::unordered_set<std::string> listed;
	std::vector<std::size_t> chosen(paths.size());
	bool have_listed = false;

	for (std::size_t i = 0; i < paths.size(); i++) {
		const auto [it, is_new] = by_name.emplace(module_name_of(paths[i]), i);

		if (is_new)
			continue;
		/* Hardly ever needed, and long. */
		if (!have_listed)
			listed = chosen_by_depmod(folder);
		have_listed = true;
		if (goes_before(paths[i], paths[it->second], listed))
			it->second = i;
	}
	for (std::size_t i = 0; i < paths.size(); i++)
		chosen[i] = by_name.at(module_name_of(paths[i]));
	return chosen;
}

} // namespace waymark::symidx
