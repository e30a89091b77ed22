// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of claims.hpp that reads sysfs. */
#include <dirent.h>
#include <limits.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>

#include "claims.hpp"

namespace naming
{

namespace
{

std::string read_file(const std::string &path)
{
	std::ifstream in(path, std::ios::binary);
	std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};

	return text;
}

std::string read_line(const std::string &path)
{
	std::string text = read_file(path);

	while (!text.empty() && text.back() == '\n')
		text.pop_back();
	return text;
}

} // namespace

placement place_of(unsigned int ifindex, const std::string &sysfs)
{
	static const std::string tail = "/netdev_naming_event/", up = "../../";
	const std::string link = sysfs + "/class/netdev_naming_event/if" + std::to_string(ifindex);
	char target[PATH_MAX];
	const ssize_t len = readlink(link.c_str(), target, sizeof(target));
	placement place;

	if (len < 0 || static_cast<std::size_t>(len) >= sizeof(target))
		return place;

	std::string path(target, len);
	if (path.substr(0, up.size()) != up)
		return place;
	path = "/sys/" + path.substr(up.size());
	if (const std::size_t at = path.rfind(tail); at != std::string::npos)
		path.erase(at);
	place.syspath = sysfs + path.substr(4);
	place.location = location_of(path);
	if (place.location.empty())
		return place;

	const std::string device = sysfs + "/devices/" + place.location;
	place.label = read_line(device + "/label");
	/* As udev: what ACPI says comes before what SMBIOS says. */
	place.onboard_index = read_line(device + "/acpi_index");
	if (place.onboard_index.empty())
		place.onboard_index = read_line(device + "/index");
	place.serial = pci_serial(read_file(device + "/config"));
	return place;
}

bool is_stacked(const std::string &syspath)
{
	struct closer {
		void operator()(DIR *open) const { closedir(open); }
	};
	std::unique_ptr<DIR, closer> dir(opendir(syspath.c_str()));

	if (!dir)
		return false;
	while (const dirent *entry = readdir(dir.get()))
		if (std::string(entry->d_name).substr(0, 6) == "lower_")
			return true;
	return false;
}

} // namespace naming
