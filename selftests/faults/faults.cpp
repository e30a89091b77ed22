// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fails every allocation of an operation in our modules once, in turn, and every
 * copy from and to userspace: the first, the second, and so on, until the
 * operation is done before the fault's turn comes. Each time the operation
 * either succeeds or gives a clean errno, the kernel's log stays clean, and the
 * same operation without a fault works afterwards. Leaks are found by kmemleak
 * at the end of the run.
 *
 * Loading a module and making a NIC take hundreds of allocations, nearly all of them
 * for more of the same, and take an emulated machine most of a second each. Of those
 * only the first ones and a sample of the others are failed; with WAYMARK_LONG, all.
 */
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <linux/rtnetlink.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

#include "../fuzz/chaos.hpp"
#include "../fuzz/log.hpp"
#include "../fuzz/udev.hpp"

namespace
{

/* More allocations than any operation makes. */
constexpr unsigned int limit = 5000;
constexpr unsigned int planned = 20;
/* Of what takes long, without WAYMARK_LONG: the first ones in turn, then one of so many. */
constexpr unsigned int in_turn = 12;
constexpr unsigned int stride = 29;

struct operation {
	std::string name;
	std::function<int()> act;		/* 0 or an errno */
	std::function<void()> undo;		/* after a success */
	std::vector<int> errnos;		/* clean failures; empty: any */
	std::function<void()> prepare = {};	/* before each time; no fault in it */
	bool slow = false;			/* takes long, and many allocations */
};

/* Where a function of the kernel begins and the next one does; false: there is none. */
bool function_range(const std::string &name, unsigned long &from, unsigned long &to)
{
	std::ifstream symbols("/proc/kallsyms");
	std::vector<unsigned long> all;
	std::string address, kind, symbol, line;

	from = 0;
	while (std::getline(symbols, line)) {
		std::istringstream words(line);

		if (!(words >> address >> kind >> symbol))
			continue;
		all.push_back(std::stoul(address, nullptr, 16));
		if (symbol == name)
			from = all.back();
	}
	to = ~0UL;
	for (const unsigned long other : all)
		if (other > from && other < to)
			to = other;
	return from != 0;
}

bool set(const std::string &name, const std::string &value)
{
	std::ofstream file("/sys/kernel/debug/" + name);

	return static_cast<bool>(file << value << std::flush);
}

/*
 * Only what is allocated, or copied from or to userspace, with a module on the
 * stack: what the kernel does before it gets to one is not ours to prove. The
 * range is that of modules on x86-64.
 */
bool restrict_to_modules()
{
#ifdef __x86_64__
	static const char *const settings[][2] = {
		{"require-start", "0xffffffffa0000000"},
		{"require-end", "0xffffffffff000000"},
		{"stacktrace-depth", "32"},
	};

	unsigned long from = 0, to = 0;
	/* What the kernel takes when it starts to count lines of a module. */
	const bool counted = function_range("__gcov_init", from, to);

	for (const std::string kind : {"failslab/", "fail_page_alloc/", "fail_usercopy/"}) {
		for (const auto &setting : settings)
			if (!set(kind + setting[0], setting[1]))
				return false;
		if (counted && (!set(kind + "reject-start", std::to_string(from)) ||
				!set(kind + "reject-end", std::to_string(to))))
			return false;
	}
#endif
	return true;
}

bool prepare_injection()
{
	static const char *const settings[][2] = {
		{"failslab/ignore-gfp-wait", "N"},	 {"failslab/verbose", "0"},
		{"fail_page_alloc/ignore-gfp-wait", "N"}, {"fail_page_alloc/verbose", "0"},
		{"fail_page_alloc/ignore-gfp-highmem", "N"}, {"fail_page_alloc/min-order", "0"},
		{"fail_usercopy/verbose", "0"},
	};

	for (const auto &setting : settings)
		if (!set(setting[0], setting[1]))
			return false;
	return restrict_to_modules();
}

/* Act with the nth allocation failing; says whether it came to that. */
int act_failing(const operation &what, unsigned int nth, bool &injected)
{
	const int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	const std::string text = std::to_string(nth);
	char left[16] = "";

	if (fd < 0 || write(fd, text.c_str(), text.size()) < 0)
		std::abort();
	const int error = what.act();

	if (pread(fd, left, sizeof(left) - 1, 0) <= 0)
		std::abort();
	injected = std::atoi(left) == 0;
	if (pwrite(fd, "0", 1, 0) != 1)
		std::abort();
	close(fd);
	return error;
}

bool clean(const operation &what, int error)
{
	if (!error || what.errnos.empty())
		return error >= 0 && error < 134;
	for (const int allowed : what.errnos)
		if (error == allowed)
			return true;
	return false;
}

/* Which allocation fails after the nth one. */
unsigned int next(const operation &what, unsigned int nth)
{
	static const bool all = std::getenv("WAYMARK_LONG");

	return nth + (all || !what.slow || nth < in_turn ? 1 : stride);
}

std::string sweep(const operation &what, fuzz::kernel_log &log)
{
	std::map<int, unsigned int> outcomes;
	bool injected = true;
	unsigned int nth = 0, failed = 0;

	while (injected && (nth = next(what, nth)) < limit) {
		if (what.prepare)
			what.prepare();
		const int error = act_failing(what, nth, injected);

		outcomes[error]++;
		failed += injected;
		if (!error && what.undo)
			what.undo();
		const std::string report = log.report();

		if (!report.empty())
			return "allocation " + std::to_string(nth) + ": " + report;
		if (!clean(what, error))
			return "allocation " + std::to_string(nth) + ": " + std::strerror(error);
		if (!injected && error)
			return std::string("fails without a fault: ") + std::strerror(error);
	}
	if (nth >= limit)
		return "never done without a fault";
	std::printf("# %s: %u allocations failed in turn, the last one before number %u;",
		    what.name.c_str(), failed, nth);
	for (const auto &[error, count] : outcomes)
		std::printf(" %s %u", error ? std::strerror(error) : "success", count);
	std::printf("\n");
	if (what.prepare)
		what.prepare();
	const int after = what.act();

	if (after)
		return std::string("does not work afterwards: ") + std::strerror(after);
	if (what.undo)
		what.undo();
	return log.report();
}

/* A driver and its device. */
using bound = std::pair<std::filesystem::path, std::string>;

/* What is bound to a driver, by NIC. */
std::map<std::string, bound> hardware_nics()
{
	std::map<std::string, bound> found;

	for (const auto &nic : std::filesystem::directory_iterator("/sys/class/net")) {
		const std::filesystem::path device = nic.path() / "device";

		if (std::filesystem::exists(device / "driver"))
			found[nic.path()] = {std::filesystem::canonical(device / "driver"),
					     std::filesystem::canonical(device).filename()};
	}
	return found;
}

/*
 * One NIC of hardware is enough: what a second one of its kind takes is the same
 * once more. Drivers let go of the others and get them back.
 */
class one_nic
{
public:
	one_nic()
	{
		const auto nics = hardware_nics();

		before_ = nics.size();
		for (const auto &[name, nic] : nics)
			others_.insert(nic);
		if (!nics.empty())
			others_.erase(nics.begin()->second);
		alone_ = tell("unbind");
	}
	~one_nic() { give_back(); }
	one_nic(const one_nic &) = delete;
	one_nic &operator=(const one_nic &) = delete;

