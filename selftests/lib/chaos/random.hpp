// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that depend on a seed and a place alone: operation n of thread t does
 * the same whatever ran before it, so a part of a run can be replayed.
 */
#pragma once

#include <cstdint>

namespace fuzz
{

class random_source
{
public:
	random_source(uint64_t seed, uint64_t thread, uint64_t operation)
		: state_(mix(seed ^ mix(thread + 1) ^ mix(mix(operation + 1))))
	{
	}

	uint64_t next()
	{
		state_ += 0x9e3779b97f4a7c15ULL;
		return mix(state_);
	}
	/* 0 to limit - 1 */
	uint64_t below(uint64_t limit) { return limit ? next() % limit : 0; }
	/* true in so many of a hundred cases */
	bool percent(unsigned int share) { return below(100) < share; }

private:
	static uint64_t mix(uint64_t z)
	{
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
		return z ^ (z >> 31);
	}

	uint64_t state_;
};

} // namespace fuzz
