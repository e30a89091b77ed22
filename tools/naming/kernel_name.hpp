// SPDX-License-Identifier: GPL-2.0-or-later
/* Names as the kernel alone knows them, without the links in /dev/netdev. */
#pragma once

#include <string>

namespace naming
{

/*
 * The ifindex of the NIC that has this name or alternative name, of any length; 0 if
 * none has, or if it could not be found out. Other than netdevname_open(), it finds
 * no link, and other than if_nametoindex(3), it does not end the name at a colon.
 */
unsigned int holder_of(const std::string &name);

} // namespace naming
