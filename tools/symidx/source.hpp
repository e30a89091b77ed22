// SPDX-License-Identifier: GPL-2.0-or-later
/* Which index a command works on. */
#pragma once

#include <string>

#include "symidx/device.hpp"
#include "symidx/index.hpp"
#include "waymark/json.hpp"

namespace CLI
{
class App;
}

namespace waymark::symidx
{

struct source_options {
	std::string file;    /* --index */
	std::string release; /* --kernel */
	std::string root;    /* --root */

	/* Adds the three options. */
	void add_to(CLI::App &command);
	/* None of them given: the running kernel. */
	bool is_running_kernel() const { return file.empty() && release.empty() && root.empty(); }

	/* The index file that was asked for; of the running kernel's release by default. */
	symbol_index open_file() const;
	/* The same, but a snapshot of the running kernel by default. */
	symbol_index open() const;
};

/* The index of an installed kernel; without a file of today it is built in memory. */
symbol_index open_release(const std::string &root, const std::string &release);

/* uname -r */
std::string running_release();

/* "0x1a2b3c4d" */
std::string hex32(std::uint32_t value);
/* "0xffffffff81000000" */
std::string hex64(std::uint64_t value);

/* The JSON of a symbol, the same in every command. */
json symbol_json(const symbol &sym, std::string_view owner);

} // namespace waymark::symidx
