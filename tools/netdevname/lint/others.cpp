// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsers of files that are read line by line. */
#include <algorithm>
#include <set>

#include "encode.hpp"
#include "reference.hpp"
#include "text.hpp"

namespace naming::lint
{

namespace
{

void refer(configuration &out, user by, const std::string &file, unsigned int line,
	   const std::string &name)
{
	if (is_one_name(name))
		out.references.push_back({by, file, line, name});
}

void grant_name(configuration &out, const std::string &file, unsigned int line,
		const std::string &name)
{
	if (is_one_name(name))
		out.grants.push_back({file, line, name});
}

bool starts_with(const std::string &text, const std::string &start)
{
	return text.compare(0, start.size(), start) == 0;
}

bool ends_with(const std::string &text, const std::string &end)
{
	return text.size() >= end.size() &&
	       text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/* The reverse of systemd-escape(1): "-" is a slash, \xNN a byte. */
std::string unescape_unit(std::string name)
{
	std::replace(name.begin(), name.end(), '-', '/');
	return decode(name);
}

} // namespace

void parse_iptables(const std::string &text, const std::string &file, configuration &out)
{
	static const std::set<std::string> options = {"-i",	       "--in-interface", "-o",
						      "--out-interface", "--physdev-in",
						      "--physdev-out"};

	each_line(text, [&](const std::string &line, unsigned int number) {
		const std::vector<std::string> words = words_of(line);

		if (line.empty() || line[0] == '#')
			return;
		for (std::size_t i = 0; i + 1 < words.size(); i++)
			if (options.count(words[i]))
				refer(out, user::iptables, file, number,
				      words[i + 1] == "!" && i + 2 < words.size() ? words[i + 2]
										  : words[i + 1]);
	});
}

void parse_firewalld(const std::string &text, const std::string &file, configuration &out)
{
	static const std::string tag = "<interface", attribute = "name=";

	each_line(text, [&](const std::string &line, unsigned int number) {
		for (std::size_t at = line.find(tag); at != std::string::npos;
		     at = line.find(tag, at + 1)) {
			const std::size_t name = line.find(attribute, at) + attribute.size();
			if (name < attribute.size() || name >= line.size())
				return;
			const std::size_t end = line.find(line[name], name + 1);

			if (end != std::string::npos)
				refer(out, user::firewalld, file, number,
				      line.substr(name + 1, end - name - 1));
		}
	});
}

void parse_sysctl(const std::string &text, const std::string &file, configuration &out)
{
	each_line(text, [&](const std::string &line, unsigned int number) {
		std::string key = line.substr(0, std::min(line.find('='), line.size()));

		if (line.empty() || line[0] == '#' || line[0] == ';')
			return;
		if (key[0] == '-')
			key.erase(0, 1);
		/* The first separator decides; with dots, a slash stands for a dot in a name. */
		const std::size_t first = key.find_first_of("./");
		if (first != std::string::npos && key[first] == '.')
			for (char &c : key)
				c = c == '.' ? '/' : c == '/' ? '.' : c;
		for (const char *folder : {"net/ipv4/conf/", "net/ipv6/conf/", "net/ipv4/neigh/",
					   "net/ipv6/neigh/", "net/mpls/conf/"}) {
			if (!starts_with(key, folder))
				continue;
			key.erase(0, std::string(folder).size());
			refer(out, user::sysctl, file, number, key.substr(0, key.find('/')));
		}
	});
}

void parse_dhcpcd(const std::string &text, const std::string &file, configuration &out)
{
	static const std::set<std::string> keys = {"interface", "allowinterfaces",
						   "denyinterfaces"};

	each_line(text, [&](const std::string &line, unsigned int number) {
		const std::vector<std::string> words = words_of(line);

		if (words.empty() || !keys.count(words[0]))
			return;
		for (std::size_t i = 1; i < words.size() && words[i][0] != '#'; i++)
			refer(out, user::dhcpcd, file, number, words[i]);
	});
}

void parse_network_manager(const std::string &text, const std::string &file, configuration &out)
{
	static const std::set<std::string> hardware = {"",     "802-3-ethernet", "ethernet",
						       "wifi", "802-11-wireless", "infiniband"};
	std::string type, name;
	unsigned int at = 0;

	each_setting(text, [&](const std::string &section, const std::string &key,
			       const std::string &value, unsigned int line) {
		if (section != "[connection]")
			return;
		if (key == "type")
			type = value;
		if (key == "interface-name") {
			name = value;
			at = line;
		}
	});
	/* A connection of another type makes its NIC, and calls it so. */
	if (hardware.count(type))
		refer(out, user::network_manager, file, at, name);
	else
		grant_name(out, file, at, name);
}

void parse_unit(const std::string &text, const std::string &file, configuration &out)
{
	static const std::string net = "sys-subsystem-net-devices-", link = "dev-netdev-by\\x2d",
				 end = ".device";
	static const std::set<std::string> keys = {"After",    "Before",   "Requires", "Wants",
						   "BindsTo",  "Requisite", "PartOf",  "Upholds",
						   "WantedBy", "RequiredBy"};

	each_setting(text, [&](const std::string &, const std::string &key, const std::string &value,
			       unsigned int line) {
		if (!keys.count(key))
			return;
		for (std::string word : words_of(value)) {
			if (!ends_with(word, end) || word.find('%') != std::string::npos)
				continue;
			word.erase(word.size() - end.size());
			if (starts_with(word, net))
				out.references.push_back({user::unit, file, line,
							  unescape_unit(word.substr(net.size()))});
			else if (starts_with(word, link))
				out.references.push_back({user::unit_link, file, line,
							  "by-" + unescape_unit(word.substr(link.size()))});
		}
	});
}

void parse_link(const std::string &text, const std::string &file, configuration &out)
{
	each_setting(text, [&](const std::string &section, const std::string &key,
			       const std::string &value, unsigned int line) {
		if ((section == "[Link]" && (key == "Name" || key == "AlternativeName")) ||
		    (section == "[NetDev]" && key == "Name"))
			for (const std::string &name : words_of(value))
				grant_name(out, file, line, name);
	});
}

void parse_udev_rules(const std::string &text, const std::string &file, configuration &out)
{
	static const std::string key = "NAME";

	each_line(text, [&](const std::string &line, unsigned int number) {
		if (line.empty() || line[0] == '#' || line.find("\"net\"") == std::string::npos)
			return;
		for (std::size_t at = line.find(key); at != std::string::npos;
		     at = line.find(key, at + 1)) {
			/* Not as a part of ENV{ID_NET_NAME}, nor as a comparison. */
			const bool starts = at == 0 || line[at - 1] == ' ' || line[at - 1] == ',';
			std::size_t quote = at + key.size();

			if (line[quote] == ':')
				quote++;
			const std::size_t end = line.find('"', quote + 2);
			if (starts && line.compare(quote, 2, "=\"") == 0 && end != std::string::npos)
				grant_name(out, file, number, line.substr(quote + 2, end - quote - 2));
		}
	});
}

} // namespace naming::lint
