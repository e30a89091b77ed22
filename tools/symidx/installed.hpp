// SPDX-License-Identifier: GPL-2.0-or-later
/* The modules that are installed for a kernel and are not of its own build. */
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "symidx/index.hpp"
#include "symidx/load_rules.hpp"
#include "symidx/module_set.hpp"

namespace waymark::symidx
{

class installed_modules
{
public:
	/* @idx must outlive this. Files are read when one of them is asked for. */
	installed_modules(const std::string &root, const symbol_index &idx);

	/* Names of those from outside the kernel's tree, sorted. */
	std::vector<std::string> foreign() const;
	/* Whether there is any module of that name. */
	bool has(const std::string &name) const { return all_.count(name); }
	std::string path_of(const std::string &name) const;
	/* One of foreign(); nullptr for others, and for a file that cannot be read. */
	const module_file *find(std::string_view name);
	/* Why it cannot be read; empty if it can. */
	std::string problem_of(const std::string &name);

private:
	void read();

	std::string root_;
	std::string folder_; /* as seen from the root */
	load_rules rules_;
	std::set<std::string> all_;
	std::map<std::string, std::string> paths_; /* of the foreign ones */
	std::unique_ptr<module_set> set_;
	std::map<std::string, const read_module_result *, std::less<>> read_;
};

/* By the names of modules: that of modules.builtin is a path a line. */
std::set<std::string> built_in_modules(const std::string &root, std::string_view release);

} // namespace waymark::symidx
