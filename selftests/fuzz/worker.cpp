// SPDX-License-Identifier: GPL-2.0-only
#include "worker.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <mutex>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/netdev_naming.h>

#include "../lib/poison.h"
#include "../lib/chaos/recent.hpp"

namespace fuzz
{

descriptor_pool::descriptor_pool()
{
	for (auto &kind : fd_)
		for (auto &slot : kind)
			slot = -1;
}

descriptor_pool::~descriptor_pool()
{
	clear();
}

int descriptor_pool::any(device_kind kind, random_source &random) const
{
	return fd_[kind][random.below(slots)];
}

void descriptor_pool::put(device_kind kind, unsigned int slot, int fd)
{
	const int old = fd_[kind][slot % slots].exchange(fd);

	if (old >= 0)
		close(old);
	/* It may have been shut, and cleared, meanwhile. */
	if (fd >= 0 && shut_)
		put(kind, slot, -1);
}

void descriptor_pool::shut(bool shut)
{
	shut_ = shut;
	if (shut)
		clear();
}

void descriptor_pool::clear()
{
	for (unsigned int kind = 0; kind < device_kinds; kind++)
		for (unsigned int slot = 0; slot < slots; slot++)
			put(static_cast<device_kind>(kind), slot, -1);
}

void findings::add(const std::string &what, uint64_t seed, unsigned int thread, uint64_t operation)
{
	static std::mutex lock;
	const std::lock_guard<std::mutex> guard(lock);

	if (failed)
		return;
	first = what + " (seed " + std::to_string(seed) + ", thread " + std::to_string(thread) +
		", operation " + std::to_string(operation) + ")";
	this->operation = operation;
	this->thread = thread;
	failed = true;
}

worker::worker(descriptor_pool &pool, findings &found, uint64_t seed, unsigned int thread,
	       bool racing)
	: pool_(pool), found_(found), seed_(seed), thread_(thread), racing_(racing)
{
}

void worker::note(const std::string &what, uint64_t operation)
{
	found_.add(what, seed_, thread_, operation);
}

void worker::run(uint64_t from, uint64_t to, coverage *covered)
{
	if (covered)
		covered->start();
	for (uint64_t i = from; i < to && !found_.failed; i++) {
		found_.begun[thread_] = i;
		step(i);
		if (i == planted.operation && racing_ >= planted.racing)
			note("planted", i);
		found_.operations++;
		if (covered && (i % 64 == 0 || covered->half_full()))
			covered->collect();
	}
	if (covered)
		covered->stop();
}

void worker::step(uint64_t operation)
{
	random_source random(seed_, thread_, operation);
	const uint64_t what = random.below(100);

	if (what < 72)
		call_ioctl(random, operation);
	else if (what < 82)
		call_read(random, operation);
	else if (what < 86)
		call_poll(random);
	else if (what < 90)
		call_mmap(random, operation);
	else if (what < 97)
		call_open(random, operation);
	else
		call_other(random);
}

void worker::call_ioctl(random_source &random, uint64_t operation)
{
	const ioctl_layout &layout = layouts()[random.below(layouts().size())];
	request made(layout, memory_, random);
	/* Now and then, of another device: ENOTTY. */
	const device_kind kind = random.percent(97) ? layout.device
						    : static_cast<device_kind>(random.below(device_kinds));
	const int fd = pool_.any(kind, random);
	const int result = ioctl(fd, made.number(), made.argument());
	const int error = result < 0 ? errno : 0;

	if (!result)
		found_.succeeded++;
	/* A slot may be empty, closed by another thread, or of another device by now. */
	if (fd < 0 || kind != layout.device || (racing_ && (error == EBADF || error == ENOTTY)))
		return;
	if (!result && made.descriptor() >= 0) {
		/* The kernel makes it blocking: a read would wait for an event that nobody causes. */
		fcntl(made.descriptor(), F_SETFL, O_NONBLOCK);
		pool_.put(netdev_handle, random.below(descriptor_pool::slots), made.descriptor());
	}
	if (error == EBADF)
		return;
	/* With several threads, another device's reply may be in the buffer. */
	const std::string wrong = made.verify(result, error);

	if (!wrong.empty())
		note(wrong, operation);
}

void worker::call_read(random_source &random, uint64_t operation)
{
	static const size_t sizes[] = {0, 1, 8, sizeof(netdev_naming_event) - 1,
				       sizeof(netdev_naming_event), 1000, 8192, 65536};
	const device_kind kind = static_cast<device_kind>(random.below(device_kinds));
	const size_t size = sizes[random.below(8)];
	unsigned char *buffer = memory_.tail(1, size);
	const bool bad = random.percent(10);

	std::memset(buffer, 0, size);
	if (bad)
		buffer = memory_.tail(1, random.below(size + 1));
	const ssize_t got = read(pool_.any(kind, random), buffer, size);

	if (got > static_cast<ssize_t>(size))
		note("read returned more than it was asked for", operation);
	if (got > 0 && (kind == netdev_control || kind == netdev_handle) && !racing_) {
		if (poison_find(buffer, got) >= 0)
			note("read: uninitialised bytes", operation);
		if (poison_find_address(buffer, got) >= 0)
			note("read: what looks like an address of the kernel", operation);
	}
}

void worker::call_poll(random_source &random)
{
	pollfd set[4];

	for (unsigned int i = 0; i < 4; i++)
		set[i] = {pool_.any(static_cast<device_kind>(i % device_kinds), random),
			  static_cast<short>(random.next()), 0};
	poll(set, 4, random.percent(90) ? 0 : 1);
}

void worker::call_mmap(random_source &random, uint64_t operation)
{
	static const size_t lengths[] = {1, 4096, 4097, 65536, 1 << 20, 1 << 24, 1UL << 40};
	const device_kind kind = random.percent(85) ? symbols
						    : static_cast<device_kind>(random.below(device_kinds));
	const int protection = random.percent(80) ? PROT_READ : static_cast<int>(random.below(8));
	const int flags = random.percent(50) ? MAP_SHARED : MAP_PRIVATE;
	const size_t length = lengths[random.below(7)];
	const off_t offset = random.percent(80) ? 0 : static_cast<off_t>(random.below(64) * 4096);
	void *map = mmap(nullptr, length, protection, flags, pool_.any(kind, random), offset);
	volatile unsigned char sum = 0;

	if (map == MAP_FAILED)
		return;
	if (flags == MAP_SHARED && (protection & PROT_WRITE) && !racing_)
		note("mmap: writable", operation);
	/* A page beyond the end would be a SIGBUS, which ends the test. */
	if (protection & PROT_READ)
		for (size_t i = 0; i < length; i += 4096)
			sum = static_cast<unsigned char>(sum + static_cast<unsigned char *>(map)[i]);
	if (random.percent(20))
		mprotect(map, length, PROT_READ | PROT_WRITE);
	munmap(map, length);
}

int worker::open_device(device_kind kind, random_source &random, uint64_t operation)
{
	static const int expected[] = {ENOENT, ENODEV, ENXIO, EMFILE, ENFILE, ENOMEM, EINTR};
	const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;

	if (kind != netdev_handle)
		return open(device_path(kind), flags);
	const unsigned int passing = random.percent(70) ? recent.any(random) : 0;
	const uint64_t ifindex = passing ? passing : 1 + random.below(12);
	const int fd = open(("/dev/netdev/if" + std::to_string(ifindex)).c_str(), flags);

	const int error = fd < 0 ? errno : 0;

	if (error && !std::count(std::begin(expected), std::end(expected), error))
		note("open of a node: errno " + std::to_string(error), operation);
	if (!passing)
		return fd;
	found_.opened += !error;
	found_.gone += error == ENOENT || error == ENODEV || error == ENXIO;
	/* The node was there, and its NIC was not any more. */
	found_.met += error == ENODEV || error == ENXIO;
	return fd;
}

void worker::call_open(random_source &random, uint64_t operation)
{
	const device_kind kind = static_cast<device_kind>(random.below(device_kinds));
	const unsigned int slot = random.below(descriptor_pool::slots);

	pool_.put(kind, slot, random.percent(90) ? open_device(kind, random, operation) : -1);
}

void worker::call_other(random_source &random)
{
	const int fd = pool_.any(static_cast<device_kind>(random.below(device_kinds)), random);
	unsigned char *buffer = memory_.tail(2, 64);

	switch (random.below(5)) {
	case 0:
		lseek(fd, static_cast<off_t>(random.next()), static_cast<int>(random.below(5)));
		break;
	case 1:
		if (write(fd, buffer, random.below(64)) >= 0)
			break;
		break;
	case 2:
		if (pread(fd, buffer, random.below(64), static_cast<off_t>(random.next() >> 1)) >= 0)
			break;
		break;
	case 3:
		ftruncate(fd, 0) == 0 ? void() : void();
		break;
	default: {
		const int other = fcntl(fd, F_DUPFD_CLOEXEC, 0);

		if (other >= 0)
			close(other);
		break;
	}
	}
}

} // namespace fuzz
