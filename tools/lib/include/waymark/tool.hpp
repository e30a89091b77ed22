// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the commands share: the options -h, -V, -j and -p, error reports and exit
 * statuses (waymark/error.hpp).
 */
#pragma once

#include <functional>
#include <string>

#include "waymark/error.hpp"
#include "waymark/json.hpp"

namespace CLI
{
class App;
}

namespace waymark
{

struct output_options {
	bool as_json = false;
	bool pretty = false;
};

/*
 * Runs a tool: @setup adds subcommands and options to the CLI11 app (each
 * subcommand's callback does the work), then argv is parsed.
 * An error is printed on stderr as "NAME: object: reason"; under -j as
 * {"error": {"object", "reason"}} on stdout too.
 *
 * Returns the exit status for main().
 */
int run_tool(const std::string &name, const std::string &description, int argc, char **argv,
	     const std::function<void(CLI::App &, output_options &)> &setup);

/*
 * Prints "TOOL: object: reason" on stderr, fit for a terminal, and goes on; @consequence,
 * if given, follows the reason after a semicolon.
 */
void complain(const std::string &tool, const error &e, const std::string &consequence = "");

/* Prints @value and a newline: on one line, or indented under -p. */
void print_json(const json &value, const output_options &options);

/* A callback throws it to exit with @st, having printed what there is to say. */
struct exit_with {
	status st;
};

} // namespace waymark
