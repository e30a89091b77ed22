// SPDX-License-Identifier: LGPL-2.1-or-later
/* The steps that building an index anew and updating one have in common. */
#include "tree_parts.hpp"

#include <algorithm>
#include <filesystem>

#include "module_choice.hpp"
#include "symidx/root.hpp"

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

bool is_module_file(const std::string &name)
{
	const std::size_t dot = name.rfind(".ko");

	if (dot == name.npos)
		return false;
	const std::string_view rest = std::string_view(name).substr(dot + 3);
	return rest.empty() || rest == ".xz" || rest == ".zst" || rest == ".gz";
}

/* What find_modules() found in @folder, without that; a folder may end in a slash. */
std::string_view path_below(const std::string &folder, std::string_view path)
{
	return path.substr(folder.size() + (folder.back() == '/' ? 0 : 1));
}

writer_module entry_of(const module_file &file, std::string_view path)
{
	writer_module out;

	out.name = file.name;
	out.path = path;
	out.license = file.license;
	if (license_is_gpl_compatible(file.license))
		out.flags |= SYMBOL_INDEX_FORMAT_MODULE_GPL;
	if (file.is_signed)
		out.flags |= SYMBOL_INDEX_FORMAT_MODULE_SIGNED;
	if (!file.in_tree)
		out.flags |= SYMBOL_INDEX_FORMAT_MODULE_OUT_OF_TREE;
	out.exports = file.exports;
	out.imports.reserve(file.imports.size());
	for (const module_import &need : file.imports)
		out.imports.push_back(need.name);
	return out;
}

} // namespace

std::vector<std::string> find_modules(const std::string &folder)
{
	std::vector<std::string> paths;
	std::error_code ec;
	const auto options = fs::directory_options::skip_permission_denied;
	auto walk = fs::recursive_directory_iterator(folder, options, ec);

	if (ec)
		throw error(folder, ec.message());
	/* Links to folders (build, source) are not followed. */
	while (walk != fs::recursive_directory_iterator()) {
		if (is_module_file(walk->path().filename()))
			paths.push_back(walk->path());
		walk.increment(ec);
		if (ec)
			throw error(folder, ec.message());
	}
	std::sort(paths.begin(), paths.end());
	return paths;
}

std::vector<std::string> files_behind(const build_options &options, std::vector<std::string> files)
{
	if (!options.root.empty())
		for (std::string &file : files)
			file = path_in_root(options.root, file.substr(options.root.size()));
	return files;
}

/* Those that are for this machine, of each name the one that is taken. */
void add_modules(const build_options &options, const std::vector<std::string> &files,
		 const std::vector<tree_module> &modules, writer_input &in, build_result &out)
{
	std::vector<std::string_view> paths;

	for (const std::string &path : files)
		paths.push_back(path_below(options.modules, path));
	const std::vector<std::size_t> chosen = choose_modules(
		options.order.empty() ? listed_in_dep(options.modules + "/modules.dep")
				      : listed_in_order(options.order),
		paths);

	for (std::size_t i = 0; i < modules.size(); i++) {
		const read_module_result *read = modules[i].read;
		std::string problem = read ? read->problem : std::string();

		if (chosen[i] != i) {
			out.replaced.emplace_back(files[i], files[chosen[i]]);
			continue;
		}
		if (read && problem.empty() && read->mod.machine != in.machine)
			problem = "a module for " + machine_name(read->mod.machine);
		if (!problem.empty()) {
			out.skipped.push_back(files[i] + ": " + problem);
			continue;
		}
		out.modules++;
		in.modules.push_back(read ? entry_of(read->mod, paths[i]) : *modules[i].known);
	}
}

/* What one module exports shall not cost the others their index. */
void write_what_fits(const build_options &options, writer_input &in, build_result &out)
{
	while (out.bytes.empty()) {
		try {
			out.bytes = write_index(in);
		} catch (const names_collide &e) {
			out.skipped.push_back(options.modules + "/" +
					      std::string(in.modules[e.module].path) +
					      ": exports names that collide in the hash table");
			in.modules.erase(in.modules.begin() + static_cast<std::ptrdiff_t>(e.module));
			out.modules--;
		}
	}
}

} // namespace waymark::symidx
