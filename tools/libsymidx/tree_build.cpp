// SPDX-License-Identifier: LGPL-2.1-or-later
/* From the files of a kernel to its index. */
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <optional>

#include "symidx/device.hpp"
#include "symidx/file_data.hpp"
#include "symidx/kernel_image.hpp"
#include "symidx/module_set.hpp"
#include "symidx/symvers.hpp"
#include "symidx/tree.hpp"
#include "symidx/writer.hpp"
#include "tree_parts.hpp"

namespace waymark::symidx
{

namespace
{

/* The most frequent of what the modules say; those of the kernel's tree count. @silent says nothing. */
template <typename T, typename F>
T consensus(const std::vector<read_module_result> &results, F field, std::optional<T> silent = {})
{
	std::map<T, std::size_t> votes;
	T best{};
	std::size_t most = 0;

	for (const read_module_result &one : results)
		if (one.problem.empty())
			votes[field(one.mod)] += one.mod.in_tree ? 100000 : 1;
	for (const auto &[value, count] : votes)
		if (count > most && value != silent) {
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
	for (const auto &[option, flag] : {
		     std::pair{"CONFIG_MODULE_FORCE_LOAD", SYMBOL_INDEX_FORMAT_FORCE_LOAD},
		     std::pair{"CONFIG_MODULE_DECOMPRESS", SYMBOL_INDEX_FORMAT_DECOMPRESS},
		     std::pair{"CONFIG_MODULE_COMPRESS_GZIP", SYMBOL_INDEX_FORMAT_COMPRESS_GZIP},
		     std::pair{"CONFIG_MODULE_COMPRESS_XZ", SYMBOL_INDEX_FORMAT_COMPRESS_XZ},
		     std::pair{"CONFIG_MODULE_COMPRESS_ZSTD", SYMBOL_INDEX_FORMAT_COMPRESS_ZSTD},
		     std::pair{"CONFIG_LIVEPATCH", SYMBOL_INDEX_FORMAT_LIVEPATCH},
	     })
		if (is_set(option))
			flags |= flag;
	if (is_set("CONFIG_DEBUG_INFO_BTF_MODULES") && !is_set("CONFIG_MODULE_ALLOW_BTF_MISMATCH"))
		flags |= SYMBOL_INDEX_FORMAT_BTF_STRICT;
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
		if (options.symvers.empty())
			throw;
		return {};
	}
	if (options.may_ask_kernel && is_running(options.release))
		return ask_running_kernel(arena);
	if (options.build_id.empty() && options.symvers.empty())
		throw error(options.release, "no kernel image found, and no Module.symvers: give "
					     "--image FILE, or install the kernel's headers");
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

} // namespace

build_result build_index(const build_options &options)
{
	text_arena arena;
	/* First and by itself: unpacking an image takes longer than all modules together. */
	std::future<kernel_image> loading = std::async(std::launch::async, [&options, &arena] {
		return load_image(options, arena);
	});
	const std::vector<std::string> files = find_modules(options.modules);
	module_set modules(files_behind(options, files), options.threads, module_detail::index,
			   file_data::access::map);
	kernel_image image = loading.get();
	std::unique_ptr<file_data> symvers;
	writer_input in;
	build_result out;

	in.release = options.release;
	in.build_id = options.build_id.empty() ? image.build_id : options.build_id;
	out.has_build_id = !in.build_id.empty();
	/* The format has to have one; no kernel has this, and so none takes the index for its own. */
	if (!out.has_build_id)
		in.build_id = {0};
	in.modules.push_back(kernel_entry(options, image, symvers));
	in.flags = config_flags(options.config);
	if (!out.has_build_id)
		in.flags |= SYMBOL_INDEX_FORMAT_NO_BUILD_ID;
	if (has_crcs(in.modules[0].exports))
		in.flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;

	auto &results = modules.wait();

	in.vermagic = consensus<std::string_view>(results, [](auto &mod) { return mod.vermagic; });
	in.module_size = consensus<std::uint32_t>(results, [](auto &mod) { return mod.module_size; });
	in.init_offset = consensus<std::uint32_t>(results, [](auto &mod) { return mod.init_offset; }, 0);
	in.exit_offset = consensus<std::uint32_t>(results, [](auto &mod) { return mod.exit_offset; }, 0);
	in.btf_types = image.btf_types;
	in.btf_strings = image.btf_strings;
	in.machine = image.machine;
	if (!in.machine)
		in.machine = consensus<std::uint32_t>(results, [](auto &mod) { return mod.machine; });
	std::vector<tree_module> found;

	for (const read_module_result &one : results)
		found.push_back({&one, nullptr});
	add_modules(options, files, found, in, out);
	write_what_fits(options, in, out);
	return out;
}

} // namespace waymark::symidx
