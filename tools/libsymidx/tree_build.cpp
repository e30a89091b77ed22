// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the files of a kernel to its index. */
#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>

#include "module_choice.hpp"
#include "symidx/device.hpp"
#include "symidx/file_data.hpp"
#include "symidx/kernel_image.hpp"
#include "symidx/module_set.hpp"
#include "symidx/symvers.hpp"
#include "symidx/tree.hpp"
#include "symidx/writer.hpp"

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

/* Sorted: the index depends on nothing else. */
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

/* The most frequent of what the modules say; those of the kernel's tree count. */
template <typename T, typename F>
T consensus(const std::vector<read_module_result> &results, F field)
{
	std::map<T, std::size_t> votes;
	T best{};
	std::size_t most = 0;

	for (const read_module_result &one : results)
		if (one.problem.empty())
			votes[field(one.mod)] += one.mod.in_tree ? 100000 : 1;
	for (const auto &[value, count] : votes)
		if (count > most) {
			most = count;
			best = value;
		}
	return best;
}

/* Flags for the options that the module loader obeys. */
std::uint32_t config_flags(const std::string &path)
{
	std::ifstream in(path);
	const std::string text = "\n" + std::string(std::istreambuf_iterator<char>(in), {});
	std::uint32_t flags = SYMBOL_INDEX_FORMAT_CONFIG;
	const auto is_set = [&](const char *option) {
		return text.find("\n" + std::string(option) + "=y\n") != text.npos;
	};

	if (path.empty() || text.size() < 2)
		return 0;
	if (is_set("CONFIG_MODULE_SIG_FORCE"))
		flags |= SYMBOL_INDEX_FORMAT_SIG_FORCE;
	if (is_set("CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"))
		flags |= SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE;
	if (is_set("CONFIG_MODULE_FORCE_LOAD"))
		flags |= SYMBOL_INDEX_FORMAT_FORCE_LOAD;
	return flags;
}

bool is_running(const std::string &release)
{
	struct utsname names;

	return ::uname(&names) == 0 && release == names.release;
}

/* The running kernel knows all that its image would tell. */
kernel_image ask_running_kernel(text_arena &arena)
{
	kernel_image image;

	for (const running_export &one : list_running("vmlinux", arena)) {
		image.exports.push_back(one.sym);
		image.exports.back().value.reset();
	}
	image.build_id = running_build_id();
	image.has_exports = true;
	return image;
}

kernel_image load_image(const build_options &options, text_arena &arena)
{
	if (options.prefer_symvers && !options.build_id.empty())
		return {};
	if (options.prefer_symvers && !options.image.empty())
		return read_kernel_identity(options.image);
	/* With a build id and Module.symvers, an image of an unknown kind is not needed. */
	try {
		if (!options.image.empty())
			return read_kernel_image(options.image);
	} catch (const error &) {
		if (options.build_id.empty() || options.symvers.empty())
			throw;
		return {};
	}
	if (options.may_ask_kernel && is_running(options.release))
		return ask_running_kernel(arena);
	if (options.build_id.empty())
		throw error(options.release, "no kernel image found, and so no build id: give "
					     "--image FILE or --build-id HEX");
	return {};
}

/* The exports of vmlinux from Module.symvers, where the image does not tell. */
std::vector<symbol> exports_of_symvers(const build_options &options, std::string_view text)
{
	std::vector<symbol> exports;
	bool versions = false;

	for (const symvers_export &line : parse_symvers(text, options.symvers))
		if (line.module == "vmlinux") {
			exports.push_back(line.sym);
			versions |= line.sym.crc != 0u;
		}
	if (!versions)
		for (symbol &sym : exports)
			sym.crc.reset();
	return exports;
}

bool has_crcs(const std::vector<symbol> &exports)
{
	return std::any_of(exports.begin(), exports.end(),
			   [](const symbol &sym) { return sym.crc.has_value(); });
}

/* What vmlinux exports, from @symvers unless the image tells it and may; views into either. */
writer_module kernel_entry(const build_options &options, kernel_image &image,
			   std::unique_ptr<file_data> &symvers)
{
	writer_module out;

	out.name = "vmlinux";
	out.license = "GPL";
	out.flags = SYMBOL_INDEX_FORMAT_MODULE_GPL;
	if (image.has_exports && !options.prefer_symvers) {
		out.exports = std::move(image.exports);
		return out;
	}
	if (options.symvers.empty())
		throw error(options.release,
			    "the image does not tell what the kernel exports: install its "
			    "headers (for Module.symvers) or give --symvers FILE");
	symvers = std::make_unique<file_data>(options.symvers, file_data::access::copy);
	out.exports = exports_of_symvers(options,
					 {reinterpret_cast<const char *>(symvers->bytes().data()),
					  symvers->bytes().size()});
	return out;
}

/* Those that are for this machine, of each name the one that is taken. */
void add_modules(const build_options &options, const std::vector<std::string> &files,
		 const std::vector<read_module_result> &results, writer_input &in, build_result &out)
{
	std::vector<std::string_view> paths;

	for (const std::string &path : files)
		paths.push_back(path_below(options.modules, path));
	const std::vector<std::size_t> chosen = choose_modules(
		options.order.empty() ? listed_in_dep(options.modules + "/modules.dep")
				      : listed_in_order(options.order),
		paths);

	for (std::size_t i = 0; i < results.size(); i++) {
		std::string problem = results[i].problem;

		if (chosen[i] != i) {
			out.replaced.emplace_back(files[i], files[chosen[i]]);
			continue;
		}
		if (problem.empty() && results[i].mod.machine != in.machine)
			problem = "a module for " + machine_name(results[i].mod.machine);
		if (!problem.empty()) {
			out.skipped.push_back(files[i] + ": " + problem);
			continue;
		}
		out.modules++;
		in.modules.push_back(entry_of(results[i].mod, paths[i]));
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

} // namespace

build_result build_index(const build_options &options)
{
	text_arena arena;
	/* First and by itself: unpacking an image takes longer than all modules together. */
	std::future<kernel_image> loading = std::async(std::launch::async, [&options, &arena] {
		return load_image(options, arena);
	});
	module_set modules(find_modules(options.modules), options.threads, module_detail::index,
			   file_data::access::map);
	kernel_image image = loading.get();
	std::unique_ptr<file_data> symvers;
	writer_input in;
	build_result out;

	in.release = options.release;
	in.build_id = options.build_id.empty() ? image.build_id : options.build_id;
	if (in.build_id.empty())
		throw error(options.image, "has no build id");
	in.modules.push_back(kernel_entry(options, image, symvers));
	in.flags = config_flags(options.config);
	if (has_crcs(in.modules[0].exports))
		in.flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;

	auto &results = modules.wait();

	in.vermagic = consensus<std::string_view>(results, [](auto &mod) { return mod.vermagic; });
	in.module_size = consensus<std::uint32_t>(results, [](auto &mod) { return mod.module_size; });
	in.machine = image.machine;
	if (!in.machine)
		in.machine = consensus<std::uint32_t>(results, [](auto &mod) { return mod.machine; });
	add_modules(options, modules.paths(), results, in, out);
	write_what_fits(options, in, out);
	return out;
}

} // namespace waymark::symidx
