// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a finding: a line for programs, and replays by one thread alone, shorter and
 * shorter ones for as long as they find something, too.
 *
 *	# finding: seed=S phase=P thread=T from=F operations=N minimised=M what=TEXT
 *
 * N operations of thread T from F on led to it; T may be "any". M of them, the last ones, are
 * enough; "no": one thread alone does not find it (again), the kernel may report it only once;
 * "unknown": that was not tried yet, and the machine may not survive it. The line that comes
 * later is the better one.
 */
#pragma once

#include <string>
#include <vector>

#include "../lib/chaos/log.hpp"
#include "worker.hpp"

namespace fuzz
{

/* Operations of one thread. */
struct stretch {
	unsigned int thread;
	uint64_t from;
	uint64_t end;
};

class discoveries
{
public:
	explicit discoveries(kernel_log &log) : log_(log) {}

	/* What is found from now on is of this phase; operations: as the command line has them. */
	void begin(uint64_t seed, unsigned int phase, uint64_t operations);
	/* What a phase that is over found; empty if nothing. */
	std::string look(const findings &found);
	/* Says it, and replays each stretch of operations that may have led to it. */
	void explain(const std::string &what, const std::vector<stretch> &suspects);
	/* An operation does not end. */
	void hangs(const findings &found);

private:
	void print(const std::string &what, const stretch *where, const std::string &minimised);
	void print_replay(const stretch &part) const;
	/* How many operations at the end are enough; 0: not even all of them. */
	uint64_t shortest(const stretch &whole);
	bool finds(const stretch &part);

	kernel_log &log_;
	uint64_t seed_ = 0;
	uint64_t operations_ = 0;
	unsigned int phase_ = 0;
	bool replaying_ = false;
};

} // namespace fuzz
