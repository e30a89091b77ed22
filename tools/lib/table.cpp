// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/table.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <string_view>
#include <utility>

#include "waymark/hex.hpp"

namespace waymark
{

namespace
{

/* Length of the valid UTF-8 sequence at @pos, 0 if there is none. */
std::size_t utf8_sequence(std::string_view text, std::size_t pos)
{
	const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
	const unsigned char lead = byte(pos);
	std::size_t len;

	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		len = 2;
	else if ((lead & 0xf0) == 0xe0)
		len = 3;
	else if (lead >= 0xf0 && lead <= 0xf4)
		len = 4;
	else
		return 0;
	if (pos + len > text.size())
		return 0;
	for (std::size_t i = 1; i < len; i++)
		if ((byte(pos + i) & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates and what lies above U+10FFFF. */
	if ((lead == 0xe0 && byte(pos + 1) < 0xa0) || (lead == 0xed && byte(pos + 1) > 0x9f) ||
	    (lead == 0xf0 && byte(pos + 1) < 0x90) || (lead == 0xf4 && byte(pos + 1) > 0x8f))
		return 0;
	return len;
}

/* The code point of the valid sequence @bytes. */
char32_t code_point(std::string_view bytes)
{
	static constexpr unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	char32_t code = static_cast<unsigned char>(bytes[0]) & lead_bits[bytes.size()];

	for (const char c : bytes.substr(1))
		code = code << 6 | (c & 0x3f);
	return code;
}

/*
 * Controls, and the characters that are invisible or change the order of the text
 * around them: with those, one name can be made to look like another one.
 */
bool is_deceptive(char32_t code)
{
	static constexpr std::pair<char32_t, char32_t> ranges[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0xad, 0xad},     {0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
	};

	return std::any_of(std::begin(ranges), std::end(ranges), [&](const auto &range) {
		return code >= range.first && code <= range.second;
	});
}

/* @text with the bytes of every sequence that @is_bad as \xNN. */
template <typename IsBad>
std::string escaped(const std::string &text, IsBad is_bad)
{
	const std::string_view view = text;
	std::string out;

	for (std::size_t pos = 0; pos < text.size();) {
		const std::size_t valid = utf8_sequence(view, pos);
		const std::string_view bytes = view.substr(pos, valid ? valid : 1);

		if (!valid || is_bad(code_point(bytes)))
			for (const char c : bytes)
				out += "\\x" + hex_byte(c);
		else
			out += bytes;
		pos += bytes.size();
	}
	return out;
}

std::size_t width(const std::string &text)
{
	return std::count_if(text.begin(), text.end(),
			     [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

} // namespace

std::string printable(const std::string &text)
{
	return escaped(text, is_deceptive);
}

std::string valid_utf8(const std::string &text)
{
	return escaped(text, [](char32_t) { return false; });
}

void table::add(std::vector<std::string> cells)
{
	cells.resize(columns_.size());
	std::transform(cells.begin(), cells.end(), cells.begin(), printable);
	rows_.push_back(std::move(cells));
}

void table::print(std::ostream &out) const
{
	std::vector<std::string> headings;
	std::vector<std::size_t> widths;

	for (const column &col : columns_) {
		headings.push_back(col.heading);
		widths.push_back(width(col.heading));
	}
	for (const auto &row : rows_)
		for (std::size_t i = 0; i < row.size(); i++)
			widths[i] = std::max(widths[i], width(row[i]));

	const auto line = [&](const std::vector<std::string> &cells) {
		std::string text;

		for (std::size_t i = 0; i < cells.size(); i++) {
			const std::string pad(widths[i] - width(cells[i]), ' ');

			if (i)
				text += "  ";
			text += columns_[i].side == align::right ? pad + cells[i] : cells[i] + pad;
		}
		text.erase(text.find_last_not_of(' ') + 1);
		out << text << '\n';
	};

	line(headings);
	for (const auto &row : rows_)
		line(row);
}

} // namespace waymark
