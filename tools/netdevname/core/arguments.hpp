// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths below /dev/netdev in the arguments of a command. */
#pragma once

#include <functional>
#include <string>

namespace naming
{

/*
 * @argument with its path replaced by what @name_of returns for it. A path is the
 * whole argument, or what follows the first "=/dev/netdev/" or ",/dev/netdev/" in
 * it, up to the next comma: "dev=/dev/netdev/by-role/uplink,mtu=9000". What holds
 * no such path comes back unchanged.
 */
std::string replace_path(const std::string &argument,
			 const std::function<std::string(const std::string &)> &name_of);

} // namespace naming
