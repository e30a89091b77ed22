// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz [--seed N] [--operations N] [--from N] [--phase 1|2|3] [--seconds N]
 *
 * Calls ioctl, read, poll, mmap and open on /dev/netdev/control, /dev/netdev/if*,
 * /dev/symbol_index and /dev/flex_array with arguments that are valid, nearly
 * valid, cut, too long, or at addresses where nothing is. Phase 1: one thread,
 * repeatable to the last bit from the printed seed. Phase 2: four threads that
 * close each other's descriptors while NICs come and go. Phase 3: the same while
 * modules are unloaded and loaded. Every outcome is compared with the
 * documentation: errno, bytes behind the buffer, bytes that nobody wrote; the
 * kernel's log must stay clean. udev stands still meanwhile; with WAYMARK_LONG it is
 * one more that opens the nodes. With --seconds (or WAYMARK_FUZZ_SECONDS), further
 * rounds with fresh seeds follow until the time is over or something is found. What
 * phase 1 finds is followed by a replay of it, and by shorter ones that find it, too.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "chaos.hpp"
#include "log.hpp"
#include "udev.hpp"
#include "watch.hpp"
#include "worker.hpp"

namespace
{

using namespace fuzz;

constexpr unsigned int threads = findings::threads - 1;
/* What the phases of several threads are for must have happened so many times. */
constexpr uint64_t least_changes = 32;
constexpr uint64_t least_reloads = 4;
/* Nodes of the NICs that come and go that were opened, and that were not there any more. */
constexpr uint64_t least_opens = 8;
/* For that, each thread makes its share of the operations so many times at most. */
constexpr uint64_t most_rounds = 50;

struct options {
	uint64_t seed = 20261;
	uint64_t operations = 0;
	uint64_t from = 0;
	unsigned int phase = 0;		/* 0: all */
	uint64_t seconds = 0;		/* of rounds with fresh seeds */
};

/* All of the text is a number. */
bool number(const char *text, uint64_t &value)
{
	char *end = nullptr;

	value = std::strtoull(text, &end, 0);
	return *text && !*end;
}

bool parse(int argc, char **argv, options &chosen)
{
	for (int i = 1; i < argc; i++) {
		const std::string word = argv[i];
		uint64_t value = 0;

		if (i + 1 == argc || !number(argv[++i], value))
			return false;
		if (word == "--seed")
			chosen.seed = value;
		else if (word == "--operations")
			chosen.operations = value;
		else if (word == "--from")
			chosen.from = value;
		else if (word == "--seconds")
			chosen.seconds = value;
		else if (word == "--phase" && value <= 3)
			chosen.phase = static_cast<unsigned int>(value);
		else
			return false;
	}
	return true;
}

int tests_run;

void point(const std::string &title, const std::string &problem, const findings &found)
{
	if (!problem.empty())
		std::printf("# %s\n", problem.c_str());
	std::printf("%s %d %s: %llu operations, %llu of them succeeded\n",
		    problem.empty() ? "ok" : "not ok", ++tests_run, title.c_str(),
		    static_cast<unsigned long long>(found.operations),
		    static_cast<unsigned long long>(found.succeeded));
	std::fflush(stdout);
}

std::string problem_of(const findings &found, kernel_log &log)
{
	const std::string report = log.report();

	if (!report.empty())
		return "kernel: " + report;
	if (found.failed)
		return found.first;
	return found.succeeded ? "" : "not one operation succeeded";
}

/* Whether operations from..to, with nothing before them, find something. */
bool finds(const options &chosen, uint64_t from, uint64_t to, kernel_log &log)
{
	findings found;
	const stall_watch watch(found);
	descriptor_pool pool;

	worker(pool, found, chosen.seed, 0, false).run(from, to, nullptr);
	return !log.report().empty() || found.failed;
}

void print_replay(const options &chosen, uint64_t from, uint64_t to)
{
	/* Half of the operations that are asked for are phase 1's. */
	std::printf("# replay: fuzz --phase 1 --seed %llu --from %llu --operations %llu\n",
		    static_cast<unsigned long long>(chosen.seed),
		    static_cast<unsigned long long>(from),
		    static_cast<unsigned long long>((to - from + 4) / 5 * 10));
	std::fflush(stdout);
}

/*
 * Fewer and fewer operations before the end, for as long as they find something, too. What
 * the kernel reports only once, only the first replay finds, after a reboot.
 */
void minimise(const options &chosen, uint64_t end, kernel_log &log)
{
	uint64_t count = end - chosen.from;

	print_replay(chosen, chosen.from, end);
	while (count > 1 && finds(chosen, end - count / 2, end, log)) {
		count /= 2;
		print_replay(chosen, end - count, end);
	}
}

/* Phase 1: what happens is a function of the seed alone. */
bool alone(const options &chosen, uint64_t count, kernel_log &log)
{
	findings found;

	{
		const stall_watch watch(found);
		descriptor_pool pool;
		coverage covered;

		worker(pool, found, chosen.seed, 0, false)
			.run(chosen.from, chosen.from + count,
			     coverage::available() ? &covered : nullptr);
	}
	const std::string problem = problem_of(found, log);

	point("one thread", problem, found);
	/* Of what only the kernel's log tells, the operation is not known. */
	if (found.failed)
		minimise(chosen, found.operation + 1, log);
	else if (!problem.empty() && found.succeeded)
		minimise(chosen, chosen.from + found.operations, log);
	return problem.empty();
}

/* All operations, and further ones until enough has happened around them. */
void worker_thread(descriptor_pool &pool, findings &found, const options &chosen,
		   unsigned int number, uint64_t count, bool covers, const std::atomic<bool> &enough)
{
	worker one(pool, found, chosen.seed, number, true);
	coverage covered;
	uint64_t done = 0;

	do {
		one.run(done, done + count, covers ? &covered : nullptr);
		done += count;
	} while (!enough && !found.failed && done < most_rounds * count);
}

/* Unload a module while all open its devices, and load it again; whether it went. */
bool reload_one(descriptor_pool &pool, const char *module)
{
	bool gone = false;

	pool.shut(true);
	for (unsigned int i = 0; i < 100 && !gone; i++)
		gone = unload(module);
	pool.shut(false);
	load(module);
	return gone;
}

void print_around(const findings &found, uint64_t changes, uint64_t reloads)
{
	std::printf("# %llu changes of NICs, %llu reloads; nodes of those NICs: %llu opened, %llu gone, "
		    "%llu of them while they were opened\n",
		    static_cast<unsigned long long>(changes), static_cast<unsigned long long>(reloads),
		    static_cast<unsigned long long>(found.opened),
		    static_cast<unsigned long long>(found.gone),
		    static_cast<unsigned long long>(found.met));
}

/* Phases 2 and 3: side by side with each other and with what goes on around. */
bool together(const options &chosen, uint64_t count, kernel_log &log, bool reload)
{
	findings found;
	const stall_watch watch(found);
	descriptor_pool pool;
	std::vector<std::thread> all;
	std::atomic<unsigned int> running{threads};
	std::atomic<bool> enough{false};
	uint64_t changes = 0, reloads = 0;

	for (unsigned int i = 1; i <= threads; i++)
		all.emplace_back([&, i] {
			worker_thread(pool, found, chosen, i, count / threads,
				      !reload && coverage::available(), enough);
			running--;
		});
	nic_churn nics(chosen.seed);

	while (running) {
		nics.step(changes++);
		if (reload && changes % 4 == 0)
			reloads += reload_one(pool, changes % 8 ? "netdev_naming" : "symbol_index");
		enough = reload ? reloads >= least_reloads
				: changes >= least_changes && nics.tally().least() &&
					  std::min<uint64_t>(found.opened, found.gone) >= least_opens;
	}
	for (std::thread &one : all)
		one.join();
	nics.clean();
	pool.clear();
	std::string problem = problem_of(found, log);

	if (problem.empty() && !enough)
		problem = "too little happened around the operations";
	if (problem.empty() && reload && (!loaded("netdev_naming") || !loaded("symbol_index")))
		problem = "a module did not come back";
	print_around(found, changes, reloads);
	point(reload ? "threads and reloads" : "threads and NICs", problem, found);
	return problem.empty();
}

void print_coverage()
{
	unsigned int blocks = 0, reached = 0;

	for (const covered_module &module : covered_modules()) {
		std::printf("# coverage %s: %u of %u blocks\n", module.name.c_str(), module.reached,
			    module.blocks);
		blocks += module.blocks;
		reached += module.reached;
	}
	if (blocks)
		std::printf("# coverage all: %u of %u blocks, %u %%\n", reached, blocks,
			    100 * reached / blocks);
}

/* The phases that were chosen, with one seed. */
bool round(const options &chosen, kernel_log &log)
{
	const uint64_t share = chosen.operations / 10;
	bool good = true;

	std::printf("# seed %llu, %llu operations\n", static_cast<unsigned long long>(chosen.seed),
		    static_cast<unsigned long long>(chosen.operations));
	std::fflush(stdout);
	if (!chosen.phase || chosen.phase == 1)
		good &= alone(chosen, 5 * share, log);
	if (!chosen.phase || chosen.phase == 2)
		good &= together(chosen, 4 * share, log, false);
	print_coverage();
	if (!chosen.phase || chosen.phase == 3)
		good &= together(chosen, share, log, true);
	return good;
}

/* Rounds with seeds of their own until the time is over. */
bool rounds(options chosen, kernel_log &log)
{
	const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(chosen.seconds);
	std::random_device fresh;
	bool good = true;

	while (good && std::chrono::steady_clock::now() < end) {
		chosen.seed = fresh();
		good = round(chosen, log);
	}
	return good;
}

/* How long rounds go on when the command line does not say it. */
bool usual_seconds(uint64_t &seconds)
{
	const char *asked = std::getenv("WAYMARK_FUZZ_SECONDS");

	if (asked)
		return number(asked, seconds);
	seconds = std::getenv("WAYMARK_LONG") ? 3600 : 0;
	return true;
}

int modprobe(const char *module)
{
	return std::system((std::string("modprobe ") + module).c_str());
}

} // namespace

