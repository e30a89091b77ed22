// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of role.hpp that reads files. */
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include "encode.hpp"
#include "role.hpp"
#include "waymark/error.hpp"
#include "waymark/file.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

using waymark::error;

/* A line is long enough for a list of some hundred addresses. */
constexpr std::size_t line_max = 16384;

/* Words apart from each other by blanks; quotes keep blanks inside a word. */
std::vector<std::string> split_words(const std::string &text, const std::string &where)
{
	std::vector<std::string> words;
	bool open = false;
	char quote = 0;

	for (char c : text) {
		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? 0 : c;
			if (!open)
				words.emplace_back();
			open = true;
		} else if (!quote && (c == ' ' || c == '\t')) {
			open = false;
		} else {
			if (!open)
				words.emplace_back();
			open = true;
			words.back() += c;
		}
	}
	if (quote)
		throw error(where, "a quote is not closed");
	return words;
}

/* "52-54-00-12-34-56", "5254.0012.3456" and upper case as the kernel has it. */
std::string normalize_mac(const std::string &text, const std::string &where)
{
	std::string digits, mac;

	for (char c : text) {
		if (std::isxdigit(static_cast<unsigned char>(c)))
			digits += std::tolower(static_cast<unsigned char>(c));
		else if (c != ':' && c != '-' && c != '.')
			throw error(where, "\"" + text + "\" is no hardware address");
	}
	if (digits.size() != 12)
		throw error(where, "\"" + text + "\" is no hardware address");
	for (std::size_t i = 0; i < digits.size(); i += 2)
		mac += (i ? ":" : "") + digits.substr(i, 2);
	return mac;
}

bool parse_bool(const std::string &text, const std::string &where)
{
	for (const char *yes : {"yes", "true", "on", "1"})
		if (text == yes)
			return true;
	for (const char *no : {"no", "false", "off", "0"})
		if (text == no)
			return false;
	throw error(where, "\"" + text + "\" is neither yes nor no");
}

replacement parse_replacement(const std::string &text, const std::string &where)
{
	static const std::map<std::string, replacement> words = {
		{"model", replacement::model},
		{"ask", replacement::ask},
		{"never", replacement::never},
		{"always", replacement::always},
	};
	const auto found = words.find(text);

	if (found == words.end())
		throw error(where, "Replace= takes model, ask, never or always");
	return found->second;
}

/* What is wrong with a role as a whole; a warning leaves it in use. */
void check_role(role &r, const std::string &file)
{
	/* IFNAMSIZ without the NUL. */
	constexpr std::size_t name_max = 15;

	if (r.name.empty())
		throw error(file, "no Name= in [Role]");
	for (const auto &conditions : r.alternatives)
		if (conditions.empty())
			throw error(file, std::string("nothing in ") +
						  (&conditions == &r.alternatives[0] ? "[Match]"
										     : "[Fallback]"));
	if (r.alternative_name && r.name.size() > name_max)
		r.warnings.push_back("the alternative name " + r.name +
				     " has more than 15 characters: programs that bind to a NIC "
				     "by name (ping -I, tcpdump -i) will not find it");
}

condition parse_condition(const std::string &key, std::string value, const std::string &section,
			  const std::string &where)
{
	static const std::map<std::string, condition::key> keys = {
		{"Path", condition::key::path},
		{"Driver", condition::key::driver},
		{"PermanentMACAddress", condition::key::permanent_mac},
		{"Type", condition::key::type},
		{"Property", condition::key::property},
		{"Label", condition::key::label},
		{"Slot", condition::key::slot},
		{"OnboardIndex", condition::key::onboard_index},
		{"PortName", condition::key::port_name},
	};
	const auto found = keys.find(key);
	condition c;

	if (found == keys.end())
		throw error(where, "unknown key " + key + "= in " + section);
	c.subject = found->second;
	if (!value.empty() && value[0] == '!') {
		c.inverted = true;
		value.erase(0, 1);
	}
	c.patterns = split_words(value, where);
	if (c.patterns.empty())
		throw error(where, key + "= is empty");
	for (std::string &pattern : c.patterns) {
		if (c.subject == condition::key::permanent_mac)
			pattern = normalize_mac(pattern, where);
		if (c.subject == condition::key::property &&
		    (pattern.find('=') == 0 || pattern.find('=') == std::string::npos))
			throw error(where, "Property= takes KEY=PATTERN");
	}
	return c;
}

