// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/udev.hpp"

#include <libudev.h>

#include <cerrno>

#include "waymark/error.hpp"

namespace waymark
{

namespace
{

using device_ptr = std::unique_ptr<udev_device, decltype(&udev_device_unref)>;

std::string text(const char *value)
{
	return value ? value : "";
}

udev_record to_record(udev_device *device)
{
	udev_record record;
	udev_list_entry *entry;

	record.syspath = text(udev_device_get_syspath(device));
	record.sysname = text(udev_device_get_sysname(device));
	record.devnode = text(udev_device_get_devnode(device));
	record.initialized = udev_device_get_is_initialized(device) > 0;
	udev_list_entry_foreach(entry, udev_device_get_devlinks_list_entry(device))
		record.links.push_back(text(udev_list_entry_get_name(entry)));
	udev_list_entry_foreach(entry, udev_device_get_properties_list_entry(device))
		record.properties[text(udev_list_entry_get_name(entry))] =
			text(udev_list_entry_get_value(entry));
	return record;
}

} // namespace

std::string udev_record::property(const std::string &key) const
{
	const auto found = properties.find(key);

	return found == properties.end() ? std::string() : found->second;
}

void udev_context::unref::operator()(struct udev *context) const
{
	udev_unref(context);
}

udev_context::udev_context() : context_(udev_new())
{
	if (!context_)
		throw error::from_errno("libudev", errno);
}

std::vector<udev_record> udev_context::enumerate(const std::string &subsystem) const
{
	std::vector<udev_record> records;
	std::unique_ptr<udev_enumerate, decltype(&udev_enumerate_unref)> list(
		udev_enumerate_new(context_.get()), &udev_enumerate_unref);
	udev_list_entry *entry;

	if (!list || udev_enumerate_add_match_subsystem(list.get(), subsystem.c_str()) < 0 ||
	    udev_enumerate_scan_devices(list.get()) < 0)
		throw error(subsystem, "cannot list the devices of this subsystem");
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list.get())) {
		udev_record record;

		/* Skips a device that was removed meanwhile. */
		if (find(text(udev_list_entry_get_name(entry)), record))
			records.push_back(std::move(record));
	}
	return records;
}

bool udev_context::find(const std::string &syspath, udev_record &record) const
{
	device_ptr device(udev_device_new_from_syspath(context_.get(), syspath.c_str()),
			  &udev_device_unref);

	if (!device)
		return false;
	record = to_record(device.get());
	return true;
}

} // namespace waymark
