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

/* @text with every control or non-UTF-8 byte as \xNN, fit for a terminal. */
std::string printable(const std::string &text);

} // namespace waymark