void parse_role_key(role &r, const std::string &key, const std::string &value,
		    const std::string &where)
{
	if (key == "Name") {
		/* It becomes a file name, and maybe an alternative name. */
		if (!is_plain(value) || value.size() > 127)
			throw error(where, "Name= takes letters, digits and #+-.:=@_, at most 127");
		r.name = value;
	} else if (key == "AlternativeName") {
		r.alternative_name = parse_bool(value, where);
	} else if (key == "Replace") {
		r.replace = parse_replacement(value, where);
	} else {
		throw error(where, "unknown key " + key + "= in [Role]");
	}
}

} // namespace

role parse_role(const std::string &text, const std::string &file)
{
	static const std::string match = "[Match]", fallback = "[Fallback]";
	static const std::string byte_order_mark = "\xef\xbb\xbf";
	std::string section;
	std::size_t begin = 0;
	unsigned int number = 0;
	role r;

	/* Some editors put it before the first character. */
	if (text.compare(0, byte_order_mark.size(), byte_order_mark) == 0)
		begin = byte_order_mark.size();

	r.file = file;
	r.alternatives.resize(1);
	while (begin < text.size()) {
		const std::size_t end = std::min(text.find('\n', begin), text.size());
		const std::string where = file + ":" + std::to_string(++number);
		const std::string line = trim(text.substr(begin, end - begin));

		begin = end + 1;
		if (line.size() > line_max)
			throw error(where, "the line is too long");
		if (line.find('\0') != std::string::npos)
			throw error(where, "a NUL in the line");
		if (line.empty() || line[0] == '#' || line[0] == ';')
			continue;
		if (line[0] == '[') {
			section = line;
			if (section != match && section != fallback && section != "[Role]")
				throw error(where, "unknown section " + section);
			/* What is in [Match] twice has to hold together, as in systemd. */
			if (section == fallback)
				r.alternatives.emplace_back();
			continue;
		}
		const std::size_t equals = line.find('=');
		if (equals == std::string::npos)
			throw error(where, "neither a section nor KEY=VALUE");
		const std::string key = trim(line.substr(0, equals));
		const std::string value = trim(line.substr(equals + 1));
		if (section == match)
			r.alternatives[0].push_back(parse_condition(key, value, section, where));
		else if (section == fallback)
			r.alternatives.back().push_back(parse_condition(key, value, section, where));
		else if (section == "[Role]")
			parse_role_key(r, key, value, where);
		else
			throw error(where, "before the first section");
	}
	check_role(r, file);
	return r;
}

std::vector<std::string> role_directories(const std::string &root)
{
	return {root + "/etc/netdev-naming/roles.d", root + "/run/netdev-naming/roles.d",
		root + "/usr/lib/netdev-naming/roles.d"};
}

std::vector<role> load_roles(const std::vector<std::string> &directories,
			     std::vector<std::string> &problems)
{
	std::map<std::string, std::filesystem::path> files;
	std::map<std::string, std::string> given;
	std::vector<role> roles;

	for (const std::string &directory : directories) {
		std::error_code unreadable;

		for (const auto &entry : std::filesystem::directory_iterator(directory, unreadable))
			if (entry.path().extension() == ".role")
				files.emplace(entry.path().filename().string(), entry.path());
	}
	for (const auto &[name, path] : files) {
		struct stat st;

		try {
			if (stat(path.c_str(), &st))
				throw error(path.string(), "cannot be read");
			if (!S_ISREG(st.st_mode) || st.st_size == 0)
				continue;
			role r = parse_role(waymark::read_file(path), path.string());
			const auto [first, is_new] = given.emplace(r.name, r.file);
			if (!is_new)
				throw error(r.file, "the role " + r.name + " is already in " +
							    first->second);
			for (const std::string &warning : r.warnings)
				problems.push_back(r.file + ": " + warning);
			roles.push_back(std::move(r));
		} catch (const error &e) {
			problems.push_back(e.object() + ": " + e.what());
		}
	}
	return roles;
}

} // namespace naming
