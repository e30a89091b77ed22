// SPDX-License-Identifier: GPL-2.0-or-later
/* What the parsers of configuration files share. */
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace naming::lint
{

/* Calls @use with each line of @text, trimmed of blanks, and its number from 1. */
void each_line(const std::string &text,
	       const std::function<void(const std::string &line, unsigned int number)> &use);

/* An ini file: @use gets each KEY=VALUE with its section ("[Link]"); comments are left out. */
void each_setting(const std::string &text,
		  const std::function<void(const std::string &section, const std::string &key,
					   const std::string &value, unsigned int line)> &use);

/* Words between blanks; quotes around a word are dropped. */
std::vector<std::string> words_of(const std::string &line);

/* Without the quotes around it. */
std::string unquoted(const std::string &text);

/* True if @name is one name, and no pattern, variable or empty text. */
bool is_one_name(const std::string &name);

} // namespace naming::lint
