// SPDX-License-Identifier: GPL-2.0-or-later
#include "installed.hpp"

#include <fstream>

#include "symidx/root.hpp"

namespace waymark::symidx
{

installed_modules::installed_modules(const std::string &root, const symbol_index &idx)
	: root_(root), folder_("/lib/modules/" + std::string(idx.release()) + "/"), rules_(rules_of(idx))
{
	/* The first is the kernel itself. */
	for (std::uint32_t pos = 1; pos < idx.nr_modules(); pos++) {
		const module_info mod = idx.module_at(pos);
		const std::string name(mod.name);

		all_.insert(name);
		if (mod.flags & SYMBOL_INDEX_FORMAT_MODULE_OUT_OF_TREE)
			paths_[name] = path_in_root(root_, folder_ + std::string(mod.path));
	}
}

std::vector<std::string> installed_modules::foreign() const
{
	std::vector<std::string> names;

	for (const auto &[name, path] : paths_)
		names.push_back(name);
	return names;
}

std::string installed_modules::path_of(const std::string &name) const
{
	const auto it = paths_.find(name);

	return it == paths_.end() ? std::string() : it->second;
}

void installed_modules::read()
{
	std::vector<std::string> files;

	for (const auto &[name, path] : paths_)
		files.push_back(path);
	set_ = std::make_unique<module_set>(files, 0, module_detail::check, file_data::access::copy,
					    rules_);
	const auto &results = set_->wait();
	std::size_t at = 0;

	for (const auto &[name, path] : paths_)
		read_[name] = &results[at++];
}

const module_file *installed_modules::find(std::string_view name)
{
	if (!paths_.count(std::string(name)))
		return nullptr;
	if (!set_)
		read();
	const auto it = read_.find(name);

	return it == read_.end() || !it->second->problem.empty() ? nullptr : &it->second->mod;
}

std::string installed_modules::problem_of(const std::string &name)
{
	if (!set_)
		read();
	const auto it = read_.find(name);

	return it == read_.end() ? std::string() : it->second->problem;
}

std::set<std::string> built_in_modules(const std::string &root, std::string_view release)
{
	std::ifstream in(path_in_root(root, "/lib/modules/" + std::string(release) + "/modules.builtin"));
	std::set<std::string> names;
	std::string line;

	while (std::getline(in, line))
		names.insert(module_name_of(line));
	return names;
}

} // namespace waymark::symidx
