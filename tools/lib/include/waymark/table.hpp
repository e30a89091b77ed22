// SPDX-License-Identifier: LGPL-2.1-or-later
/* A table for a terminal: columns as wide as their widest cell, no trailing blanks. */
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace waymark
{

class table
{
public:
	enum class align { left, right };
	struct column {
		std::string heading;
		align side = align::left;
	};

	explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

	/* Missing cells are empty; control characters in a cell print as \xNN. */
	void add(std::vector<std::string> cells);
	void print(std::ostream &out) const;

private:
	std::vector<column> columns_;
	std::vector<std::vector<std::string>> rows_;
};

/*
 * @text, fit for a terminal: \xNN for each byte that is not UTF-8, and for those of
 * control characters, of invisible ones, and of those that turn the direction of text.
 */
std::string printable(const std::string &text);

/* @text with \xNN for each byte that is not UTF-8. */
std::string valid_utf8(const std::string &text);

} // namespace waymark
