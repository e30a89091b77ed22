// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode.hpp"

#include "waymark/hex.hpp"

namespace naming
{

namespace
{

/* The characters that udev accepts in a link and that need no quoting in a shell. */
bool is_plain_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       std::string_view("#+-.:=@_").find(c) != std::string_view::npos;
}

bool is_dots(std::string_view text)
{
	return text == "." || text == "..";
}

} // namespace

bool is_plain(std::string_view text)
{
	if (text.empty() || text.size() > component_max || is_dots(text))
		return false;
	for (char c : text)
		if (!is_plain_char(c))
			return false;
	return true;
}

std::string encode(std::string_view text)
{
	const bool dots = is_dots(text);
	std::string out;

	for (char c : text) {
		const auto byte = static_cast<unsigned char>(c);

		if (is_plain_char(c) && !dots)
			out += c;
		else
			out += "\\x" + waymark::hex_byte(byte);
	}
	return out.size() > component_max ? std::string() : out;
}

std::string decode(std::string_view text)
{
	std::string out;

	for (std::size_t i = 0; i < text.size(); i++) {
		if (text.size() - i >= 4 && text[i] == '\\' && text[i + 1] == 'x') {
			const int high = waymark::hex_value(text[i + 2]);
			const int low = waymark::hex_value(text[i + 3]);

			if (high >= 0 && low >= 0) {
				out += static_cast<char>(high << 4 | low);
				i += 3;
				continue;
			}
		}
		out += text[i];
	}
	return out;
}

std::string trim(const std::string &text)
{
	static const char blanks[] = " \t\r";
	const std::size_t first = text.find_first_not_of(blanks);

	if (first == std::string::npos)
		return {};
	return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace naming
