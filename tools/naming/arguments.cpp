// SPDX-License-Identifier: GPL-2.0-or-later
#include "arguments.hpp"

#include <algorithm>

#include "waymark/error.hpp"

namespace naming
{

namespace
{

const std::string node_directory = "/dev/netdev/";

/* Where a path begins at or after @from: at the start, or behind "=" or ",". */
std::size_t find_path(const std::string &argument, std::size_t from)
{
	for (;;) {
		const std::size_t at = argument.find(node_directory, from);

		if (at == std::string::npos || at == 0 || argument[at - 1] == '=' ||
		    argument[at - 1] == ',')
			return at;
		from = at + 1;
	}
}

bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

} // namespace

bool is_plain_name(std::string_view name)
{
	if (name.empty() || !is_letter_or_digit(name[0]))
		return false;
	for (const std::string_view word : {"all", "any", "default"})
		if (name == word)
			return false;
	return std::all_of(name.begin(), name.end(),
			   [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; }) &&
	       name.find_first_not_of("0123456789") != std::string_view::npos;
}

std::string plain_name(const std::string &name, const std::string &object)
{
	if (!is_plain_name(name))
		throw waymark::error(object, "the NIC is called \"" + name +
						     "\", which a command can mistake for something else");
	return name;
}

std::string replace_path(const std::string &argument,
			 const std::function<std::string(const std::string &)> &name_of)
{
	std::string out;
	std::size_t done = 0;

	/* A whole argument is a path with all its commas. */
	if (argument.compare(0, node_directory.size(), node_directory) == 0)
		return name_of(argument);
	for (;;) {
		const std::size_t at = find_path(argument, done);
		if (at == std::string::npos)
			break;
		const std::size_t end = std::min(argument.find(',', at), argument.size());

		out += argument.substr(done, at - done) + name_of(argument.substr(at, end - at));
		done = end;
	}
	return out + argument.substr(done);
}

} // namespace naming
