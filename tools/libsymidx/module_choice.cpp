// SPDX-License-Identifier: LGPL-2.1-or-later
#include "module_choice.hpp"

#include <fstream>
#include <string>
#include <unordered_map>

#include "symidx/module_file.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::string_view updates = "updates/";

bool is_update(std::string_view path)
{
	return path.substr(0, updates.size()) == updates;
}

/* Which of two files of one name is taken; @listed are those in modules.dep. */
bool goes_before(std::string_view a, std::string_view b,
		 const module_list &listed)
{
	const bool a_listed = listed.count(std::string(a)), b_listed = listed.count(std::string(b));

	if (a_listed != b_listed)
		return a_listed;
	if (is_update(a) != is_update(b))
		return is_update(a);
	return a < b;
}

} // namespace

module_list listed_in_dep(const std::string &path)
{
	std::ifstream in(path);
	module_list paths;
	std::string line;

	while (std::getline(in, line))
		paths.insert(line.substr(0, line.find(':')));
	return paths;
}

module_list listed_in_order(const std::string &path)
{
	std::ifstream in(path);
	module_list paths;
	std::string line;

	/* Since 6.3 with the objects that modules are linked from. */
	while (std::getline(in, line))
		paths.insert(line.substr(0, line.rfind('.')) + ".ko");
	return paths;
}

std::vector<std::size_t> choose_modules(const module_list &listed,
					const std::vector<std::string_view> &paths)
{
	std::unordered_map<std::string, std::size_t> by_name;
	std::vector<const std::size_t *> taken; /* in by_name, whose elements stay in place */
	std::vector<std::size_t> chosen;

	for (std::size_t i = 0; i < paths.size(); i++) {
		const auto [it, is_new] = by_name.emplace(module_name_of(paths[i]), i);

		if (!is_new && goes_before(paths[i], paths[it->second], listed))
			it->second = i;
		taken.push_back(&it->second);
	}
	for (const std::size_t *one : taken)
		chosen.push_back(*one);
	return chosen;
}

} // namespace waymark::symidx
