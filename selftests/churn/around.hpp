// SPDX-License-Identifier: GPL-2.0-only
/* What goes on around the cycles, counted: NICs and modules of others. */
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "../lib/chaos/chaos.hpp"

namespace churn
{

/* NICs come, change, move and go, and other modules are loaded and unloaded, until the end. */
class surroundings
{
public:
	explicit surroundings(uint64_t seed);
	~surroundings() { end(); }
	surroundings(const surroundings &) = delete;
	surroundings &operator=(const surroundings &) = delete;

	/* Takes everything away. */
	void end();
	/* How often what happened the least often did, at any time. */
	uint64_t least() const { return least_; }
	/* "added=12 renamed=3 ...", after the end */
	std::string words() const;

private:
	void run(uint64_t seed);
	void reload(uint64_t step);

	std::atomic<bool> stop_{false};
	std::atomic<uint64_t> least_{0};
	fuzz::nic_tally nics_;
	uint64_t loaded_ = 0;
	uint64_t unloaded_ = 0;
	std::thread thread_;
};

} // namespace churn
