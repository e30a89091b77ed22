// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine's NICs at one moment, as JSON that any later version can read. */
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "facts.hpp"

namespace naming
{

inline constexpr int snapshot_version = 1;
inline constexpr char snapshot_path[] = "/var/lib/netdev-naming/snapshot.json";

struct snapshot {
	std::string machine; /* host name */
	std::string kernel;  /* release */
	std::vector<nic_facts> nics;
};

/* This machine, now. */
snapshot take_snapshot();

waymark::json to_json(const snapshot &machine);

/* Throws waymark::error that names @object: no JSON, cut off, another version. */
snapshot parse_snapshot(const std::string &text, const std::string &object);
snapshot read_snapshot(const std::string &path);

/* Replaces @path at once: readers see the old or the new one, whole. */
void write_snapshot(const std::string &path, const snapshot &machine);

} // namespace naming
