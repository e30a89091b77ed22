// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine's NICs at one moment, as JSON that any later version can read. */
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "facts.hpp"
#include "waymark/error.hpp"

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

/* Replaces @path atomically: readers see the old or the new snapshot, whole. */
void write_snapshot(const std::string &path, const snapshot &machine);

/*
 * Replaces the snapshot at @path by what @take returns, which inherits the names that
 * @path remembers. A lock is held from before @take until the file is replaced, so that
 * of several writers none loses what another one has just recorded, and the last one
 * writes the latest state. If @path holds no snapshot, @report gets the reason, and the
 * names that it remembered are lost.
 *
 * Returns the snapshot as it was written.
 */
snapshot update_snapshot(const std::string &path, const std::function<snapshot()> &take,
			 const std::function<void(const waymark::error &)> &report);

} // namespace naming
