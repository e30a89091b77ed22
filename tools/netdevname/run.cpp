// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * netdevname run: a command that knows only kernel names, called with names that
 * last. The descriptors stay open in this process, which waits for the command.
 */
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <CLI/CLI.hpp>

#include "arguments.hpp"
#include "commands.hpp"
#include "nic.hpp"

namespace naming
{

namespace
{

/* What a shell returns for a command that it cannot find, or cannot run. */
constexpr int not_found = 127, not_executable = 126;

std::string current_name(const nic &opened, const std::string &object)
{
	char name[NETDEVNAME_NAME_SIZE];

	if (netdevname_get_name(opened.get(), name, nullptr))
		throw waymark::error(object, reason_of(errno));
	return name;
}

[[noreturn]] void exec(const std::vector<std::string> &words)
{
	std::vector<char *> argv;

	for (const std::string &word : words)
		argv.push_back(const_cast<char *>(word.c_str()));
	argv.push_back(nullptr);
	execvp(argv[0], argv.data());

	const int errnum = errno;
	const std::string text = "netdevname: " + words[0] + ": " + std::strerror(errnum) + "\n";
	if (write(STDERR_FILENO, text.data(), text.size()) < 0) {
		/* Nobody listens; the status tells it too. */
	}
	_exit(errnum == ENOENT ? not_found : not_executable);
}

/* The status that a shell would report for the command. */
int wait_for(pid_t child, const std::string &command)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			throw waymark::error::from_errno(command, errno);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void run(const std::vector<std::string> &words)
{
	std::vector<nic> held;
	std::vector<std::string> replaced = {words[0]};

	for (std::size_t i = 1; i < words.size(); i++)
		replaced.push_back(replace_path(words[i], [&](const std::string &path) {
			held.push_back(nic::open(path));
			return current_name(held.back(), path);
		}));

	/* ^C is for the command; we end when it does. */
	std::signal(SIGINT, SIG_IGN);
	std::signal(SIGQUIT, SIG_IGN);
	const pid_t child = fork();
	if (child < 0)
		throw waymark::error::from_errno("fork", errno);
	if (child == 0) {
		std::signal(SIGINT, SIG_DFL);
		std::signal(SIGQUIT, SIG_DFL);
		exec(replaced);
	}
	throw waymark::exit_with{static_cast<waymark::status>(wait_for(child, words[0]))};
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
