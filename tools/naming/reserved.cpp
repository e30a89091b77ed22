// SPDX-License-Identifier: GPL-2.0-or-later
#include "reserved.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "encode.hpp"

namespace naming
{

namespace
{

namespace fs = std::filesystem;

bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

std::string read_file(const fs::path &path)
{
	std::ifstream in(path, std::ios::binary);

	return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool gives_names(const fs::path &path)
{
	if (path.extension() == ".link" || path.extension() == ".netdev")
		return true;
	const fs::path folder = path.parent_path();

	return path.extension() == ".conf" &&
	       (folder.stem().extension() == ".link" || folder.stem().extension() == ".netdev");
}

} // namespace

bool is_kernels(const std::string &name)
{
	static const std::set<std::string> prefixes = {"eth", "usb", "wlan", "wwan", "ib",   "net",
						       "can", "lan", "hsi",  "slc",  "wpan", "dsa"};
	const auto digit = std::find_if(name.begin(), name.end(), is_digit);
	const std::string prefix(name.begin(), digit);

	return digit != name.end() && std::all_of(digit, name.end(), is_digit) &&
	       prefixes.count(prefix);
}

bool is_predictable(const std::string &name)
{
	static const std::set<std::string> prefixes = {"en", "et", "ib", "sl", "wl", "ww", "mc"};

	return name.size() > 3 && prefixes.count(name.substr(0, 2)) &&
	       std::string("abcdiopPsuvxX").find(name[2]) != std::string::npos &&
	       std::any_of(name.begin() + 3, name.end(), is_digit);
}

std::vector<std::string> names_given(const std::string &text)
{
	std::istringstream in(text);
	std::vector<std::string> names;
	std::string line, section;

	while (std::getline(in, line)) {
		line = trim(line);
		if (!line.empty() && line[0] == '[') {
			section = line;
			continue;
		}
		const std::size_t equals = line.find('=');
		if (equals == std::string::npos || (section != "[Link]" && section != "[NetDev]"))
			continue;
		const std::string key = trim(line.substr(0, equals));
		if (key != "Name" && key != "AlternativeName")
			continue;
		std::istringstream words(line.substr(equals + 1));
		for (std::string word; words >> word;)
			names.push_back(word);
	}
	return names;
}

std::set<std::string> reserved_names(const std::string &root)
{
	std::set<std::string> names;

	for (const char *folder : {"/etc/systemd/network", "/run/systemd/network",
				   "/usr/local/lib/systemd/network", "/usr/lib/systemd/network",
				   "/lib/systemd/network"}) {
		std::error_code failed;

		for (fs::recursive_directory_iterator file(root + folder, failed), end;
		     !failed && file != end; file.increment(failed))
			if (gives_names(file->path()))
				for (std::string &name : names_given(read_file(file->path())))
					names.insert(std::move(name));
	}
	return names;
}

} // namespace naming
