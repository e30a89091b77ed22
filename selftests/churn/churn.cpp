// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn [CYCLES]
 *
 * Loads and unloads our modules while NICs come, change, move to another network
 * namespace and go, and while other modules with exports are loaded and unloaded.
 * Each cycle holds descriptors over what happens to their NIC and checks that
 * they give the errors that the documentation promises; a module that is held
 * stays, one that is let go unloads.
 */
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
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

#include "../fuzz/chaos.hpp"
#include "../fuzz/log.hpp"

namespace
{

constexpr uint64_t seed = 20262;
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
	const auto end = std::chrono::steady_clock::now() + patience;

	while (!holds()) {
		expect(std::chrono::steady_clock::now() < end, what);
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

/* A handle over rename, removal and the return of a NIC of that name. */
void hold_nic(fuzz::nic_churn &nics)
{
	expect(!nics.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, held, "", "", true),
	       "no dummy NIC");
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

void cycle(fuzz::nic_churn &nics)
{
	load("symbol_index");
	load("netdev_naming");
	hold_nic(nics);
	hold_index();
	unload("netdev_naming");
	unload("symbol_index");
}

/* NICs and modules of others, until told to stop. */
void surroundings(const std::atomic<bool> &stop, std::atomic<uint64_t> &changes)
{
	static const char *const modules[] = {"kernel/drivers/net/macvlan.ko",
					      "kernel/drivers/net/veth.ko"};
	fuzz::nic_churn nics(seed);

	for (uint64_t i = 0; !stop; i++) {
		nics.step(i);
		changes++;
		if (i % 8)
			continue;
		const std::string path = modules[i / 8 % 2];
		const std::string name = path.substr(path.rfind('/') + 1);

		if (fuzz::load_file(path))
			fuzz::unload(name.substr(0, name.size() - 3).c_str());
	}
	nics.clean();
	fuzz::unload("macvlan");
	fuzz::unload("veth");
}

unsigned long cycles(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : std::getenv("WAYMARK_CHURN");

	if (wanted)
		return std::strtoul(wanted, nullptr, 10);
	if (std::getenv("WAYMARK_LONG"))
		return 10000;
	/*
	 * Where KASAN looks at every access, a cycle takes many times as long. KCSAN
	 * watches few of them: there, each cycle is another chance to meet a race.
	 */
	const bool races = !access("/sys/kernel/debug/kcsan", F_OK);

	return std::getenv("WAYMARK_SLOW") && !races ? 3 : 20;
}

} // namespace

int main(int argc, char **argv)
{
	const unsigned long count = cycles(argc, argv);
	std::atomic<bool> stop{false};
	std::atomic<uint64_t> changes{0};
	fuzz::kernel_log log;
	std::string problem;
	unsigned long done = 0;

	std::printf("TAP version 13\n1..1\n");
	std::fflush(stdout);
	/*
	 * What is loaded at boot goes first: the cycles bring it back. modprobe
	 * takes away what nobody needs any more, too.
	 */
	if (std::system("modprobe -r netdev_naming && modprobe -r symbol_index && "
			"modprobe dummy numdummies=0 && modprobe flex_array && udevadm settle")) {
		std::printf("Bail out! the modules are not as they should be\n");
		return 1;
	}
	std::thread around([&] { surroundings(stop, changes); });

	try {
		fuzz::nic_churn nics(seed + 1);

		while (done < count && problem.empty()) {
			cycle(nics);
			problem = log.report();
			done++;
		}
	} catch (const failure &why) {
		problem = why.what;
	}
	stop = true;
	around.join();
	if (problem.empty())
		problem = log.report();
	if (!problem.empty())
		std::printf("# %s\n", problem.c_str());
	std::printf("%s 1 %lu of %lu loads and unloads under use, %llu changes around\n",
		    problem.empty() ? "ok" : "not ok", done, count,
		    static_cast<unsigned long long>(changes));
	return problem.empty() ? 0 : 1;
}
