// SPDX-License-Identifier: GPL-2.0-or-later
#include "text.hpp"

#include <algorithm>
#include <sstream>

namespace naming::lint
{

namespace
{

std::string trimmed(const std::string &text)
{
	static const char blanks[] = " \t\r";
	const std::size_t first = text.find_first_not_of(blanks);

	if (first == std::string::npos)
		return {};
	return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

void each_line(const std::string &text,
	       const std::function<void(const std::string &, unsigned int)> &use)
{
	std::istringstream in(text);
	std::string line;

	for (unsigned int number = 1; std::getline(in, line); number++)
		use(trimmed(line), number);
}

void each_setting(const std::string &text,
		  const std::function<void(const std::string &, const std::string &,
					   const std::string &, unsigned int)> &use)
{
	std::string section;

	each_line(text, [&](const std::string &line, unsigned int number) {
		const std::size_t equals = line.find('=');

		if (line.empty() || line[0] == '#' || line[0] == ';')
			return;
		if (line[0] == '[')
			section = line;
		else if (equals != std::string::npos)
			use(section, trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)),
			    number);
	});
}

std::string unquoted(const std::string &text)
{
	if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0])
		return text.substr(1, text.size() - 2);
	return text;
}

std::vector<std::string> words_of(const std::string &line)
{
	std::istringstream in(line);
	std::vector<std::string> words;

	for (std::string word; in >> word;)
		words.push_back(unquoted(word));
	return words;
}

bool is_one_name(const std::string &name)
{
	return !name.empty() && name.find_first_of("*?[]$+%!\"'(){}\\ ") == std::string::npos;
}

} // namespace naming::lint
