// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Every module file is read once, by as many threads as there are processors;
 * the kernel image is unpacked meanwhile.
 */
#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <thread>

#include "symidx/file_data.hpp"
#include "symidx/kernel_image.hpp"
#include "symidx/module_file.hpp"
#include "symidx/symvers.hpp"
#include "symidx/tree.hpp"
#include "symidx/writer.hpp"

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

/* Keeps texts where they are until the index is written. */
class text_arena
{
public:
	std::string_view keep(std::string_view text)
	{
		if (text.empty())
			return {};
		if (text.size() > left_) {
			left_ = std::max(text.size(), block_size);
			blocks_.push_back(std::make_unique<char[]>(left_));
			next_ = blocks_.back().get();
		}
		std::memcpy(next_, text.data(), text.size());
		const std::string_view kept(next_, text.size());
		next_ += text.size();
		left_ -= text.size();
		return kept;
	}

private:
	static constexpr std::size_t block_size = 1 << 18;
	std::vector<std::unique_ptr<char[]>> blocks_;
	char *next_ = nullptr;
	std::size_t left_ = 0;
};

struct read_module_result {
	writer_module mod;
	std::string_view vermagic;
	std::uint32_t machine = 0;
	std::uint32_t module_size = 0;
	bool in_tree = false;
	std::string problem; /* why it is not in the index */
};

bool is_module_file(const std::string &name)
{
	const std::size_t dot = name.rfind(".ko");

	if (dot == name.npos)
		return false;
	const std::string_view rest = std::string_view(name).substr(dot + 3);
	return rest.empty() || rest == ".xz" || rest == ".zst" || rest == ".gz";
}

/* Paths relative to @folder, sorted: the index depends on nothing else. */
std::vector<std::string> find_modules(const std::string &folder)
{
	std::vector<std::string> paths;
	std::error_code ec;
	const auto options = fs::directory_options::skip_permission_denied;
	auto walk = fs::recursive_directory_iterator(folder, options, ec);

	if (ec)
		throw error(folder, ec.message());
	for (; walk != fs::recursive_directory_iterator(); walk.increment(ec)) {
		if (ec)
			throw error(folder, ec.message());
		const std::string name = walk->path().filename();

		/* build and source lead into a tree with modules of its own. */
		if (walk->is_symlink(ec) && walk->is_directory(ec)) {
			walk.disable_recursion_pending();
			continue;
		}
		if (is_module_file(name))
			paths.push_back(walk->path().string().substr(folder.size() + 1));
	}
	std::sort(paths.begin(), paths.end());
	return paths;
}

void keep_module(const module_file &file, text_arena &arena, read_module_result &out)
{
	out.mod.name = arena.keep(file.name);
	out.mod.license = arena.keep(file.license);
	out.vermagic = arena.keep(file.vermagic);
	out.machine = file.machine;
	out.module_size = file.module_size;
	out.in_tree = file.in_tree;
	if (license_is_gpl_compatible(file.license))
		out.mod.flags |= SYMBOL_INDEX_FORMAT_MODULE_GPL;
	if (file.is_signed)
		out.mod.flags |= SYMBOL_INDEX_FORMAT_MODULE_SIGNED;
	if (!file.in_tree)
		out.mod.flags |= SYMBOL_INDEX_FORMAT_MODULE_OUT_OF_TREE;
	out.mod.imports.reserve(file.imports.size());
	for (const module_import &need : file.imports)
		out.mod.imports.push_back(arena.keep(need.name));
	out.mod.exports = file.exports;
	for (symbol &sym : out.mod.exports) {
		sym.name = arena.keep(sym.name);
		sym.name_space = arena.keep(sym.name_space);
	}
}

class module_collector
{
public:
	module_collector(const std::string &folder, unsigned int threads)
		: folder_(folder), paths_(find_modules(folder)), results_(paths_.size())
	{
		const std::size_t count = std::max<std::size_t>(
			1, std::min<std::size_t>(threads, paths_.size()));

		arenas_.resize(count);
		for (std::size_t i = 0; i < count; i++)
			workers_.push_back(std::async(std::launch::async,
						      [this, i] { work(arenas_[i]); }));
	}

	std::vector<read_module_result> &wait()
	{
		for (auto &worker : workers_)
			worker.get();
		workers_.clear();
		return results_;
	}

private:
	void work(text_arena &arena)
	{
		decompressor unpacker;

		for (;;) {
			const std::size_t i = next_++;

			if (i >= paths_.size())
				return;
			read_module_result &out = results_[i];
			const std::string path = folder_ + "/" + paths_[i];

			out.mod.path = paths_[i];
			try {
				const file_data file(path, file_data::access::map);
				const byte_view bytes = unpacker.unpack(file.bytes(), path);
				const std::string name = module_name_of(path);

				keep_module(read_module(bytes, path, name, module_detail::index),
					    arena, out);
			} catch (const error &e) {
				out.problem = e.object() + ": " + e.what();
			}
		}
	}

