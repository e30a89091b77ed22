// SPDX-License-Identifier: GPL-2.0-or-later
/* What an event of one NIC means for it and for the others. */
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace naming
{

/*
 * The NIC if@ifindex is there and is called @name: prints its names on @out, lets udev
 * look again at those whose names it changes, and reconciles the alternative names.
 * False if it is gone or renamed; nothing has happened then.
 */
bool nic_here(unsigned int ifindex, const std::string &name, std::ostream &out);

/* The NIC that was if@ifindex is gone: others inherit its names. */
void nic_gone(unsigned int ifindex);

/* Coldplug is over, or udevd was started again: looks at everything once more. */
void look_after_all();

/* @ifindex is about to get one of @names. */
void make_room(unsigned int ifindex, const std::vector<std::string> &names);

} // namespace naming
