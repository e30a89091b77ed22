// SPDX-License-Identifier: GPL-2.0-or-later
#include "source.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "symidx/kernel_image.hpp"
#include "symidx/tree.hpp"
#include "waymark/hex.hpp"

namespace waymark::symidx
{

std::string running_release()
{
	struct utsname names;

	if (::uname(&names) < 0)
		throw error::from_errno("uname", errno);
	return names.release;
}

std::string hex32(std::uint32_t value)
{
	char text[16];

	std::snprintf(text, sizeof(text), "0x%08x", value);
	return text;
}

std::string hex64(std::uint64_t value)
{
	char text[24];

	std::snprintf(text, sizeof(text), "0x%016llx", static_cast<unsigned long long>(value));
	return text;
}

json symbol_json(const symbol &sym, std::string_view owner)
{
	json out;

	out["name"] = sym.name;
	out["owner"] = owner;
	out["gpl"] = sym.gpl;
	out["namespace"] = sym.name_space.empty() ? json() : json(sym.name_space);
	out["crc"] = sym.crc ? json(hex32(*sym.crc)) : json();
	/* Zero is what the kernel shows to those who may not see addresses. */
	if (sym.value && *sym.value)
		out["address"] = hex64(*sym.value);
	return out;
}

void source_options::add_to(CLI::App &command)
{
	auto *index = command.add_option("--index", file, "search this index file");
	auto *kernel =
		command.add_option("--kernel", release, "search this installed kernel (as uname -r)");

	index->type_name("FILE")->excludes(kernel);
	kernel->type_name("VERSION");
	command.add_option("--root", root, "root of the file system that holds the kernel")
		->type_name("DIR")
		->excludes(index);
}

namespace
{

symbol_index open_index_of(const std::string &path, const std::string &release)
{
	symbol_index idx = symbol_index::open(path);

	if (idx.release() != release)
		throw error(path, "is the index of kernel " + std::string(idx.release()) +
					  ", not of " + release + ": run symidx build");
	return idx;
}

symbol_index search_files(const std::string &root, const std::string &release)
{
	const build_result built = build_index(locate_kernel(root, release));

	return symbol_index::from_memory(built.bytes.data(), built.bytes.size(), release);
}

} // namespace

symbol_index open_release(const std::string &root, const std::string &release)
{
	const std::string path = index_path(root, release);
	const std::string cure = " (run symidx build --kernel " + release + ")\n";

	if (::access(path.c_str(), F_OK) < 0) {
		symbol_index idx = search_files(root, release);

		std::cerr << "symidx: " << path << ": no index there, searched the kernel's files" << cure;
		return idx;
	}
	if (!is_out_of_date(path, root, release))
		return open_index_of(path, release);
	/* Its files may be out of reach: vmlinuz is root's alone on some distributions. */
	symbol_index old = open_index_of(path, release);

	try {
		const build_options options = locate_kernel(root, release);

		if (!is_kernel_unchanged(path, options)) {
			symbol_index idx = search_files(root, release);

			std::cerr << "symidx: " << path
				  << ": older than the kernel, searched the kernel's files" << cure;
			return idx;
		}
		const build_result built = update_index(old, path, options);

		return symbol_index::from_memory(built.bytes.data(), built.bytes.size(), release);
	} catch (const error &e) {
		std::cerr << "symidx: " << path
			  << ": older than the kernel's modules.dep, but used, as there is no other: "
			  << e.what() << cure;
		return old;
	}
}

symbol_index source_options::open_file() const
{
	if (!file.empty())
		return symbol_index::open(file);
	if (!release.empty() || !root.empty())
		return open_release(root, release.empty() ? running_release() : release);

	symbol_index idx = open_release("", running_release());
	const auto running = running_build_id();
	const std::string hex = hex_bytes(running.data(), running.size());
	/* Unknown where /sys is not mounted: then the release has to do. */
	if (!hex.empty() && hex != idx.build_id())
		throw error(idx.object(), "is of another kernel than the running one, although of "
					  "its release: run symidx build");
	return idx;
}

symbol_index source_options::open() const
{
	return is_running_kernel() ? open_running() : open_file();
}

} // namespace waymark::symidx
