// SPDX-License-Identifier: GPL-2.0-only
/* Which ifindexes NICs have, or had a moment ago: for who wants to meet their coming and going. */
#pragma once

#include <array>
#include <atomic>

#include "random.hpp"

namespace fuzz
{

/* One thread adds and clears, any number of others look. */
class recent_nics
{
public:
	void add(unsigned int ifindex)
	{
		if (ifindex)
			ifindex_[next_++ % ifindex_.size()] = ifindex;
	}
	/* 0: there was none yet */
	unsigned int any(random_source &random) const
	{
		return ifindex_[random.below(ifindex_.size())];
	}
	void clear()
	{
		for (auto &one : ifindex_)
			one = 0;
	}

private:
	/* Three NICs are there at a time: most of the others have just gone. */
	std::array<std::atomic<unsigned int>, 8> ifindex_{};
	unsigned int next_ = 0;
};

inline recent_nics recent;

} // namespace fuzz