	bool alone() const { return alone_; }
	/* How many NICs had a driver. */
	std::size_t before() const { return before_; }
	/* Whether every driver took its own. */
	bool give_back()
	{
		const bool good = tell("bind");

		others_.clear();
		return good;
	}

private:
	bool tell(const std::string &what)
	{
		bool good = true;

		for (const auto &[driver, device] : others_) {
			std::ofstream file(driver / what);

			good &= static_cast<bool>(file << device << std::flush);
		}
		return good;
	}

	std::set<bound> others_;
	std::size_t before_;
	bool alone_;
};

void add_loads(std::vector<operation> &all)
{
	for (const char *module : {"symbol_index", "netdev_naming"}) {
		fuzz::unload(module);
		all.push_back({std::string("load ") + module,
			       [module] {
				       return fuzz::load_file(std::string("updates/waymark/") +
							      module + ".ko");
			       },
			       [module] { fuzz::unload(module); }, {}, {}, true});
	}
}

/* With both modules in: what other modules and NICs make them do. */
void add_updates(std::vector<operation> &all, fuzz::nic_churn &nics)
{
	all.push_back({"index update: a module with exports comes",
		       [] { return fuzz::load_file("kernel/drivers/net/macvlan.ko"); },
		       [] { fuzz::unload("macvlan"); }, {}});
	const auto create = [&nics](const char *name) {
		return nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name, "", "", true);
	};
	/* What the modules know of a NIC after a fault must do for the rest of its life. */
	all.push_back({"create a NIC", [create] { return create("fuzz0"); },
		       [&nics] {
			       nics.request(RTM_SETLINK, 0, "fuzz0", "fuzz1", "", false);
			       nics.clean();
		       }, {}, {}, true});
	all.push_back({"rename a NIC",
		       [&nics] { return nics.request(RTM_SETLINK, 0, "fuzz0", "fuzz1", "", false); },
		       [&nics] { nics.clean(); }, {}, [create] { create("fuzz0"); }});
	all.push_back({"remove a NIC",
		       [&nics] { return nics.request(RTM_DELLINK, 0, "fuzz2", "", "", false); },
		       [&nics] { nics.clean(); }, {}, [create] { create("fuzz2"); }});
}

