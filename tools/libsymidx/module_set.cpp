// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/module_set.hpp"

#include <algorithm>
#include <thread>

#include "loader_checks.hpp"

namespace waymark::symidx
{

module_set::module_set(std::vector<std::string> paths, unsigned int threads, module_detail detail,
		       file_data::access how, const load_rules &rules)
	: paths_(std::move(paths)), detail_(detail), how_(how), rules_(rules), results_(paths_.size())
{
	std::size_t count = threads ? threads : std::max(1u, std::thread::hardware_concurrency());

	count = std::max<std::size_t>(1, std::min(count, paths_.size()));
	arenas_.resize(count);
	for (text_arena &arena : arenas_)
		workers_.push_back(
			std::async(std::launch::async, [this, &arena] { work(arena); }));
}

void module_set::work(text_arena &arena)
{
	decompressor unpacker;

	for (std::size_t at = next_++; at < paths_.size(); at = next_++)
		read_one(at, arena, unpacker);
}

void module_set::read_one(std::size_t at, text_arena &arena, decompressor &unpacker)
{
	const std::string &path = paths_[at];

	try {
		const file_data file(path, how_);
		const byte_view bytes = unpacker.unpack(file.bytes(), path);
		const std::string name = module_name_of(path);

		results_[at].mod = read_module(bytes, path, name, detail_, rules_);
		if (detail_ == module_detail::check)
			judge_compression(file.bytes(), rules_, results_[at].mod);
		results_[at].mod.keep_in(arena);
	} catch (const error &e) {
		results_[at].problem = e.what();
	}
}

std::vector<read_module_result> &module_set::wait()
{
	for (auto &worker : workers_)
		worker.get();
	workers_.clear();
	return results_;
}

} // namespace waymark::symidx
