// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <tuple>

namespace naming::lint
{

namespace
{

/* IFNAMSIZ without the NUL. */
constexpr std::size_t kernel_name_max = 15;

struct consequence {
	problem what;
	const char *text;
};

/* What a program does with a name that is not the kernel's. */
const std::map<user, consequence> consequences = {
	{user::nft_name,
	 {problem::never_matches, "nftables compares kernel names: the rule never matches"}},
	{user::nft_index,
	 {problem::refused, "nftables looks for a kernel name: the file does not load"}},
	{user::iptables,
	 {problem::never_matches, "iptables compares kernel names: the rule never matches"}},
	{user::firewalld,
	 {problem::never_matches, "firewalld compares kernel names: the zone gets no packet"}},
	{user::sysctl,
	 {problem::ignored, "sysctl knows only kernel names: the setting takes no effect"}},
	{user::dhcpcd,
	 {problem::ignored, "dhcpcd knows only kernel names: the setting takes no effect"}},
	{user::network_manager,
	 {problem::ignored,
	  "NetworkManager knows only kernel names: the connection is never activated"}},
	{user::unit,
	 {problem::never_starts,
	  "systemd has device units of kernel names only: the unit waits in vain"}},
};

class judgement
{
public:
	judgement(const configuration &found, const names &known) : found_(found), known_(known)
	{
		for (const role &r : known.roles)
			roles_.emplace(r.name, &r);
		for (const grant &g : found.grants)
			granted_.insert(g.name);
	}

	std::vector<finding> all()
	{
		for (const reference &r : found_.references)
			check_reference(r);
		for (const role &r : known_.roles)
			check_role(r);
		std::sort(findings_.begin(), findings_.end(), [](const auto &a, const auto &b) {
			return std::tie(a.file, a.line, a.name, a.text) <
			       std::tie(b.file, b.line, b.name, b.text);
		});
		return std::move(findings_);
	}

private:
	/* Some NIC has it as its kernel name, now or as a .link file has it. */
	bool is_kernel_name(const std::string &name) const
	{
		return known_.kernel.count(name) || granted_.count(name);
	}

	void add(const std::string &file, unsigned int line, const std::string &name, problem what,
		 const std::string &text)
	{
		findings_.push_back({file, line, name, what, text});
	}

	void check_reference(const reference &r)
	{
		if (r.by == user::unit_link) {
			check_unit_link(r);
			return;
		}
		if (is_kernel_name(r.name))
			return;
		const consequence &then = consequences.at(r.by);
		if (const auto found = roles_.find(r.name); found != roles_.end())
			add(r.file, r.line, r.name, then.what,
			    r.name + " is a role (" + found->second->file + "), and " + then.text);
		else if (known_.altnames.count(r.name))
			add(r.file, r.line, r.name, then.what,
			    r.name + " is an alternative name, and " + then.text);
		else if (r.by == user::unit && known_.live)
			add(r.file, r.line, r.name, then.what,
			    "no NIC is called " + r.name + ": the unit waits in vain");
	}

	/* "by-role/NAME": other links come with the hardware, which may come yet. */
	void check_unit_link(const reference &r)
	{
		static const std::string folder = "by-role/";

		if (r.name.compare(0, folder.size(), folder) == 0 &&
		    !roles_.count(r.name.substr(folder.size())))
			add(r.file, r.line, r.name, problem::never_starts,
			    "no role file gives " + r.name + ": the unit waits in vain");
	}

	void check_role(const role &r)
	{
		/* As the kernel and systemd.net-naming-scheme(7) make them. */
		static const std::regex automatic("(eth|wlan|wwan|usb|ib|sl)[0-9]+|"
						  "(en|wl|ww|ib|sl|mc)[osPpxbvucia][0-9a-fA-F].*|lo");

		if (r.name.size() > kernel_name_max)
			add(r.file, 0, r.name, problem::too_long,
			    r.name + " has more than 15 characters: programs that take a kernel name, "
				     "such as ping -I and tcpdump -i, refuse it");
		for (const grant &g : found_.grants)
			if (g.name == r.name)
				add(r.file, 0, r.name, problem::shadows,
				    r.name + " is also the name that " + g.file + ":" +
					    std::to_string(g.line) + " gives to a NIC");
		if (std::regex_match(r.name, automatic))
			add(r.file, 0, r.name, problem::shadows,
			    r.name + " is a name that the kernel or udev can give to any NIC");
		else if (known_.kernel.count(r.name) && !granted_.count(r.name))
			add(r.file, 0, r.name, problem::shadows,
			    r.name + " is also the kernel name of a NIC");
	}

	const configuration &found_;
	const names &known_;
	std::map<std::string, const role *> roles_;
	std::set<std::string> granted_;
	std::vector<finding> findings_;
};

} // namespace

std::string to_string(problem what)
{
	switch (what) {
	case problem::never_matches:
		return "never-matches";
	case problem::refused:
		return "refused";
	case problem::ignored:
		return "ignored";
	case problem::never_starts:
		return "never-starts";
	case problem::too_long:
		return "too-long";
	case problem::shadows:
		return "shadows";
	}
	return {};
}

std::vector<finding> judge(const configuration &found, const names &known)
{
	return judgement(found, known).all();
}

} // namespace naming::lint
