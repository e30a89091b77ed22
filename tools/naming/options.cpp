// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace naming
{

options parse_options(const std::string &text, const std::string &file,
		      std::vector<std::string> &problems)
{
	static const std::map<std::string, options::serial> serials = {
		{"mac", options::serial::mac},
		{"yes", options::serial::yes},
		{"no", options::serial::no},
	};
	static const std::string key = "PCISerial=";
	std::istringstream in(text);
	unsigned int number = 0;
	std::string line;
	options chosen;

	while (std::getline(in, line)) {
		number++;
		line.erase(line.find_last_not_of(" \t\r") + 1);
		if (line.empty() || line[0] == '#' || line[0] == ';' || line == "[Naming]")
			continue;
		const auto found = line.compare(0, key.size(), key) == 0
					   ? serials.find(line.substr(key.size()))
					   : serials.end();
		if (found != serials.end())
			chosen.pci_serial = found->second;
		else
			problems.push_back(file + ":" + std::to_string(number) +
					   ": neither [Naming] nor PCISerial=mac, yes or no");
	}
	return chosen;
}

options read_options(std::vector<std::string> &problems, const std::string &root)
{
	const std::string path = root + "/etc/netdev-naming/netdev-naming.conf";
	std::ifstream in(path, std::ios::binary);
	const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};

	return parse_options(text, path, problems);
}

} // namespace naming
