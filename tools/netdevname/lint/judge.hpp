// SPDX-License-Identifier: GPL-2.0-or-later
/* Which roles and references do not work, or not as somebody expects. */
#pragma once

#include <set>
#include <string>
#include <vector>

#include "reference.hpp"
#include "role.hpp"

namespace naming::lint
{

/* The names that there are. */
struct names {
	std::vector<role> roles;
	bool live = false;		/* the two sets below are known: this machine is meant */
	std::set<std::string> kernel;	/* names of NICs */
	std::set<std::string> altnames; /* alternative names of NICs */
};

enum class problem {
	never_matches, /* a rule that no packet meets */
	refused,       /* a file that its program refuses to load */
	ignored,       /* a setting that takes no effect */
	never_starts,  /* a unit that waits for a device that does not come */
	too_long,      /* a role that many programs cannot take for a name */
	shadows,       /* a role that has the name of another NIC */
};

/* As the JSON schema has it: "never-matches". */
std::string to_string(problem what);

struct finding {
	std::string file;
	unsigned int line = 0; /* 0: the file as a whole */
	std::string name;
	problem what = problem::ignored;
	std::string text; /* one sentence for people */
};

/* Sorted by file and line. */
std::vector<finding> judge(const configuration &found, const names &known);

} // namespace naming::lint
