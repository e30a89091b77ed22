// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was decided last, by NIC. It is in a file below /run because udev's database
 * lags: a decision is there only when its event is over, and only for that one NIC.
 */
#pragma once

#include <map>
#include <set>
#include <string>

#include "waymark/fd.hpp"
#include "waymark/json.hpp"

namespace naming
{

inline constexpr char run_directory[] = "/run/netdev-naming";

/* What one NIC has. */
struct holding {
	std::string location; /* of the NIC that had it: an index can come back */
	std::string id;	      /* by-id of a PCI function, which only its own event reads */
	std::set<std::string> links; /* "by-mac/…": nobody takes them away (see decision.hpp) */
	std::set<std::string> altnames; /* that we set: no others are ever removed */
};

struct state {
	bool mirror = false; /* links become alternative names: altnames --sync */
	std::map<unsigned int, holding> nics; /* by index */
	/* Names that were given up, with the index of the NIC that wants each. */
	std::map<std::string, unsigned int> yielded;
};

waymark::json to_json(const state &kept);

/* What is damaged is as good as not there. */
state parse_state(const std::string &text);

/* Without the lock: for commands that only look. */
state read_state(const std::string &directory = run_directory);

/* True once coldplug is over. */
bool is_settled(const std::string &directory = run_directory);

/* Holds the lock of the machine's names, and knows the state, as long as it lives. */
class locked_state
{
public:
	explicit locked_state(const std::string &directory = run_directory); /* throws */

	state &get() { return kept_; }

	/*
	 * Replaces the file at once. To be called before an alternative name is added and
	 * after one was removed: what is set is always in the file, whatever happens.
	 */
	void save();

	/* From now on coldplug is over. */
	void settle() const;

private:
	std::string directory_;
	waymark::fd lock_;
	state kept_;
	std::string text_; /* as it is in the file */
};

} // namespace naming
