// SPDX-License-Identifier: GPL-2.0-only
/* How long the churn goes on. */
#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <unistd.h>

namespace churn
{

struct extent {
	static constexpr uint64_t without_end = std::numeric_limits<uint64_t>::max();
	/* Where it is time that ends it, a cycle that takes longer is one too few. */
	static constexpr uint64_t slowest = 24;

	uint64_t cycles = without_end;	/* whatever comes first */
	uint64_t seconds = without_end;
	uint64_t least = 1;		/* cycles, of which fewer are a failure */

	static extent of_cycles(uint64_t count) { return {count, without_end, count}; }
	/* Of cycles, at most so many. */
	static extent of_seconds(uint64_t count, uint64_t most = without_end)
	{
		const uint64_t least = count < slowest ? 1 : count / slowest;

		return {most, count, least < most ? least : most};
	}

	/* What somebody asked for, "500" or "90s", "30m", "2h"; false if that means nothing. */
	bool parse(const std::string &text)
	{
		char *end = nullptr;
		const uint64_t count = std::strtoull(text.c_str(), &end, 10);
		const std::string unit = end;

		if (text.empty() || text[0] < '0' || text[0] > '9' || !count)
			return false;
		if (unit.empty())
			*this = of_cycles(count);
		else if (unit == "s" || unit == "m" || unit == "h")
			*this = of_seconds(count * (unit == "s" ? 1 : unit == "m" ? 60 : 3600));
		else
			return false;
		return true;
	}

	static extent usual()
	{
		if (std::getenv("WAYMARK_LONG"))
			return of_seconds(2 * 3600, 10000);
		/*
		 * Where KASAN looks at every access, a cycle takes many times as long. KCSAN
		 * watches few of them: there, each cycle is another chance to meet a race.
		 */
		const bool races = !access("/sys/kernel/debug/kcsan", F_OK);

		return of_cycles(std::getenv("WAYMARK_SLOW") && !races ? 3 : 20);
	}
};

} // namespace churn
