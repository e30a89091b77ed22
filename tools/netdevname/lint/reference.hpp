// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the configuration of other programs names a NIC. */
#pragma once

#include <string>
#include <vector>

#include "waymark/error.hpp"

namespace naming::lint
{

enum class user {
	nft_name,	 /* iifname, oifname: compared with the kernel name of a packet's NIC */
	nft_index,	 /* iif, oif, device: looked up when the rules are loaded */
	iptables,	 /* -i, -o: compared as in nft_name */
	firewalld,	 /* an interface of a zone: becomes an nft_name */
	sysctl,		 /* a directory below /proc/sys/net */
	dhcpcd,		 /* an interface of dhcpcd.conf */
	network_manager, /* interface-name of a connection */
	unit,		 /* sys-subsystem-net-devices-NAME.device */
	unit_link,	 /* dev-netdev-by\x2drole-NAME.device: name is "by-role/NAME" */
};

struct reference {
	user by;
	std::string file;
	unsigned int line = 0;
	std::string name;
};

/* A name that another program gives to a NIC that it makes or renames. */
struct grant {
	std::string file;
	unsigned int line = 0;
	std::string name;
};

struct configuration {
	std::vector<reference> references;
	std::vector<grant> grants;
	std::vector<waymark::error> unreadable;
};

/* Reads the files of all programs below @root ("" is this machine), each in sorted order. */
configuration read_configuration(const std::string &root);

/* The parsers, each for the @text of one file called @file; patterns are left out. */
void parse_nft(const std::string &text, const std::string &file, configuration &out);
void parse_iptables(const std::string &text, const std::string &file, configuration &out);
void parse_firewalld(const std::string &text, const std::string &file, configuration &out);
void parse_sysctl(const std::string &text, const std::string &file, configuration &out);
void parse_dhcpcd(const std::string &text, const std::string &file, configuration &out);
void parse_network_manager(const std::string &text, const std::string &file, configuration &out);
void parse_unit(const std::string &text, const std::string &file, configuration &out);
/* Name= and AlternativeName= of systemd.link(5), Name= of systemd.netdev(5). */
void parse_link(const std::string &text, const std::string &file, configuration &out);
/* NAME="…" of udev rules for network devices. */
void parse_udev_rules(const std::string &text, const std::string &file, configuration &out);

} // namespace naming::lint
