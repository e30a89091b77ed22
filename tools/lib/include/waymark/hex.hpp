// SPDX-License-Identifier: LGPL-2.1-or-later
/* Bytes as hexadecimal digits, in lower case, and back. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace waymark
{

/* Two digits. */
inline std::string hex_byte(std::uint8_t byte)
{
	static constexpr char digits[] = "0123456789abcdef";

	return {digits[byte >> 4], digits[byte & 15]};
}

/* Two digits each, with @separator between them. */
inline std::string hex_bytes(const std::uint8_t *bytes, std::size_t len,
			     const char *separator = "")
{
	std::string out;

	for (std::size_t i = 0; i < len; i++)
		out += (i ? separator : "") + hex_byte(bytes[i]);
	return out;
}

/* 0 to 15; -1 if @c is not a lower-case digit. */
inline int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

} // namespace waymark
