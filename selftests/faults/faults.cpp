// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fails every allocation of an operation in our modules once, in turn, and every
 * copy from and to userspace: the first, the second, and so on, until the
 * operation is done before the fault's turn comes. Each time the operation
 * either succeeds or gives a clean errno, the kernel's log stays clean, and the
 * same operation without a fault works afterwards. An operation in which nothing
 * failed has failed itself. Leaks are found by kmemleak at the end of the run.
 *
 * Loading a module and making a NIC take hundreds of allocations, nearly all of them
 * for more of the same, and take an emulated machine up to three seconds each. Of those
 * each call in our modules that allocates fails, at a few places below (places.hpp); with
 * WAYMARK_LONG, all.
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
#include <net/if.h>
#include <set>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>

#include "../lib/chaos/chaos.hpp"
#include "../lib/chaos/log.hpp"
#include "../lib/chaos/udev.hpp"
#include "inject.hpp"
#include "loads.hpp"
#include "sweep.hpp"

namespace
{

using faults::operation;

constexpr unsigned int planned = 23;
/* The NIC that is asked: one that has everything a reply can be about. */
constexpr const char *asked = "faults0";

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

/* With both modules in: what other modules and NICs make them do. */
void add_updates(std::vector<operation> &all, fuzz::nic_churn &nics)
{
	all.push_back({"index update: a module with exports comes", "symbol_index",
		       [] { return fuzz::load_file("kernel/drivers/net/macvlan.ko"); },
		       [] { fuzz::unload("macvlan"); }});
	const auto create = [&nics](const char *name) {
		return nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name, "", "", true);
	};
	const auto clean = [&nics] { nics.clean(); };

	/* What the modules know of a NIC after a fault must do for the rest of its life. */
	all.push_back({"create a NIC", "netdev_naming", [create] { return create("fuzz0"); },
		       [&nics] {
			       nics.request(RTM_SETLINK, 0, "fuzz0", "fuzz1", "", false);
			       nics.clean();
		       }, {}, {}, true});
	all.push_back({"rename a NIC", "netdev_naming",
		       [&nics] {
			       return nics.request(RTM_SETLINK, 0, "fuzz0", "fuzz1", "", false);
		       },
		       clean, {}, [create] { create("fuzz0"); }});
	all.push_back({"remove a NIC", "netdev_naming",
		       [&nics] { return nics.request(RTM_DELLINK, 0, "fuzz2", "", "", false); },
		       clean, {}, [create] { create("fuzz2"); }});
}

/* Opening /dev/flex_array takes no memory of ours. */
void add_opens(std::vector<operation> &all, const std::string &node)
{
	const std::pair<std::string, const char *> nodes[] = {
		{"/dev/netdev/control", "netdev_naming"},
		{node, "netdev_naming"},
		{"/dev/symbol_index", "symbol_index"},
	};

	for (const auto &[path, module] : nodes)
		all.push_back({"open " + path, module,
			       [path = path] {
				       const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);

				       if (fd < 0)
					       return errno;
				       close(fd);
				       return 0;
			       },
			       {}, {ENOMEM, ENFILE, EFAULT}});
}

/* What a successful call gave, if that is a descriptor. */
template <typename argument>
void let_go(const argument &)
{
}

void let_go(const netdev_naming_open_by_ifindex &what) { close(what.fd); }
void let_go(const netdev_naming_open_by_name &what) { close(what.fd); }
void let_go(const netdev_naming_open_by_id &what) { close(what.fd); }

template <typename argument>
operation call(const std::string &name, const std::string &path, unsigned long number,
	       std::function<void(argument &)> fill)
{
	const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const bool naming = path.find("/netdev/") != std::string::npos;

	return {name, naming ? "netdev_naming" : path.substr(std::strlen("/dev/")),
		[=] {
			argument what = {};

			what.size = sizeof(what);
			if (fill)
				fill(what);
			if (ioctl(fd, number, &what))
				return errno;
			let_go(what);
			return 0;
		},
		{}, {ENOMEM, ENFILE, EINTR, EFAULT}};
}

