// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/table.hpp"

#include <algorithm>
#include <ostream>

namespace waymark
{

namespace
{

/* Length of the valid UTF-8 sequence at @pos, 0 if there is none. */
std::size_t utf8_sequence(const std::string &text, std::size_t pos)
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
	/* U+0080 to U+009F are control characters too. */
	if (lead == 0xc2 && byte(pos + 1) < 0xa0)
		return 0;
	return len;
}

std::size_t width(const std::string &text)
{
	return std::count_if(text.begin(), text.end(),
			     [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

} // namespace

std::string printable(const std::string &text)
{
	static const char digits[] = "0123456789abcdef";
	std::string out;

	for (std::size_t pos = 0; pos < text.size();) {
		const auto c = static_cast<unsigned char>(text[pos]);
		const std::size_t len = utf8_sequence(text, pos);

		if (len == 0 || c < 0x20 || c == 0x7f) {
			out += {'\\', 'x', digits[c >> 4], digits[c & 15]};
			pos++;
		} else {
			out.append(text, pos, len);
			pos += len;
		}
	}
	return out;
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
