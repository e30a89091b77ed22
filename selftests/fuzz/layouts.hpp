// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the fuzzer knows of the devices: every ioctl, the layout of its argument
 * and the errnos that its documentation allows.
 */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fuzz
{

enum class role {
	number,		/* a value that the kernel reads: any */
	choice,		/* one of a few values that mean something */
	nic,		/* the same, or an ifindex of a NIC that comes and goes */
	must_be_zero,
	output,		/* written by the kernel, ignored on input */
	text,		/* characters in the argument itself */
	pointer,	/* address of a buffer that the kernel fills */
	capacity,	/* bytes or records of that buffer */
	stride,		/* bytes of a record of that buffer */
	text_pointer,	/* address of a string that the kernel reads */
	descriptor,	/* out: a new descriptor */
};

struct field {
	role what;
	unsigned int offset;
	unsigned int size;
	std::vector<uint64_t> good;	/* values likely to be accepted */
};

enum device_kind { netdev_control, netdev_handle, symbols, arrays, device_kinds };

struct ioctl_layout {
	device_kind device;
	const char *name;
	unsigned long request;
	unsigned int size;		/* of the argument */
	std::vector<field> fields;
	std::vector<int> errnos;	/* beyond those of every ioctl */
};

const std::vector<ioctl_layout> &layouts();
/*
 * May this error be returned, by the documentation? The number may have become that of another
 * request of the device that it was made for.
 */
bool documented(const ioctl_layout &made, unsigned long request, int error);
/* Names of symbols, owners and NICs that are likely to exist. */
const std::vector<std::string> &words(device_kind device);
const char *device_path(device_kind device);

} // namespace fuzz
