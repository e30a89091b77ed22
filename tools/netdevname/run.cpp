// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netdevname run: a command that knows only kernel names, called with names that last.
 *
 * The command takes the place of this process. A handle that stayed open would not help
 * it: no handle keeps a NIC, its name or its index. And with no process in between, a
 * signal reaches the command itself, and it ignores what our caller ignores.
 */
#include <unistd.h>

#include <cerrno>
#include <memory>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "nic.hpp"

namespace naming
{

namespace
{

using waymark::error;
using waymark::status;

/* The kernel name of the NIC at @path, as a word that no command misreads. */
std::string word_for(const std::string &path)
{
	const nic opened = nic::open(path);
	char name[NETDEVNAME_NAME_SIZE];

	if (netdevname_get_name(opened.get(), name, nullptr))
		throw error(path, reason_of(errno));
	return plain_name(name, path);
}

std::vector<std::string> with_kernel_names(const std::vector<std::string> &words)
{
	std::vector<std::string> replaced = {words[0]};

	try {
		for (std::size_t i = 1; i < words.size(); i++)
			replaced.push_back(replace_path(words[i], word_for));
	} catch (const error &e) {
		throw error(e.object(), e.what(), status::not_started);
	}
	return replaced;
}

void run(const std::vector<std::string> &words)
{
	const std::vector<std::string> replaced = with_kernel_names(words);
	std::vector<char *> argv;

	for (const std::string &word : replaced)
		argv.push_back(const_cast<char *>(word.c_str()));
	argv.push_back(nullptr);
	execvp(argv[0], argv.data());

	const int errnum = errno;
	throw error(words[0], std::system_category().message(errnum),
		    errnum == ENOENT ? status::not_found : status::not_executable);
}

} // namespace

void add_run(CLI::App &app, waymark::output_options &)
{
	CLI::App *command = app.add_subcommand(
		"run", "run a command with paths below /dev/netdev replaced by kernel names");
	auto words = std::make_shared<std::vector<std::string>>();

	command->add_option("COMMAND", *words, "the command and its arguments, after --")->required();
	command->positionals_at_end();
	command->callback([words] { run(*words); });
}

} // namespace naming