	std::string folder_;
	std::vector<std::string> paths_;
	std::vector<read_module_result> results_;
	std::vector<text_arena> arenas_;
	std::atomic<std::size_t> next_{0};
	std::vector<std::future<void>> workers_;
};

/* The most frequent of what the modules say, in-tree ones first. */
template <typename T, typename F>
T consensus(const std::vector<read_module_result> &results, F field)
{
	std::map<T, std::size_t> votes;
	T best{};
	std::size_t most = 0;

	for (const read_module_result &one : results)
		if (one.problem.empty())
			votes[field(one)] += one.in_tree ? 1000 : 1;
	for (const auto &[value, count] : votes)
		if (count > most) {
			most = count;
			best = value;
		}
	return best;
}

/* Whether @option is "y" in the kernel's configuration. */
bool is_set(const std::string &config, const char *option)
{
	return config.find("\n" + std::string(option) + "=y\n") != config.npos;
}

std::uint32_t config_flags(const std::string &path)
{
	std::ifstream in(path);
	const std::string text = "\n" + std::string(std::istreambuf_iterator<char>(in), {});
	std::uint32_t flags = 0;

	if (path.empty() || !in)
		return 0;
	flags |= SYMBOL_INDEX_FORMAT_CONFIG;
	if (is_set(text, "CONFIG_MODULE_SIG_FORCE"))
		flags |= SYMBOL_INDEX_FORMAT_SIG_FORCE;
	if (is_set(text, "CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS"))
		flags |= SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE;
	if (is_set(text, "CONFIG_MODULE_FORCE_LOAD"))
		flags |= SYMBOL_INDEX_FORMAT_FORCE_LOAD;
	return flags;
}

/* The exports of vmlinux: from the image, else from Module.symvers. */
std::vector<symbol> kernel_exports(const build_options &options, kernel_image &image,
				   std::string_view symvers_text)
{
	std::vector<symbol> exports;
	bool versions = false;

	if (image.has_exports)
		return std::move(image.exports);
	if (symvers_text.empty())
		throw error(options.image.empty() ? options.release : options.image,
			    "cannot tell what the kernel exports: install its headers "
			    "(for Module.symvers) or give --symvers FILE");
	for (const symvers_export &line : parse_symvers(symvers_text, options.symvers))
		if (line.module == "vmlinux") {
			exports.push_back(line.sym);
			versions |= line.sym.crc != 0u;
		}
	if (!versions)
		for (symbol &sym : exports)
			sym.crc.reset();
	return exports;
}

kernel_image load_image(const build_options &options)
{
	if (options.image.empty()) {
		if (options.build_id.empty())
			throw error(options.release,
				    "no kernel image found, and so no build id: give --image "
				    "FILE or --build-id HEX");
		return {};
	}
	return read_kernel_image(options.image);
}

} // namespace

build_result build_index(const build_options &options)
{
	const unsigned int processors = std::max(1u, std::thread::hardware_concurrency());
	const unsigned int threads = options.threads ? options.threads : processors;
	module_collector collector(options.modules, threads);
	kernel_image image = load_image(options);
	std::unique_ptr<file_data> symvers;
	std::string_view symvers_text;
	writer_input in;
	build_result out;

	if (!image.has_exports && !options.symvers.empty()) {
		symvers = std::make_unique<file_data>(options.symvers, file_data::access::copy);
		symvers_text = {reinterpret_cast<const char *>(symvers->bytes().data()),
				symvers->bytes().size()};
	}
	in.release = options.release;
	in.build_id = options.build_id.empty() ? image.build_id : options.build_id;
	if (in.build_id.empty())
		throw error(options.image, "has no build id");
	in.flags = config_flags(options.config);
	in.modules.emplace_back();
	in.modules[0].name = "vmlinux";
	in.modules[0].license = "GPL";
	in.modules[0].flags = SYMBOL_INDEX_FORMAT_MODULE_GPL;
	in.modules[0].exports = kernel_exports(options, image, symvers_text);

	auto &results = collector.wait();

	in.vermagic = consensus<std::string_view>(results, [](auto &r) { return r.vermagic; });
	in.module_size = consensus<std::uint32_t>(results, [](auto &r) { return r.module_size; });
	in.machine = image.machine ? image.machine
				   : consensus<std::uint32_t>(results, [](auto &r) { return r.machine; });
	for (read_module_result &one : results) {
		if (one.problem.empty() && one.machine != in.machine)
			one.problem = std::string(one.mod.path) + ": a module for " +
				      machine_name(one.machine);
		if (!one.problem.empty()) {
			out.skipped.push_back(one.problem);
			continue;
		}
		out.modules++;
		in.modules.push_back(std::move(one.mod));
	}
	for (const symbol &sym : in.modules[0].exports)
		if (sym.crc) {
			in.flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;
			break;
		}
	out.bytes = write_index(in);
	return out;
}

} // namespace waymark::symidx
