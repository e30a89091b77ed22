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

/* May a [Fallback] hand the role to another card than the one that had it? */
enum class replacement {
	model,	/* to one of the same model */
	ask,	/* to none until `netdevname roles accept` */
	never,
	always,
};

struct role {
	std::string name;
	std::string file;
	bool alternative_name = false;
	replacement replace = replacement::model;
	std::vector<std::string> warnings;
	/* [Match], then each [Fallback]; all conditions of one have to hold. */
	std::vector<std::vector<condition>> alternatives;
};

/* The NIC that had a role when the snapshot was kept. */
struct role_holder {
	std::string name; /* of the kernel, then */
	std::string mac, id, vendor, model, driver;
};
role_holder holder_from(const nic_facts &nic);

/* Why @nic may not have the role after @before; empty if it may. */
std::string why_no_replacement(const role &r, const role_holder &before, const nic_facts &nic);

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
 * given, is an error: it is left out, and described in @problems. So is what a role
 * that is used all the same has to be warned of.
 */
std::vector<role> load_roles(const std::vector<std::string> &directories,
			     std::vector<std::string> &problems);

/* The index of the first alternative that fits, or no_alternative. */
std::size_t alternative_of(const role &r, const nic_facts &nic);

} // namespace naming
