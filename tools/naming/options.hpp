// SPDX-License-Identifier: GPL-2.0-or-later
/* /etc/netdev-naming/netdev-naming.conf: what holds for the whole machine. */
#pragma once

#include <string>
#include <vector>

namespace naming
{

struct options {
	/*
	 * The kernel lets only root read the serial number of a PCI function, and a link
	 * is readable by all. "mac": only a number that is made of the permanent address,
	 * which is readable by all anyway.
	 */
	enum class serial { mac, yes, no };
	serial pci_serial = serial::mac;
};

/* Of the file below @root; what is wrong with it is in @problems, and not used. */
options read_options(std::vector<std::string> &problems, const std::string &root = "");

options parse_options(const std::string &text, const std::string &file,
		      std::vector<std::string> &problems);

} // namespace naming
