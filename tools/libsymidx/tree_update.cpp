// SPDX-License-Identifier: LGPL-2.1-or-later
/* An index of yesterday and the modules that came, went or changed since. */
#include <sys/stat.h>

#include <algorithm>
#include <unordered_map>

#include "symidx/tree.hpp"
#include "tree_parts.hpp"

namespace waymark::symidx
{

namespace
{

bool is_before(const struct timespec &a, const struct timespec &b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

/* Of each owner in @idx, what was once read from its file. */
std::vector<writer_module> contents_of(const symbol_index &idx)
{
	std::vector<writer_module> all(idx.nr_modules());

	for (std::uint32_t pos = 0; pos < idx.nr_modules(); pos++) {
		const module_info mod = idx.module_at(pos);

		all[pos].name = mod.name;
		all[pos].path = mod.path;
		all[pos].license = mod.license;
		all[pos].flags = mod.flags;
		for (std::uint32_t i = 0; i < mod.nr_imports; i++)
			all[pos].imports.push_back(idx.import_at(mod.first_import + i));
	}
	for (std::uint32_t pos = 0; pos < idx.nr_symbols(); pos++) {
		const symbol sym = idx.symbol_at(pos);

		all[sym.owner].exports.push_back(sym);
	}
	return all;
}

/* What the kernel and its configuration said does not change with its modules. */
writer_input input_of(const symbol_index &idx)
{
	writer_input in;
	const std::string id = idx.build_id();

	in.release = idx.release();
	in.vermagic = idx.vermagic();
	for (std::size_t at = 0; at + 2 <= id.size(); at += 2)
		in.build_id.push_back(
			static_cast<unsigned char>(std::stoi(id.substr(at, 2), nullptr, 16)));
	in.machine = idx.machine();
	in.module_size = idx.module_size();
	in.init_offset = idx.init_offset();
	in.exit_offset = idx.exit_offset();
	in.btf_types = idx.btf_types();
	in.btf_strings = idx.btf_strings();
	in.flags = idx.flags();
	return in;
}

} // namespace

bool is_kernel_unchanged(const std::string &path, const build_options &options)
{
	struct stat index, image;

	if (::stat(path.c_str(), &index) < 0)
		return false;
	for (const std::string *file : {&options.image, &options.config})
		if (!file->empty() && (::stat(file->c_str(), &image) < 0 ||
				       !is_before(image.st_ctim, index.st_mtim)))
			return false;
	return true;
}

build_result update_index(const symbol_index &old, const std::string &path,
			  const build_options &options)
{
	const std::vector<std::string> files = find_modules(options.modules);
	const std::vector<std::string> behind = files_behind(options, files);
	const std::vector<writer_module> known = contents_of(old);
	std::unordered_map<std::string_view, const writer_module *> by_path;
	std::vector<tree_module> modules(files.size());
	std::vector<std::string> changed;
	std::vector<std::size_t> places;
	build_result out;
	writer_input in = input_of(old);
	struct stat index, file;

	if (::stat(path.c_str(), &index) < 0)
		throw error::from_errno(path, errno);
	for (std::size_t pos = 1; pos < known.size(); pos++)
		by_path.emplace(known[pos].path, &known[pos]);
	for (std::size_t i = 0; i < files.size(); i++) {
		const auto it = by_path.find(std::string_view(files[i]).substr(options.modules.size() + 1));

		/* Also what was put in the place of another file, with an old date. */
		if (it != by_path.end() && ::stat(behind[i].c_str(), &file) == 0 &&
		    is_before(file.st_ctim, index.st_mtim)) {
			modules[i].known = it->second;
			continue;
		}
		changed.push_back(behind[i]);
		places.push_back(i);
	}
	module_set set(changed, options.threads, module_detail::index, file_data::access::map);
	const auto &results = set.wait();

	for (std::size_t i = 0; i < results.size(); i++)
		modules[places[i]].read = &results[i];
	out.read = changed.size();
	in.modules.push_back(known[0]);
	add_modules(options, files, modules, in, out);
	write_what_fits(options, in, out);
	return out;
}

} // namespace waymark::symidx
