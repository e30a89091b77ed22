// SPDX-License-Identifier: GPL-2.0-or-later
/* Roles: names that a policy gives to NICs, by systemd.link(5)'s way of matching. */
#pragma once

#include <string>
#include <vector>

#include "facts.hpp"

namespace naming
{

/* One line of [Match]: true if any pattern fits, or, with "!", if none does. */
struct condition {
	enum class key {
		path,
		driver,
		permanent_mac,
		type,
		property,
		label,
		slot,
		onboard_index,
		port_name,
	};
	key subject = key::path;
	bool inverted = false;
	std::vector<std::string> patterns; /* of Property=: "KEY=PATTERN" */
};

struct role {
	std::string name;
	std::string file;
	bool alternative_name = false;
	/* [Match], then each [Fallback]; all conditions of one have to hold. */
	std::vector<std::vector<condition>> alternatives;
};

/* Of a NIC that no alternative fits. */
constexpr std::size_t no_alternative = -1;

/*
 * Parses the text of FILE.role. Throws waymark::error with the object "FILE:LINE"
 * for an unknown section or key, a value that makes no sense, a missing name or
 * a [Match] or [Fallback] without a condition.
 */
role parse_role(const std::string &text, const std::string &file);

/* /etc, /run and /usr/lib below @root, in the order of precedence. */
std::vector<std::string> role_directories(const std::string &root = "");

/*
 * All roles of @directories, in the order of their file names. A file hides those
 * of its name in later directories; an empty one, or a link to /dev/null, only
 * hides. A file that cannot be used, and a role that a file before it has
 * given, is an error: it is left out, and described in @problems.
 */
std::vector<role> load_roles(const std::vector<std::string> &directories,
			     std::vector<std::string> &problems);

/* The index of the first alternative that fits, or no_alternative. */
std::size_t alternative_of(const role &r, const nic_facts &nic);

/*
 * Indices into @nics of those that fit the first alternative that fits any of
 * them, the winner first; @nics in any order.
 */
std::vector<std::size_t> claimants_of(const role &r, const std::vector<nic_facts> &nics);

/* Sets order.roles of all @nics of a machine; @except, an index, counts as absent. */
void assign_roles(const std::vector<role> &roles, std::vector<nic_facts> &nics,
		  std::size_t except = -1);

} // namespace naming
