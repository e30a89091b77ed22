// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which blocks of our modules were reached: KCOV of a kernel that instruments
 * nothing but them. Absent on other kernels.
 */
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace fuzz
{

/* Of one thread. */
class coverage
{
public:
	coverage();
	~coverage();
	coverage(const coverage &) = delete;
	coverage &operator=(const coverage &) = delete;

	static bool available();
	void start();
	void collect();
	void stop();
	/* Soon there is no more room: what is not collected is lost. */
	bool half_full() const;

private:
	int fd_ = -1;
	uint64_t *area_ = nullptr;
	/* One block for each value of its low bits: loops reach few blocks many times. */
	std::vector<uint64_t> seen_;
};

struct covered_module {
	std::string name;
	unsigned int blocks;	/* without those that run at load and unload only */
	unsigned int reached;
};

/*
 * What all threads reached so far, by module. The modules must not have been reloaded since the
 * last call, or since the first collect() after it.
 */
std::vector<covered_module> covered_modules();

} // namespace fuzz
