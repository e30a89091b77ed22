// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads many module files, each once, on all processors. */
#pragma once

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "symidx/file_data.hpp"
#include "symidx/module_file.hpp"

namespace waymark::symidx
{

struct read_module_result {
	module_file mod;     /* its texts live as long as the set */
	std::string problem; /* why it could not be read; then mod means nothing */
};

class module_set
{
public:
	/* Starts to read @paths, on @threads threads (0: one a processor). */
	module_set(std::vector<std::string> paths, unsigned int threads, module_detail detail,
		   file_data::access how, const load_rules &rules = {});
	module_set(const module_set &) = delete;
	module_set &operator=(const module_set &) = delete;

	/* Waits for the end; results stand in the order of the paths. */
	std::vector<read_module_result> &wait();
	const std::vector<std::string> &paths() const noexcept { return paths_; }

private:
	void work(text_arena &arena);
	void read_one(std::size_t at, text_arena &arena, decompressor &unpacker);

	std::vector<std::string> paths_;
	module_detail detail_;
	file_data::access how_;
	load_rules rules_;
	std::vector<read_module_result> results_;
	std::vector<text_arena> arenas_;
	std::atomic<std::size_t> next_{0};
	/* The last member: its destructor waits for the threads. */
	std::vector<std::future<void>> workers_;
};

} // namespace waymark::symidx
