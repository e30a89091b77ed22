// SPDX-License-Identifier: GPL-2.0-or-later
#include "check_files.hpp"

#include <filesystem>

#include "symidx/module_file.hpp"
#include "symidx/root.hpp"
#include "symidx/tree.hpp"
#include "waymark/error.hpp"

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

/* Empty if there is none of that name. */
std::string installed_file(const std::string &word, const symbol_index &idx, const std::string &root)
{
	const std::string name = module_name_of(word);

	/* The first is the kernel itself. */
	for (std::uint32_t pos = 1; pos < idx.nr_modules(); pos++)
		if (const module_info mod = idx.module_at(pos); mod.name == name)
			return path_in_root(root, "/lib/modules/" + std::string(idx.release()) +
							  "/" + std::string(mod.path));
	return {};
}

} // namespace

std::vector<std::string> files_to_check(const std::vector<std::string> &words, const symbol_index &idx,
					const std::string *root)
{
	std::vector<std::string> files;
	std::error_code ec;

	for (const std::string &word : words) {
		if (fs::is_directory(word, ec)) {
			const std::vector<std::string> found = find_modules(word);

			if (found.empty())
				throw error(word, "there is no module in that folder");
			files.insert(files.end(), found.begin(), found.end());
			continue;
		}
		const bool may_be_name = word.find('/') == word.npos && !fs::exists(word, ec);
		const std::string installed =
			may_be_name && root ? installed_file(word, idx, *root) : "";

		files.push_back(installed.empty() ? word : installed);
	}
	return files;
}

} // namespace waymark::symidx
