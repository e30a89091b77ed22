// SPDX-License-Identifier: GPL-2.0-only
#include "replay.hpp"

#include <cstdio>

#include "watch.hpp"

namespace fuzz
{

namespace
{

unsigned long long number(uint64_t value)
{
	return value;
}

} // namespace

void discoveries::begin(uint64_t seed, unsigned int phase, uint64_t operations)
{
	seed_ = seed;
	phase_ = phase;
	operations_ = operations;
	replaying_ = false;
}

std::string discoveries::look(const findings &found)
{
	const std::string report = log_.report();

	if (!report.empty())
		return "kernel: " + report;
	return found.failed ? found.first : "";
}

void discoveries::print(const std::string &what, const stretch *where, const std::string &minimised)
{
	const std::string thread = where ? std::to_string(where->thread) : "any";

	std::printf("# finding: seed=%llu phase=%u thread=%s from=%llu operations=%llu minimised=%s what=%s\n",
		    number(seed_), phase_, thread.c_str(), number(where ? where->from : 0),
		    number(where ? where->end - where->from : operations_), minimised.c_str(),
		    what.c_str());
	std::fflush(stdout);
}

void discoveries::print_replay(const stretch &part) const
{
	/* Half of the operations that are asked for are phase 1's. */
	std::printf("# replay: fuzz --phase 1 --seed %llu --thread %u --from %llu --operations %llu\n",
		    number(seed_), part.thread, number(part.from),
		    number((part.end - part.from + 4) / 5 * 10));
	std::fflush(stdout);
}

bool discoveries::finds(const stretch &part)
{
	findings found;

	{
		const stall_watch watch(found);
		descriptor_pool pool;

		worker(pool, found, seed_, part.thread, false).run(part.from, part.end, nullptr);
	}
	return !look(found).empty();
}

uint64_t discoveries::shortest(const stretch &whole)
{
	uint64_t count = whole.end - whole.from;

	if (!finds(whole))
		return 0;
	if (phase_ != 1)	/* else it was said */
		print_replay(whole);
	while (count > 1 && finds({whole.thread, whole.end - count / 2, whole.end})) {
		count /= 2;
		print_replay({whole.thread, whole.end - count, whole.end});
	}
	return count;
}

void discoveries::explain(const std::string &what, const std::vector<stretch> &suspects)
{
	const stretch *only = suspects.size() == 1 ? &suspects.front() : nullptr;

	/* Before anything is tried that may end the machine. */
	print(what, only, "unknown");
	if (phase_ == 1 && only)
		print_replay(*only);
	else
		std::printf("# replay: fuzz --phase %u --seed %llu --operations %llu\n", phase_,
			    number(seed_), number(operations_));
	replaying_ = true;
	for (const stretch &one : suspects) {
		const uint64_t count = shortest(one);

		if (!count)
			continue;
		print(what, &one, std::to_string(count));
		return;
	}
	print(what, only, "no");
	if (phase_ != 1)
		std::printf("# no thread finds it alone: only side by side, or the kernel says it once a boot\n");
	std::fflush(stdout);
}

void discoveries::hangs(const findings &found)
{
	/* What is replayed was said. */
	if (!replaying_)
		print("no operation ended in minutes", nullptr, "unknown");
	else
		std::printf("# a replay hangs, after %llu operations\n", number(found.operations));
	std::fflush(stdout);
}

} // namespace fuzz
