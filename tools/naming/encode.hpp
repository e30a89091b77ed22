// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any string as one component of a path below /dev/netdev.
 *
 * udev turns characters outside its own list into "_", so that two names become
 * one. Here they become \xNN instead, which udev leaves alone: different
 * strings stay different, and a slash or a newline from firmware stays inside
 * its directory.
 */
#pragma once

#include <string>
#include <string_view>

namespace naming
{

/* No file system stores a longer component. */
inline constexpr std::size_t component_max = 255;

/* True if @text is a component as it stands and encode() returns it unchanged. */
bool is_plain(std::string_view text);

/*
 * Letters, digits and "#+-.:=@_" stay, every other byte becomes \xNN; so do the
 * dots of "." and "..". Empty if @text is, or if the result would be longer than
 * component_max.
 */
std::string encode(std::string_view text);

/* The reverse; what is no \xNN stays as it is. */
std::string decode(std::string_view text);

/* Without the blanks and the carriage returns at both ends. */
std::string trim(const std::string &text);

} // namespace naming
