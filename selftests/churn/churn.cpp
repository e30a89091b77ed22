// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn [CYCLES | DURATION]
 *
 * Loads and unloads our modules while NICs come, change, move to another network
 * namespace and go, and while other modules with exports are loaded and unloaded.
 * Each cycle holds descriptors over what happens to their NIC and checks that
 * they give the errors that the documentation promises; a module that is held
 * stays, one that is let go unloads.
 *
 * A duration is 90s, 30m or 2h; too few cycles in it are a failure, and so is anything
 * around them that did not happen in one of sixteen cycles at least. udev takes part in the
 * first cycles only: it takes most of an emulated processor.
 */
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

#include "../lib/chaos/chaos.hpp"
#include "../lib/chaos/log.hpp"
#include "../lib/chaos/udev.hpp"
#include "around.hpp"
#include "extent.hpp"

namespace
{

using namespace churn;
using clock_type = std::chrono::steady_clock;

/* One with which each thing happens in the first 30 steps. */
constexpr uint64_t seed = 20548;
/* In so many cycles, each thing around them has to happen once; emulated, the rarest does in six. */
constexpr uint64_t around_each = 16;
/* For that, there are at most so many times the cycles that were asked for. */
constexpr uint64_t most_rounds = 4;
/* With more cycles than that, the others do without udev. */
constexpr uint64_t with_udev = 50;
/* NICs of the cycles themselves; the churn around has its own. */
constexpr const char *held = "churn0";
/* Only a hang takes as long. */
constexpr std::chrono::minutes patience{10};

struct failure {
	std::string what;
};

void expect(bool holds, const std::string &what)
{
	if (!holds)
		throw failure{what};
}

/* Waits for what other threads or udev are still busy with. */
void await(const std::function<bool()> &holds, const std::string &what)
{
	const auto end = clock_type::now() + patience;

	while (!holds()) {
		expect(clock_type::now() < end, what);
		std::this_thread::sleep_for(std::chrono::milliseconds(10));
	}
}

class descriptor
{
public:
	explicit descriptor(const std::string &path)
		: fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)), error_(fd_ < 0 ? errno : 0)
	{
	}
	~descriptor()
	{
		if (fd_ >= 0)
			close(fd_);
	}
	descriptor(const descriptor &) = delete;
	descriptor &operator=(const descriptor &) = delete;

	int get() const { return fd_; }
	int error() const { return error_; }

private:
	int fd_;
	int error_;
};

/* 0 or an errno */
int get_info(const descriptor &handle)
{
	netdev_naming_info info = {};

	info.size = sizeof(info);
	return ioctl(handle.get(), NETDEV_NAMING_IOC_GET_INFO, &info) ? errno : 0;
}

/* Reads all events; returns the errno that ends them. */
int drain(const descriptor &from)
{
	std::array<netdev_naming_event, 16> events;

	while (read(from.get(), events.data(), sizeof(events)) > 0)
		;
	return errno;
}

int remove_module(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

void load(const char *name)
{
	const int error = fuzz::load_file(std::string("updates/waymark/") + name + ".ko");

	expect(!error, std::string(name) + " does not load: " + std::strerror(error));
}

void unload(const char *name)
{
	/* udev may have a node open for a moment. */
	await([name] { return remove_module(name) == 0; }, std::string(name) + " does not unload");
}

/* Returns when all NICs have the nodes that they should have. */
void settle_nodes()
{
	const int fd = open("/sys/class/netdev_naming/announce", O_WRONLY | O_CLOEXEC);

	expect(fd >= 0 && write(fd, "0", 1) == 1, "nobody to wait for nodes");
	close(fd);
}

/* A handle over rename, removal and the return of a NIC of that name. */
void hold_nic(fuzz::nic_churn &nics)
{
	expect(!nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, held, "", "", true),
	       "no dummy NIC");
	settle_nodes();
	const std::string node = "/dev/netdev/if" + std::to_string(if_nametoindex(held));
	const descriptor handle(node), control("/dev/netdev/control");

	expect(handle.get() >= 0, node + ": " + std::strerror(handle.error()));
	expect(control.get() >= 0, "no control descriptor");
	expect(get_info(handle) == 0, "GET_INFO of a NIC that is there");
	expect(nics.request(RTM_SETLINK, 0, held, "churn1", "", false) == 0, "rename");
	expect(get_info(handle) == 0, "GET_INFO after a rename");
	expect(drain(handle) == EAGAIN, "a handle with its events read");
	expect(remove_module("netdev_naming") == EWOULDBLOCK, "unloads while it is held");
	expect(nics.request(RTM_DELLINK, 0, "churn1", "", "", false) == 0, "removal");
	expect(get_info(handle) == ENODEV, "GET_INFO of a NIC that is gone");
	expect(drain(handle) == ENODEV, "the last event of a NIC that is gone");
	expect(drain(control) == EAGAIN, "control with its events read");
	settle_nodes();
	expect(descriptor(node).error() != 0, "the node of a NIC that is gone");
}

