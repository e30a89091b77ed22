// SPDX-License-Identifier: GPL-2.0-only
/*
 * No udev meanwhile: it takes most of an emulated processor, would still be busy
 * with the nodes of the first loads when the last one is long over, and holds
 * some of them open.
 */
#pragma once

#include <cstdlib>
#include <string>

namespace fuzz
{

class without_udev
{
public:
	without_udev() : stopped_(!std::system(("systemctl stop" + units).c_str())) {}
	~without_udev() { start(); }
	without_udev(const without_udev &) = delete;
	without_udev &operator=(const without_udev &) = delete;

	bool stopped() const { return stopped_; }
	bool start() { return !std::system(("systemctl start" + units).c_str()); }
	/* The links are made by events, which udev has not seen. */
	bool catch_up()
	{
		return start() &&
		       !std::system("udevadm trigger --action=add --subsystem-match=netdev_naming && "
				    "udevadm settle");
	}

private:
	inline static const std::string units = " systemd-udevd-control.socket"
						" systemd-udevd-kernel.socket systemd-udevd.service";
	bool stopped_;
};

} // namespace fuzz
