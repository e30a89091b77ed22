// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "symidx/root.hpp"
#include "symidx/tree.hpp"
#include "waymark/error.hpp"

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

std::string first_file(const std::vector<std::string> &candidates)
{
	std::error_code ec;

	for (const std::string &path : candidates)
		if (fs::is_regular_file(path, ec))
			return path;
	return {};
}

/* The same in a system below @root, with what the file is in the end. */
std::string first_file(const std::string &root, std::vector<std::string> candidates)
{
	for (std::string &path : candidates)
		path = path_in_root(root, path);
	return first_file(candidates);
}

std::string folder_of(const std::string &root, const std::string &release)
{
	return path_in_root(root, "/lib/modules/" + release);
}

std::string first_line(const std::string &path)
{
	std::ifstream in(path);
	std::string line;

	std::getline(in, line);
	return line;
}

/* "/" stays what it is. */
std::string without_trailing_slashes(std::string path)
{
	while (path.size() > 1 && path.back() == '/')
		path.pop_back();
	return path;
}

} // namespace

std::string index_path(const std::string &root, const std::string &release)
{
	return folder_of(root, release) + "/symbol_index.bin";
}

bool is_out_of_date(const std::string &path, const std::string &root, const std::string &release)
{
	std::error_code ec;
	const auto modules = fs::last_write_time(folder_of(root, release) + "/modules.dep", ec);

	if (ec)
		return false;
	const auto index = fs::last_write_time(path, ec);
	return !ec && index < modules;
}

build_options locate_kernel(const std::string &root, const std::string &release)
{
	const std::string modules = folder_of(root, release);
	const std::string inner = "/lib/modules/" + release; /* the same, as seen from the root */
	build_options found;
	std::error_code ec;

	if (release.empty() || release.find('/') != release.npos || release[0] == '.' ||
	    !fs::is_directory(modules, ec))
		throw error(release, "no such kernel: " + modules + " does not exist");
	found.release = release;
	found.modules = modules;
	found.root = root;
	found.may_ask_kernel = root.empty();
	found.image = first_file(root, {
		inner + "/vmlinuz",
		inner + "/vmlinuz.unsigned",
		"/boot/vmlinuz-" + release,
		"/boot/vmlinux-" + release,
		"/usr/lib/debug/boot/vmlinux-" + release,
	});
	found.symvers = first_file(root, {
		"/usr/src/linux-headers-" + release + "/Module.symvers",
		inner + "/build/Module.symvers",
		inner + "/Module.symvers",
	});
	found.config = first_file(root, {
		inner + "/config",
		"/boot/config-" + release,
		"/usr/src/linux-headers-" + release + "/.config",
	});
	return found;
}

build_options locate_build_tree(const std::string &folder)
{
	const std::string tree = without_trailing_slashes(folder);
	build_options found;

	found.modules = tree;
	found.image = first_file({tree + "/vmlinux"});
	found.symvers = first_file({tree + "/Module.symvers"});
	found.config = first_file({tree + "/.config"});
	found.order = first_file({tree + "/modules.order"});
	found.release = first_line(tree + "/include/config/kernel.release");
	if (found.image.empty() || found.release.empty())
		throw error(tree, "no finished kernel build: vmlinux or "
				  "include/config/kernel.release is missing");
	return found;
}

std::vector<std::string> installed_releases(const std::string &root)
{
	std::vector<std::string> releases;
	std::error_code ec;

	for (const auto &entry : fs::directory_iterator(path_in_root(root, "/lib/modules"), ec))
		if (entry.is_directory(ec))
			releases.push_back(entry.path().filename());
	std::sort(releases.begin(), releases.end(),
		  [](const std::string &a, const std::string &b) {
			  return ::strverscmp(a.c_str(), b.c_str()) > 0;
		  });
	return releases;
}

} // namespace waymark::symidx