/* A snapshot over changes of the index. */
void hold_index()
{
	const descriptor index("/dev/symbol_index");
	symbol_index_snapshot taken = {};

	expect(index.get() >= 0, std::string("/dev/symbol_index: ") + std::strerror(index.error()));
	taken.size = sizeof(taken);
	expect(ioctl(index.get(), SYMBOL_INDEX_IOC_SNAPSHOT, &taken) == 0, "SNAPSHOT");
	void *map = mmap(nullptr, taken.snapshot_size, PROT_READ, MAP_SHARED, index.get(), 0);

	expect(map != MAP_FAILED, "mmap of the snapshot");
	expect(!std::memcmp(map, "\x89SYMIDX", 7), "the snapshot's first bytes");
	expect(remove_module("symbol_index") == EWOULDBLOCK, "unloads while it is mapped");
	munmap(map, taken.snapshot_size);
}

/* Where the time of all cycles went. */
struct spent {
	clock_type::duration load{}, hold{}, unload{};
};

void cycle(fuzz::nic_churn &nics, spent &time)
{
	const auto start = clock_type::now();

	load("symbol_index");
	load("netdev_naming");
	const auto loaded = clock_type::now();

	hold_nic(nics);
	hold_index();
	const auto held_all = clock_type::now();

	unload("netdev_naming");
	unload("symbol_index");
	time.load += loaded - start;
	time.hold += held_all - loaded;
	time.unload += clock_type::now() - held_all;
}

bool little_around(const surroundings &around, uint64_t done)
{
	return around.least() < (done + around_each - 1) / around_each;
}

/* Whether another cycle is due. */
bool goes_on(const extent &wanted, uint64_t done, clock_type::duration time, const surroundings &around)
{
	if (uint64_t(time / std::chrono::seconds(1)) >= wanted.seconds)
		return false;
	return done < wanted.cycles ||
	       (done < most_rounds * wanted.cycles && little_around(around, wanted.cycles));
}

/* Cycles as many as asked for, or until something is wrong: what that is. */
std::string cycles(const extent &wanted, const surroundings &around, fuzz::kernel_log &log,
		   uint64_t &done)
{
	const auto start = clock_type::now();
	std::optional<fuzz::without_udev> quiet;
	fuzz::nic_churn nics(seed + 1);
	spent time;
	std::string problem;

	while (problem.empty() && goes_on(wanted, done, clock_type::now() - start, around)) {
		if (done == with_udev) {
			quiet.emplace();
			expect(quiet->stopped(), "udev does not stop");
		}
		cycle(nics, time);
		problem = log.report();
		done++;
	}
	for (const auto &[what, all] : {std::pair("to load", time.load), std::pair("to use", time.hold),
					std::pair("to unload", time.unload)})
		std::printf("# %s: %lld ms a cycle\n", what,
			    static_cast<long long>(all / std::chrono::milliseconds(1) / (done ? done : 1)));
	return problem;
}

/* The same, with what stops a cycle half-way. */
std::string all_cycles(const extent &wanted, const surroundings &around, fuzz::kernel_log &log,
		       uint64_t &done)
{
	try {
		return cycles(wanted, around, log, done);
	} catch (const failure &why) {
		return why.what;
	}
}

/* What is missing, although nothing was wrong. */
std::string too_few(const extent &wanted, uint64_t done, const surroundings &around)
{
	if (done < wanted.least)
		return "fewer than " + std::to_string(wanted.least) + " loads and unloads";
	if (little_around(around, std::min(done, wanted.cycles)))
		return "too little happened around the loads and unloads";
	return "";
}

bool prepare()
{
	/*
	 * What is loaded at boot goes first: the cycles bring it back. modprobe
	 * takes away what nobody needs any more, too.
	 */
	return !std::system("modprobe -r netdev_naming && modprobe -r symbol_index && "
			    "modprobe dummy numdummies=0 && modprobe flex_array && udevadm settle");
}

} // namespace

int main(int argc, char **argv)
{
	const char *asked = argc > 1 ? argv[1] : std::getenv("WAYMARK_CHURN");
	extent wanted = extent::usual();
	fuzz::kernel_log log;
	uint64_t done = 0;

	std::printf("TAP version 13\n1..1\n");
	std::fflush(stdout);
	if (asked && !wanted.parse(asked)) {
		std::printf("Bail out! %s: neither a number of cycles nor a duration\n", asked);
		return 1;
	}
	if (!prepare()) {
		std::printf("Bail out! the modules are not as they should be\n");
		return 1;
	}
	const auto start = clock_type::now();
	surroundings around(seed);
	std::string problem = all_cycles(wanted, around, log, done);
	const long long seconds = (clock_type::now() - start) / std::chrono::seconds(1);

	around.end();
	if (problem.empty())
		problem = log.report();
	if (problem.empty())
		problem = too_few(wanted, done, around);
	std::printf("# churn: cycles=%llu least=%llu seconds=%lld %s\n",
		    static_cast<unsigned long long>(done), static_cast<unsigned long long>(wanted.least),
		    seconds, around.words().c_str());
	if (!problem.empty())
		std::printf("# %s\n", problem.c_str());
	std::printf("%s 1 %llu loads and unloads under use\n", problem.empty() ? "ok" : "not ok",
		    static_cast<unsigned long long>(done));
	return problem.empty() ? 0 : 1;
}
