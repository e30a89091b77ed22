// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_kernel.hpp"

#include <fcntl.h>
#include <linux/netdev_naming.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstring>

namespace fake
{

namespace
{

constexpr char folder[] = "/dev/netdev/";

int fail(int errnum)
{
	errno = errnum;
	return -1;
}

int open_system(const char *path, int flags, unsigned int mode)
{
	return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

/* A descriptor that the system knows, too: nobody else gets its number. */
int open_device(unsigned int ifindex)
{
	const int raw = open_system("/dev/null", O_RDONLY | O_CLOEXEC, 0);

	if (raw >= 0)
		the_kernel().descriptors[raw] = ifindex;
	return raw;
}

int open_path(const std::string &path)
{
	const auto found = the_kernel().links.find(path);

	if (!the_kernel().loaded)
		return fail(ENOENT);
	if (path == "control")
		return open_device(0);
	return found == the_kernel().links.end() ? fail(ENOENT) : open_device(found->second);
}

int open_by_name(struct netdev_naming_open_by_name *arg)
{
	const auto found = the_kernel().names.find(arg->name);

	if (found == the_kernel().names.end())
		return fail(ENOENT);
	arg->fd = open_device(found->second);
	return arg->fd < 0 ? -1 : 0;
}

int open_by_ifindex(struct netdev_naming_open_by_ifindex *arg)
{
	arg->fd = open_device(arg->ifindex);
	return arg->fd < 0 ? -1 : 0;
}

/* No event is dropped, as those of a test come after the snapshot. */
int enumerate(struct netdev_naming_enumerate *arg)
{
	const auto &listed = the_kernel().listed;
	const auto address = static_cast<std::uintptr_t>(arg->entries);
	unsigned char *out = nullptr;
	std::size_t next = arg->cursor;

	std::memcpy(&out, &address, sizeof(out));
	/* What a kernel before said of its own size is nothing to pass on. */
	if (arg->size != sizeof(*arg))
		return fail(E2BIG);
	if (arg->flags || !arg->capacity || arg->entry_size < sizeof(struct netdev_naming_entry))
		return fail(EINVAL);
	for (arg->count = 0; arg->count < arg->capacity && next < listed.size(); next++) {
		struct netdev_naming_entry entry = {};

		entry.id = 1000 + next;
		entry.ifindex = static_cast<__u32>(next + 1);
		listed[next].copy(entry.name, sizeof(entry.name) - 1);
		std::memset(out, 0, arg->entry_size);
		std::memcpy(out, &entry, sizeof(entry));
		out += arg->entry_size;
		arg->count++;
	}
	arg->cursor = next < listed.size() ? next : 0;
	arg->total = static_cast<__u32>(listed.size());
	arg->size += the_kernel().grown;
	return 0;
}

int control_ioctl(unsigned long request, void *arg)
{
	switch (request) {
	case NETDEV_NAMING_IOC_ENUMERATE:
		return enumerate(static_cast<struct netdev_naming_enumerate *>(arg));
	case NETDEV_NAMING_IOC_OPEN_BY_IFINDEX:
		return open_by_ifindex(static_cast<struct netdev_naming_open_by_ifindex *>(arg));
	case NETDEV_NAMING_IOC_OPEN_BY_NAME:
		return open_by_name(static_cast<struct netdev_naming_open_by_name *>(arg));
	default:
		return fail(ENOTTY);
	}
}

int handle_ioctl(unsigned int ifindex, unsigned long request, void *arg)
{
	auto *info = static_cast<struct netdev_naming_info *>(arg);

	if (request != NETDEV_NAMING_IOC_GET_INFO)
		return fail(ENOTTY);
	if (info->size != sizeof(*info))
		return fail(E2BIG);
	info->size += the_kernel().grown;
	info->fields = NETDEV_NAMING_INFO_NAME;
	info->ifindex = ifindex;
	for (const auto &[name, index] : the_kernel().names)
		if (index == ifindex && name.size() < sizeof(info->name))
			name.copy(info->name, sizeof(info->name) - 1);
	return 0;
}

/* As many whole records as fit; where a real one would wait, the NIC is gone. */
ssize_t read_records(unsigned char *buf, std::size_t room)
{
	auto &records = the_kernel().records;
	std::size_t done = 0;

	if (records.empty())
		return fail(ENODEV);
	if (room < records.front().size())
		return fail(EINVAL);
	while (!records.empty() && records.front().size() <= room - done) {
		std::copy(records.front().begin(), records.front().end(), buf + done);
		done += records.front().size();
		records.pop_front();
	}
	return static_cast<ssize_t>(done);
}

} // namespace

kernel &the_kernel()
{
	static kernel only;

	return only;
}

} // namespace fake

extern "C" {

int open(const char *path, int flags, ...)
{
	unsigned int mode = 0;

	if (!std::strncmp(path, fake::folder, std::strlen(fake::folder)))
		return fake::open_path(path + std::strlen(fake::folder));
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {
		va_list more;

		va_start(more, flags);
		mode = va_arg(more, unsigned int);
		va_end(more);
	}
	return fake::open_system(path, flags, mode);
}

int close(int raw)
{
	fake::the_kernel().descriptors.erase(raw);
	return static_cast<int>(syscall(SYS_close, raw));
}

ssize_t read(int raw, void *buf, size_t room)
{
	if (fake::the_kernel().descriptors.count(raw))
		return fake::read_records(static_cast<unsigned char *>(buf), room);
	return syscall(SYS_read, raw, buf, room);
}

int ioctl(int raw, unsigned long request, ...) noexcept
{
	const auto found = fake::the_kernel().descriptors.find(raw);
	va_list more;

	va_start(more, request);
	void *const arg = va_arg(more, void *);
	va_end(more);
	if (found == fake::the_kernel().descriptors.end())
		return static_cast<int>(syscall(SYS_ioctl, raw, request, arg));
	if (found->second)
		return fake::handle_ioctl(found->second, request, arg);
	return fake::control_ioctl(request, arg);
}
}