void add_opens(std::vector<operation> &all)
{
	for (const char *path : {"/dev/netdev/control", "/dev/netdev/if1", "/dev/symbol_index",
				 "/dev/flex_array"})
		all.push_back({std::string("open ") + path,
			       [path] {
				       const int fd = open(path, O_RDONLY | O_CLOEXEC);

				       if (fd < 0)
					       return errno;
				       close(fd);
				       return 0;
			       },
			       {}, {ENOMEM, ENFILE, EFAULT}});
}

template <typename argument>
operation call(const std::string &name, const char *path, unsigned long number,
	       std::function<void(argument &)> fill)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return {name,
		[=] {
			argument what = {};

			what.size = sizeof(what);
			if (fill)
				fill(what);
			const int result = ioctl(fd, number, &what);
			const int error = result ? errno : 0;

			if constexpr (std::is_same_v<argument, netdev_naming_open_by_ifindex>)
				if (!result)
					close(what.fd);
			return error;
		},
		{}, {ENOMEM, ENFILE, EINTR, EFAULT}};
}

/* The queue holds events then, which reading takes memory for. */
operation read_events(fuzz::nic_churn &nics)
{
	const int fd = open("/dev/netdev/control", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return {"read events",
		[fd] {
			static char events[4096];

			return read(fd, events, sizeof(events)) < 0 && errno != EAGAIN ? errno : 0;
		},
		[&nics] {
			nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "fuzz0", "", "", true);
			nics.clean();
		},
		{ENOMEM, EFAULT}};
}

operation map_snapshot()
{
	return {"take a snapshot and map it",
		[] {
			const int fd = open("/dev/symbol_index", O_RDONLY | O_CLOEXEC);
			symbol_index_snapshot taken = {};
			int error = fd < 0 ? errno : 0;

			if (error)
				return error;
			taken.size = sizeof(taken);
			if (ioctl(fd, SYMBOL_INDEX_IOC_SNAPSHOT, &taken)) {
				error = errno;
			} else {
				void *map = mmap(nullptr, taken.snapshot_size, PROT_READ, MAP_SHARED,
						 fd, 0);

				if (map == MAP_FAILED)
					error = errno;
				else
					munmap(map, taken.snapshot_size);
			}
			close(fd);
			return error;
		},
		{}, {ENOMEM, ENFILE, EAGAIN, EFAULT}};
}

