// SPDX-License-Identifier: GPL-2.0-only
/*
 * No udev meanwhile: it takes most of an emulated processor, would still be busy
 * with the nodes of the first loads when the last one is long over, and holds
 * some of them open.
 */
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace fuzz
{

class without_udev
{
public:
	without_udev() : sockets_(sockets())
	{
		/* With a socket left, the next event would start it again. */
		stopped_ = !sockets_.empty() && tell("stop");
	}
	~without_udev() { start(); }
	without_udev(const without_udev &) = delete;
	without_udev &operator=(const without_udev &) = delete;

	bool stopped() const { return stopped_; }
	bool start() { return tell("start"); }
	/* The links are made by events, which udev has not seen. */
	bool catch_up()
	{
		return start() &&
		       !std::system("udevadm trigger --action=add --subsystem-match=netdev_naming && "
				    "udevadm settle");
	}

private:
	/* Those that this systemd has, of control, kernel, varlink; " NAME" each. */
	static std::string sockets()
	{
		std::FILE *list = popen("systemctl list-units --all --full --plain --no-legend "
					"'systemd-udevd*.socket'", "re");
		char line[512], name[256], state[32];
		std::string found;

		while (list && std::fgets(line, sizeof(line), list))
			if (std::sscanf(line, "%255s %31s", name, state) == 2 &&
			    !std::strcmp(state, "loaded"))
				found += std::string(" ") + name;
		if (list)
			pclose(list);
		return found;
	}

	bool tell(const char *what)
	{
		const std::string command = std::string("systemctl ") + what + sockets_;

		return !std::system((command + " systemd-udevd.service").c_str());
	}

	std::string sockets_;
	bool stopped_;
};

} // namespace fuzz
