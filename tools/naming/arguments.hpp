// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths below /dev/netdev, and kernel names, in the arguments of a command. */
#pragma once

#include <functional>
#include <string>
#include <string_view>

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

/*
 * True if @name means a NIC of that name to every command, and nothing else to a shell:
 * letters, digits, "_", "-" and "." only, the first one a letter, a digit or "_"; not
 * digits alone, which is an index, and not "all", "any" or "default", which are words
 * for more than one NIC.
 *
 * The kernel allows more, and whoever owns a container names the NICs in it. A NIC
 * called "-x" is an option to a command, one called "e,script=/tmp/x" is two of them.
 */
bool is_plain_name(std::string_view name);

/* @name; throws waymark::error that names @object if it is not plain. */
std::string plain_name(const std::string &name, const std::string &object);

} // namespace naming
