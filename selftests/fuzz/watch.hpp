// SPDX-License-Identifier: GPL-2.0-only
/* Ends the program when no operation has ended for minutes: one that hangs is a finding. */
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>
#include <unistd.h>

#include "worker.hpp"

namespace fuzz
{

class stall_watch
{
public:
	explicit stall_watch(const findings &found) : thread_([this, &found] { watch(found); }) {}
	~stall_watch()
	{
		{
			const std::lock_guard<std::mutex> guard(lock_);

			done_ = true;
		}
		wake_.notify_one();
		thread_.join();
	}
	/* What is to be done before the program ends without its destructors. */
	static inline std::function<void(const findings &)> last_wish = {};
	stall_watch(const stall_watch &) = delete;
	stall_watch &operator=(const stall_watch &) = delete;

private:
	/* The longest that an emulated machine was seen to stand still is a tenth of it. */
	static constexpr std::chrono::seconds limit{300};

	void watch(const findings &found)
	{
		std::unique_lock<std::mutex> guard(lock_);
		uint64_t before = found.operations;

		while (!wake_.wait_for(guard, limit, [this] { return done_; })) {
			if (found.operations == before)
				give_up(found);
			before = found.operations;
		}
	}

	[[noreturn]] static void give_up(const findings &found)
	{
		std::printf("Bail out! no operation ended in %lld s; the last ones begun:",
			    static_cast<long long>(limit.count()));
		for (const auto &operation : found.begun)
			std::printf(" %llu", static_cast<unsigned long long>(operation));
		std::printf(" (of thread 0 and the others)\n");
		std::fflush(stdout);
		if (last_wish)
			last_wish(found);
		_exit(1);
	}

	std::mutex lock_;
	std::condition_variable wake_;
	bool done_ = false;
	std::thread thread_;
};

} // namespace fuzz
