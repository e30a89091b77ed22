// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /dev/netdev without a kernel: whoever includes this is linked with open(), close(),
 * read() and ioctl() that know the devices below, and leave all else to the system.
 */
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace fake
{

struct kernel {
	/* False: /dev/netdev is empty, as without the module. */
	bool loaded = true;
	/* The kernel name of each NIC that ENUMERATE lists, with the ifindices 1, 2, … */
	std::vector<std::string> listed;
	/* Bytes that this kernel's structures have more than those that the tests know. */
	unsigned int grown = 0;
	/* Kernel names and alternative names, each with its ifindex. */
	std::map<std::string, unsigned int> names;
	/* Links of udev below /dev/netdev: "by-role/uplink". */
	std::map<std::string, unsigned int> links;
	/* Events that wait for whoever reads, each as the bytes of its record. */
	std::deque<std::vector<unsigned char>> records;
	/* Descriptors that are open: 0 for the control device, or an ifindex. */
	std::map<int, unsigned int> descriptors;
};

/* The only one. Assign {} at the start of a test. */
kernel &the_kernel();

} // namespace fake
