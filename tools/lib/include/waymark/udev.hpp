// SPDX-License-Identifier: LGPL-2.1-or-later
/* Devices as udev knows them; the only user of libudev. */
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

struct udev;
struct udev_device;

namespace waymark
{

struct udev_record {
	std::string syspath;
	std::string sysname;
	std::string devnode;		/* empty if the device has none */
	std::vector<std::string> links; /* claimed; another device may hold them */
	std::map<std::string, std::string> properties;
	bool initialized = false;

	/* Empty if there is no such property. */
	std::string property(const std::string &key) const;
};

class udev_context
{
public:
	udev_context(); /* throws waymark::error */

	/* All devices of @subsystem; empty if there is no such subsystem. */
	std::vector<udev_record> enumerate(const std::string &subsystem) const;

	/* The device at @syspath; false if there is none. */
	bool find(const std::string &syspath, udev_record &record) const;

private:
	struct unref {
		void operator()(struct udev *context) const;
	};
	std::unique_ptr<struct udev, unref> context_;
};

} // namespace waymark
