// SPDX-License-Identifier: GPL-2.0-or-later
#include "arguments.hpp"

#include <algorithm>

namespace naming
{

namespace
{

const std::string directory = "/dev/netdev/";

/* Where a path begins at or after @from: at the start, or behind "=" or ",". */
std::size_t find_path(const std::string &argument, std::size_t from)
{
	for (;;) {
		const std::size_t at = argument.find(directory, from);

		if (at == std::string::npos || at == 0 || argument[at - 1] == '=' ||
		    argument[at - 1] == ',')
			return at;
		from = at + 1;
	}
}

} // namespace

std::string replace_path(const std::string &argument,
			 const std::function<std::string(const std::string &)> &name_of)
{
	std::string out;
	std::size_t done = 0;

	/* A whole argument is a path with all its commas. */
	if (argument.compare(0, directory.size(), directory) == 0)
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
