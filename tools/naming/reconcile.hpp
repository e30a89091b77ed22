// SPDX-License-Identifier: GPL-2.0-or-later
/* What decide() is asked, of this machine, and what is done with the answer. */
#pragma once

#include <string>
#include <vector>

#include "decision.hpp"

namespace naming
{

/*
 * All that decide() needs to know, read now. @own: index of the NIC whose event this
 * is, and whose configuration space may be read; 0 if there is none. What could not be
 * used is in @problems.
 */
machine read_machine(state kept, unsigned int own, std::vector<std::string> &problems);

/* For commands that only look, as root or not. */
machine look_at_machine(std::vector<std::string> &problems);

struct altname_action {
	std::string nic; /* its name */
	unsigned int ifindex;
	const char *what; /* "add", "remove" */
	std::string altname;
	std::string error; /* empty: done */
};

/*
 * The one place that sets and removes alternative names: first removes, on whatever NIC
 * it is, each that we set and that is not wanted there, then adds what is missing.
 * @dry_run: says what would be done.
 */
std::vector<altname_action> reconcile_altnames(locked_state &kept, const machine &all,
					       const decision &result, bool dry_run = false);

/* Removes each of @names that we set on another NIC than @wanting, whose name it will be. */
void yield_altnames(locked_state &kept, const std::vector<std::string> &names,
		    unsigned int wanting);

/* Lets udev look again at the node of a NIC, if it is still there. */
void trigger(unsigned int ifindex);

} // namespace naming
