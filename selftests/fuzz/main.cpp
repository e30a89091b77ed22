// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz [--seed N] [--operations N] [--from N] [--thread N] [--phase 1|2|3] [--seconds N]
 *	[--plant N] [--plant-racing N]
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
 * rounds with fresh seeds follow until the time is over or something is found;
 * WAYMARK_FUZZ_SEED takes the place of the fixed seed. What is
 * found is said in a line for programs, with replays of it (replay.hpp). --plant and
 * --plant-racing prove that: operation N is a finding, or is one beside other threads only.
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

#include "../lib/chaos/chaos.hpp"
#include "../lib/chaos/log.hpp"
#include "replay.hpp"
#include "../lib/chaos/udev.hpp"
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
constexpr uint64_t most_replayed = 20000;
constexpr const char *nothing = "not one operation succeeded";

struct options {
	uint64_t seed = 20261;
	uint64_t operations = 0;
	uint64_t from = 0;		/* of phase 1 */
	uint64_t thread = 0;		/* whose operations phase 1 does */
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

/* What the command line may say otherwise. */
bool from_environment(options &chosen)
{
	const char *seconds = std::getenv("WAYMARK_FUZZ_SECONDS");
	const char *seed = std::getenv("WAYMARK_FUZZ_SEED");

	if (std::getenv("WAYMARK_LONG"))
		chosen.seconds = 3600;
	return (!seconds || number(seconds, chosen.seconds)) && (!seed || number(seed, chosen.seed));
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
		else if (word == "--thread" && value < findings::threads)
			chosen.thread = value;
		else if (word == "--plant" || word == "--plant-racing")
			worker::planted = {value, word != "--plant"};
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

/* Phase 1: what happens is a function of the seed alone. */
bool alone(const options &chosen, uint64_t count, discoveries &all)
{
	const unsigned int thread = static_cast<unsigned int>(chosen.thread);
	findings found;

	{
		const stall_watch watch(found);
		descriptor_pool pool;
		coverage covered;

		worker(pool, found, chosen.seed, thread, false)
			.run(chosen.from, chosen.from + count,
			     coverage::available() ? &covered : nullptr);
	}
	const std::string what = all.look(found);

	point("one thread", what.empty() && !found.succeeded ? nothing : what, found);
	/* Of what only the kernel's log tells, the operation is not known. */
	if (!what.empty())
		all.explain(what, {{thread, chosen.from, found.failed ? found.operation + 1
								      : chosen.from + found.operations}});
	return what.empty() && found.succeeded;
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

/* What one thread would have to do again to find it alone: not all that it did, which takes long. */
std::vector<stretch> suspects(const findings &found)
{
	std::vector<stretch> all;

	for (unsigned int i = 1; i <= threads; i++) {
		const uint64_t end = (found.failed ? found.operation : found.begun[i].load()) + 1;

		/* Of what only the kernel's log tells, the thread is not known. */
		if (!found.failed || found.thread == i)
			all.push_back({i, end > most_replayed ? end - most_replayed : 0, end});
	}
	return all;
}

/* Until all threads are done; what then is missing, or empty. */
std::string churn_around(const options &chosen, descriptor_pool &pool, const findings &found,
			 const std::atomic<unsigned int> &running, std::atomic<bool> &enough, bool reload)
{
	nic_churn nics(chosen.seed);
	uint64_t changes = 0, reloads = 0;

	while (running) {
		nics.step(changes++);
		if (reload && changes % 4 == 0)
			reloads += reload_one(pool, changes % 8 ? "netdev_naming" : "symbol_index");
		enough = reload ? reloads >= least_reloads
				: changes >= least_changes && nics.tally().least() &&
					  std::min<uint64_t>(found.opened, found.gone) >= least_opens;
	}
	print_around(found, changes, reloads);
	if (!enough)
		return "too little happened around the operations";
	if (reload && (!loaded("netdev_naming") || !loaded("symbol_index")))
		return "a module did not come back";
	return found.succeeded ? "" : nothing;
}

/* Phases 2 and 3: side by side with each other and with what goes on around. */
bool together(const options &chosen, uint64_t count, discoveries &discovered, bool reload)
{
	findings found;
	std::string missing;

	{
		const stall_watch watch(found);
		descriptor_pool pool;
		std::vector<std::thread> all;
		std::atomic<unsigned int> running{threads};
		std::atomic<bool> enough{false};

		for (unsigned int i = 1; i <= threads; i++)
			all.emplace_back([&, i] {
				worker_thread(pool, found, chosen, i, count / threads,
					      !reload && coverage::available(), enough);
				running--;
			});
		missing = churn_around(chosen, pool, found, running, enough, reload);
		for (std::thread &one : all)
			one.join();
	}
	const std::string what = discovered.look(found);

	point(reload ? "threads and reloads" : "threads and NICs", what.empty() ? missing : what, found);
	if (!what.empty())
		discovered.explain(what, suspects(found));
	return what.empty() && missing.empty();
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
bool round(const options &chosen, discoveries &all)
{
	const uint64_t share = chosen.operations / 10;
	const auto wanted = [&](unsigned int phase) {
		all.begin(chosen.seed, phase, chosen.operations);
		return !chosen.phase || chosen.phase == phase;
	};
	bool good = true;

	std::printf("# seed %llu, %llu operations\n", static_cast<unsigned long long>(chosen.seed),
		    static_cast<unsigned long long>(chosen.operations));
	std::fflush(stdout);
	if (wanted(1))
		good &= alone(chosen, 5 * share, all);
	if (wanted(2))
		good &= together(chosen, 4 * share, all, false);
	print_coverage();
	if (wanted(3))
		good &= together(chosen, share, all, true);
	return good;
}

/* Rounds with seeds of their own until the time is over. */
bool rounds(options chosen, discoveries &all)
{
	const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(chosen.seconds);
	std::random_device fresh;
	bool good = true;

	while (good && std::chrono::steady_clock::now() < end) {
		chosen.seed = fresh();
		good = round(chosen, all);
	}
	return good;
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
	const bool understood = from_environment(chosen);

	if (!parse(argc, argv, chosen)) {
		std::fprintf(stderr, "Usage: fuzz [--seed N] [--operations N] [--from N] [--phase N] "
				     "[--thread N] [--seconds N] [--plant N] [--plant-racing N]\n");
		return 2;
	}
	if (!chosen.operations)
		chosen.operations = 100000;
	setrlimit(RLIMIT_NOFILE, &few);
	std::printf("TAP version 13\n");
	if (!understood) {
		std::printf("Bail out! WAYMARK_FUZZ_SECONDS or WAYMARK_FUZZ_SEED is no number\n");
		return 1;
	}
	if (modprobe("netdev_naming") || modprobe("symbol_index") || modprobe("dummy")) {
		std::printf("Bail out! a module does not load\n");
		return 1;
	}
	std::optional<without_udev> quiet;

	if (!std::getenv("WAYMARK_LONG"))
		quiet.emplace();
	kernel_log log;
	discoveries all(log);

	stall_watch::last_wish = [&](const findings &found) {
		all.hangs(found);
		if (quiet)
			quiet->start();
	};
	if (quiet && !quiet->stopped()) {
		std::printf("Bail out! udev does not stop\n");
		return 1;
	}
	const bool good = round(chosen, all) && rounds(chosen, all);

	/* How many rounds the time allowed is known by now. */
	std::printf("1..%d\n", tests_run);
	return (!quiet || quiet->catch_up()) && good ? 0 : 1;
}