/* The queue holds events then, which reading takes memory for. */
operation map_snapshot()
{
	return {"take a snapshot and map it", "symbol_index",
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
				void *map = mmap(nullptr, taken.snapshot_size, PROT_READ,
						 MAP_SHARED, fd, 0);

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

char buffer[65536];
const uint64_t where = reinterpret_cast<uint64_t>(buffer);

void add_naming_calls(std::vector<operation> &all, const std::string &node)
{
	const char *const control = "/dev/netdev/control";
	const unsigned int ifindex = if_nametoindex(asked);
	netdev_naming_info info = {};
	const int fd = open(node.c_str(), O_RDONLY | O_CLOEXEC);

	info.size = sizeof(info);
	if (ioctl(fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		info.id = 0;
	close(fd);
	all.push_back(call<netdev_naming_info>("GET_INFO", node, NETDEV_NAMING_IOC_GET_INFO, {}));
	all.push_back(call<netdev_naming_altnames>("GET_ALTNAMES", node,
		NETDEV_NAMING_IOC_GET_ALTNAMES, [](auto &a) {
			a.names = where;
			a.capacity = sizeof(buffer);
		}));
	all.push_back(call<netdev_naming_enumerate>("ENUMERATE", control,
		NETDEV_NAMING_IOC_ENUMERATE, [](auto &a) {
			a.entries = where;
			a.capacity = 64;
			a.entry_size = sizeof(netdev_naming_entry);
		}));
	all.push_back(call<netdev_naming_open_by_ifindex>("OPEN_BY_IFINDEX", control,
		NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, [=](auto &a) { a.ifindex = ifindex; }));
	all.push_back(call<netdev_naming_open_by_name>("OPEN_BY_NAME", control,
		NETDEV_NAMING_IOC_OPEN_BY_NAME, [](auto &a) { std::strcpy(a.name, asked); }));
	all.push_back(call<netdev_naming_open_by_id>("OPEN_BY_ID", control,
		NETDEV_NAMING_IOC_OPEN_BY_ID, [id = info.id](auto &a) { a.id = id; }));
}

void add_symbol_calls(std::vector<operation> &all)
{
	static const char name[] = "register_netdev";
	const char *const device = "/dev/symbol_index";

	all.push_back(call<symbol_index_info>("symbol INFO", device, SYMBOL_INDEX_IOC_INFO, {}));
	all.push_back(call<symbol_index_lookup>("LOOKUP", device, SYMBOL_INDEX_IOC_LOOKUP,
		[](auto &a) {
			a.name = reinterpret_cast<uint64_t>(name);
			a.buffer = where;
			a.buffer_size = 4096;
		}));
	all.push_back(call<symbol_index_list>("symbol LIST", device, SYMBOL_INDEX_IOC_LIST,
		[](auto &a) { a.buffer = where; a.buffer_size = sizeof(buffer); }));
}

/* There is one array at least: netdev_naming's log of events. */
void add_array_calls(std::vector<operation> &all)
{
	const char *const device = "/dev/flex_array";
	const auto fill = [](flex_array_list &list) {
		list.records = where;
		list.record_size = sizeof(flex_array_info);
		list.capacity = 16;
	};
	flex_array_list list = {};
	const int fd = open(device, O_RDONLY | O_CLOEXEC);
	uint64_t id = 0;

	list.size = sizeof(list);
	fill(list);
	if (!ioctl(fd, FLEX_ARRAY_IOC_LIST, &list) && list.count)
		id = reinterpret_cast<const flex_array_info *>(buffer)->id;
	close(fd);
	all.push_back(call<flex_array_info>("array INFO", device, FLEX_ARRAY_IOC_INFO,
					    [id](auto &a) { a.id = id; }));
	all.push_back(call<flex_array_list>("array LIST", device, FLEX_ARRAY_IOC_LIST, fill));
}

/* The node of a NIC with an alternative name; empty if it cannot be made. */
std::string make_asked(fuzz::nic_churn &nics)
{
	if (nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, asked, "", "", true) ||
	    nics.request(RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL | NLM_F_APPEND, asked, "",
			 "an-alternative-name", false))
		return "";
	/* Returns when the node is there. */
	const int fd = open("/sys/class/netdev_naming/announce", O_WRONLY | O_CLOEXEC);
	const bool settled = fd >= 0 && write(fd, "0", 1) == 1;

	close(fd);
	return settled ? "/dev/netdev/if" + std::to_string(if_nametoindex(asked)) : "";
}

/* All as it was, or why not. */
bool restore(one_nic &single, fuzz::without_udev &quiet, faults::without_modules &ours)
{
	bool good = true;
	const auto must = [&good](bool holds, const std::string &reason) {
		if (!holds)
			std::printf("# %s\n", reason.c_str());
		good &= holds;
	};

	must(faults::restore_settings(), "fault injection does not take its settings back");
	must(ours.restore(), "a module of ours does not load again");
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

/* Runs operations, and says so in TAP. */
class tap
{
public:
	explicit tap(unsigned int planned) : planned_(planned) { std::printf("1..%u\n", planned); }

	void run(std::vector<operation> &all)
	{
		for (const operation &what : all)
			run(what);
		all.clear();
	}
	bool good() const { return !failed_ && number_ == planned_; }

private:
	void run(const operation &what)
	{
		const std::string problem = what.skip.empty() ? faults::sweep(what, log_) : "";
		const std::string skip = what.skip.empty() ? "" : " # SKIP " + what.skip;

		if (!problem.empty())
			std::printf("# %s\n", problem.c_str());
		failed_ += !problem.empty();
		std::printf("%s %u %s%s\n", problem.empty() ? "ok" : "not ok", ++number_,
			    what.name.c_str(), skip.c_str());
		std::fflush(stdout);
	}

	fuzz::kernel_log log_;
	unsigned int planned_, number_ = 0, failed_ = 0;
};

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
	const faults::settings_given_back settings;

	if (!faults::prepare())
		return bail("fault injection takes no settings");
	/* No NIC but one and those that are made. */
	one_nic single;

	if (!single.alone())
		return bail("a driver does not let go of its NIC");
	if (std::system("modprobe -r dummy && modprobe -r macvlan && "
			"modprobe dummy numdummies=0 && udevadm settle"))
		return bail("a module does not load");
	fuzz::without_udev quiet;

	if (!quiet.stopped())
		return bail("udev does not stop");
	faults::without_modules ours;

	if (!ours.stuck().empty())
		return bail((ours.stuck() + " does not unload").c_str());
	tap points(planned);
	fuzz::nic_churn nics(1);
	std::vector<operation> all;

	/* Each needs none of those behind it. */
	for (const char *module : {"flex_array", "netdev_naming", "symbol_index"}) {
		all.push_back(faults::load_module(module));
		points.run(all);
		if (!fuzz::load(module))
			return bail("a module does not load any more");
	}
	all.push_back(faults::load_module("symbol_index_loader"));
	add_updates(all, nics);
	points.run(all);
	const std::string node = make_asked(nics);

	if (node.empty())
		return bail("no NIC with an alternative name can be made");
	add_opens(all, node);
	add_naming_calls(all, node);
	add_symbol_calls(all);
	add_array_calls(all);
	all.push_back(map_snapshot());
	points.run(all);
	return restore(single, quiet, ours) && points.good() ? 0 : 1;
}
