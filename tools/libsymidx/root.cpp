// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/root.hpp"

#include <deque>
#include <filesystem>

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

constexpr int most_links = 40; /* as the kernel */

/* "/a//b" as "a", "b", at the front of @parts. */
void put_first(std::deque<std::string> &parts, const std::string &path)
{
	std::size_t end = path.size();

	while (end > 0 && end != path.npos) {
		const std::size_t slash = path.rfind('/', end - 1);
		const std::size_t start = slash == path.npos ? 0 : slash + 1;

		if (start < end)
			parts.push_front(path.substr(start, end - start));
		end = slash;
	}
}

} // namespace

std::string path_in_root(const std::string &root, const std::string &path)
{
	std::deque<std::string> parts;
	std::string out = root;
	std::error_code ec;
	int links = 0;

	if (root.empty())
		return path;
	put_first(parts, path);
	while (!parts.empty()) {
		const std::string part = parts.front();

		parts.pop_front();
		if (part == ".")
			continue;
		if (part == "..") {
			if (out.size() > root.size())
				out.resize(out.rfind('/'));
			continue;
		}
		const std::string next = out + "/" + part;
		const fs::path target = fs::read_symlink(next, ec);

		if (ec) {
			out = next;
			continue;
		}
		if (++links > most_links)
			return root + "/";
		if (target.is_absolute())
			out = root;
		put_first(parts, target.string());
	}
	return out;
}

} // namespace waymark::symidx