void add_calls(std::vector<operation> &all)
{
	static char buffer[65536];
	const uint64_t where = reinterpret_cast<uint64_t>(buffer);
	static const char *name = "register_netdev";
	const uint64_t text = reinterpret_cast<uint64_t>(name);

	all.push_back(call<netdev_naming_info>("GET_INFO", "/dev/netdev/if1", NETDEV_NAMING_IOC_GET_INFO, {}));
	all.push_back(call<netdev_naming_altnames>("GET_ALTNAMES", "/dev/netdev/if1",
		NETDEV_NAMING_IOC_GET_ALTNAMES, [=](auto &a) { a.names = where; a.capacity = 65536; }));
	all.push_back(call<netdev_naming_enumerate>("ENUMERATE", "/dev/netdev/control",
		NETDEV_NAMING_IOC_ENUMERATE, [=](auto &a) {
			a.entries = where;
			a.capacity = 64;
			a.entry_size = sizeof(netdev_naming_entry);
		}));
	all.push_back(call<netdev_naming_open_by_ifindex>("OPEN_BY_IFINDEX", "/dev/netdev/control",
		NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, [](auto &a) { a.ifindex = 1; }));
	all.push_back(call<symbol_index_info>("symbol INFO", "/dev/symbol_index",
		SYMBOL_INDEX_IOC_INFO, {}));
	all.push_back(call<symbol_index_lookup>("LOOKUP", "/dev/symbol_index",
		SYMBOL_INDEX_IOC_LOOKUP, [=](auto &a) {
			a.name = text;
			a.buffer = where;
			a.buffer_size = 4096;
		}));
	all.push_back(call<symbol_index_list>("symbol LIST", "/dev/symbol_index",
		SYMBOL_INDEX_IOC_LIST, [=](auto &a) { a.buffer = where; a.buffer_size = 65536; }));
	all.push_back(call<flex_array_list>("array LIST", "/dev/flex_array", FLEX_ARRAY_IOC_LIST,
		[=](auto &a) {
			a.records = where;
			a.record_size = sizeof(flex_array_info);
			a.count = 16;
		}));
}

/* All as it was, or why not. */
bool restore(one_nic &single, fuzz::without_udev &quiet)
{
	bool good = true;
	const auto must = [&good](bool holds, const std::string &reason) {
		if (!holds)
			std::printf("# %s\n", reason.c_str());
		good &= holds;
	};

	must(quiet.start(), "udev does not start");
	must(single.give_back(), "a driver does not take its NIC back");
	/* It may be renaming them until then. */
	must(quiet.catch_up(), "udev does not catch up");
	must(!std::system("modprobe -r dummy"), "dummy does not unload");
	const std::size_t after = hardware_nics().size();

	must(after == single.before(), std::to_string(after) + " NICs have a driver, " +
	     std::to_string(single.before()) + " had one before");
	return good;
}

int bail(const char *why)
{
	std::printf("Bail out! %s\n", why);
	return 1;
}

} // namespace

int main()
{
	std::printf("TAP version 13\n");
	if (access("/proc/thread-self/fail-nth", W_OK)) {
		std::printf("1..0 # SKIP this kernel has no fault injection (CONFIG_FAILSLAB)\n");
		return 4;
	}
	if (!prepare_injection())
		return bail("fault injection takes no settings");
	/* No NIC but one and those that are made. */
	one_nic single;

	if (!single.alone())
		return bail("a driver does not let go of its NIC");
	if (std::system("modprobe -r dummy && modprobe -r macvlan && modprobe flex_array && "
			"modprobe dummy numdummies=0 && udevadm settle"))
		return bail("a module does not load");
	fuzz::without_udev quiet;

	if (!quiet.stopped())
		return bail("udev does not stop");
	std::printf("1..%u\n", planned);
	fuzz::kernel_log log;
	fuzz::nic_churn nics(1);
	std::vector<operation> all;
	unsigned int number = 0, failed = 0;
	const auto run = [&] {
		for (const operation &what : all) {
			const std::string problem = sweep(what, log);

			if (!problem.empty())
				std::printf("# %s\n", problem.c_str());
			failed += !problem.empty();
			std::printf("%s %u %s\n", problem.empty() ? "ok" : "not ok", ++number,
				    what.name.c_str());
			std::fflush(stdout);
		}
		all.clear();
	};

	add_loads(all);
	run();
	if (!fuzz::load("symbol_index") || !fuzz::load("netdev_naming"))
		return bail("a module does not load any more");
	add_updates(all, nics);
	add_opens(all);
	add_calls(all);
	all.push_back(read_events(nics));
	all.push_back(map_snapshot());
	run();
	if (!restore(single, quiet))
		failed++;
	return failed || number != planned ? 1 : 0;
}
