// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine's NICs at one moment, as JSON that any later version can read. */
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "facts.hpp"
#include "role.hpp"
#include "waymark/error.hpp"

namespace naming
{

inline constexpr int snapshot_version = 1;
inline constexpr char snapshot_path[] = "/var/lib/netdev-naming/snapshot.json";

struct snapshot {
	std::string machine; /* host name */
	std::string kernel;  /* release */
	std::vector<nic_facts> nics;
	/* Who had each role; one that nobody has keeps the one before. Absent in old files. */
	std::map<std::string, role_holder> holders;
};

/* This machine, now, without former names and without holders of roles. */
snapshot take_snapshot();

waymark::json to_json(const snapshot &machine);

/* Throws waymark::error that names @object: no JSON, cut off, another version. */
snapshot parse_snapshot(const std::string &text, const std::string &object);
snapshot read_snapshot(const std::string &path);

/* Replaces @path atomically: readers see the old or the new snapshot, whole. */
void write_snapshot(const std::string &path, const snapshot &machine);

/*
 * Replaces the snapshot at @path by what @change makes of it. A lock is held over
 * reading, @change and writing: of several writers none loses what another one has just
 * recorded, and a state of the machine that @change reads is never older than the one in
 * the file. If there is no file, @change gets an empty snapshot; if the file holds none,
 * too, and @report gets the reason.
 *
 * Returns the snapshot as it was written.
 */
snapshot update_snapshot(const std::string &path,
			 const std::function<snapshot(const snapshot &before)> &change,
			 const std::function<void(const waymark::error &)> &report);

} // namespace naming
