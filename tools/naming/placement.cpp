// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of claims.hpp that reads sysfs. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "claims.hpp"
#include "waymark/error.hpp"
#include "waymark/fd.hpp"
#include "waymark/file.hpp"

namespace naming
{

namespace
{

/* PCI says it of what sits behind a port that leads outside; all of USB is outside. */
bool is_removable(const std::string &sysfs, const std::string &location)
{
	std::size_t end = location.size();

	if (location.find("/usb") != std::string::npos)
		return true;
	while (end != std::string::npos) {
		if (waymark::read_attribute(sysfs + "/devices/" + location.substr(0, end) + "/removable") ==
		    "removable")
			return true;
		end = end ? location.rfind('/', end - 1) : std::string::npos;
	}
	return false;
}

} // namespace

placement place_of(const std::string &name, unsigned int ifindex, const std::string &sysfs)
{
	static const std::string up = "../../";
	const std::string link = sysfs + "/class/net/" + name;
	char target[PATH_MAX];
	const ssize_t len = readlink(link.c_str(), target, sizeof(target));
	placement place;

	if (len < 0 || static_cast<std::size_t>(len) >= sizeof(target))
		return place;

	std::string path(target, len);
	if (path.substr(0, up.size()) != up)
		return place;
	path = "/sys/" + path.substr(up.size());
	/* After a swap of names it is another NIC that is called so. */
	if (waymark::read_attribute(sysfs + path.substr(4) + "/ifindex") != std::to_string(ifindex))
		return place;
	place.syspath = sysfs + path.substr(4);
	place.location = location_of(path);
	if (place.location.empty())
		return place;

	const std::string device = sysfs + "/devices/" + place.location;
	place.label = waymark::read_attribute(device + "/label");
	/* As udev: what ACPI says comes before what SMBIOS says. */
	place.onboard_index = waymark::read_attribute(device + "/acpi_index");
	if (place.onboard_index.empty())
		place.onboard_index = waymark::read_attribute(device + "/index");
	place.removable = is_removable(sysfs, place.location);
	return place;
}

std::vector<unsigned int> lowers_of(const std::string &syspath)
{
	static const std::string prefix = "lower_";
	struct closer {
		void operator()(DIR *open) const { closedir(open); }
	};
	std::unique_ptr<DIR, closer> dir(opendir(syspath.c_str()));
	std::vector<unsigned int> lowers;

	if (!dir)
		return lowers;
	while (const dirent *entry = readdir(dir.get())) {
		const std::string name = entry->d_name;

		if (name.compare(0, prefix.size(), prefix) == 0)
			lowers.push_back(std::strtoul(
				waymark::read_attribute(syspath + "/" + name + "/ifindex").c_str(), nullptr, 10));
	}
	return lowers;
}

std::string serial_of(const std::string &location, const std::string &sysfs)
{
	static constexpr off_t without_extension = 256;
	struct stat st = {};
	waymark::fd config;

	try {
		config = waymark::fd::open(sysfs + "/devices/" + location + "/config");
	} catch (const waymark::error &) {
		return {}; /* not on PCI */
	}
	/* The size is known without a look at the device. */
	if (fstat(config.get(), &st) || st.st_size <= without_extension)
		return {};
	return pci_serial([&](unsigned int at, std::size_t len) {
		std::string bytes(len, '\0');
		const ssize_t got = pread(config.get(), &bytes[0], len, at);

		bytes.resize(got > 0 ? got : 0);
		return bytes;
	});
}

} // namespace naming
