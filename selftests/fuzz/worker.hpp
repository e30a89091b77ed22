// SPDX-License-Identifier: GPL-2.0-only
/* One thread that calls into the devices, and the descriptors that all share. */
#pragma once

#include <array>
#include <atomic>
#include <string>

#include "coverage.hpp"
#include "request.hpp"

namespace fuzz
{

/* Descriptors that any thread may use, replace or close at any moment. */
class descriptor_pool
{
public:
	static constexpr unsigned int slots = 6;

	descriptor_pool();
	~descriptor_pool();
	int any(device_kind kind, random_source &random) const;
	/* Takes the descriptor over; whatever was in the slot is closed. */
	void put(device_kind kind, unsigned int slot, int fd);
	void clear();
	/* While it is shut, what is put in is closed at once: modules can be unloaded. */
	void shut(bool shut);

private:
	std::atomic<bool> shut_{false};
	std::array<std::array<std::atomic<int>, slots>, device_kinds> fd_;
};

struct findings {
	static constexpr unsigned int threads = 5;	/* the one of phase 1, and four */

	std::array<std::atomic<uint64_t>, threads> begun{};	/* each thread's last operation */
	std::atomic<uint64_t> operations{0};
	std::atomic<uint64_t> succeeded{0};
	/* Nodes of NICs that come and go. */
	std::atomic<uint64_t> opened{0};
	std::atomic<uint64_t> gone{0};
	std::atomic<uint64_t> met{0};	/* open(2) and the NIC's going, of those */
	std::atomic<bool> failed{false};
	std::string first;		/* set by whoever sets failed */
	uint64_t operation = 0;		/* in which that was, */
	unsigned int thread = 0;	/* and whose */

	void add(const std::string &what, uint64_t seed, unsigned int thread, uint64_t operation);
};

/* An operation that is a finding, to prove what becomes of one. */
struct plant {
	static constexpr uint64_t nowhere = ~0ULL;

	uint64_t operation = nowhere;
	bool racing = false;		/* only beside other threads */
};

class worker
{
public:
	worker(descriptor_pool &pool, findings &found, uint64_t seed, unsigned int thread,
	       bool racing);
	static inline plant planted = {};

	/* Operations from..to; stops at the first finding. */
	void run(uint64_t from, uint64_t to, coverage *covered);

private:
	void step(uint64_t operation);
	void call_ioctl(random_source &random, uint64_t operation);
	void call_read(random_source &random, uint64_t operation);
	void call_poll(random_source &random);
	void call_mmap(random_source &random, uint64_t operation);
	void call_open(random_source &random, uint64_t operation);
	/* A new descriptor of that kind, non-blocking, or -1. */
	int open_device(device_kind kind, random_source &random, uint64_t operation);
	void call_other(random_source &random);
	void note(const std::string &what, uint64_t operation);

	descriptor_pool &pool_;
	findings &found_;
	uint64_t seed_;
	unsigned int thread_;
	bool racing_;
	arena memory_;
};

} // namespace fuzz
