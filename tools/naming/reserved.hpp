// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names that somebody else is going to give. An alternative name occupies its name: no
 * NIC can be made with it or renamed to it, and udev's rename fails.
 */
#pragma once

#include <set>
#include <string>
#include <vector>

namespace naming
{

/*
 * "eth0": the kernel gives such names out itself, and before 6.x the probing of a NIC
 * fails when the next one is an alternative name.
 */
bool is_kernels(const std::string &name);

/* "enp5s0", "wlo1": udev makes such names of where a NIC is. */
bool is_predictable(const std::string &name);

/*
 * Name= and AlternativeName= of all .link, .netdev files of systemd below @root, drop-in
 * files included. A file that cannot be read counts for nothing.
 */
std::set<std::string> reserved_names(const std::string &root = "");

/* Of the text of one such file. */
std::vector<std::string> names_given(const std::string &text);

} // namespace naming