int main(int argc, char **argv)
{
	const rlimit few = {512, 512};
	options chosen;

	if (!parse(argc, argv, chosen)) {
		std::fprintf(stderr, "Usage: fuzz [--seed N] [--operations N] [--from N] [--phase N] "
				     "[--seconds N]\n");
		return 2;
	}
	if (!chosen.operations)
		chosen.operations = 100000;
	setrlimit(RLIMIT_NOFILE, &few);
	std::printf("TAP version 13\n");
	if (!chosen.seconds && !usual_seconds(chosen.seconds)) {
		std::printf("Bail out! WAYMARK_FUZZ_SECONDS is no number\n");
		return 1;
	}
	if (modprobe("netdev_naming") || modprobe("symbol_index") || modprobe("dummy")) {
		std::printf("Bail out! a module does not load\n");
		return 1;
	}
	std::optional<without_udev> quiet;

	if (!std::getenv("WAYMARK_LONG"))
		quiet.emplace();
	stall_watch::last_wish = [&quiet] {
		if (quiet)
			quiet->start();
	};
	if (quiet && !quiet->stopped()) {
		std::printf("Bail out! udev does not stop\n");
		return 1;
	}
	kernel_log log;
	const bool good = round(chosen, log) && rounds(chosen, log);

	/* How many rounds the time allowed is known by now. */
	std::printf("1..%d\n", tests_run);
	return (!quiet || quiet->catch_up()) && good ? 0 : 1;
}
