// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the configuration files are. */
#include <algorithm>
#include <filesystem>
#include <set>

#include "reference.hpp"
#include "waymark/file.hpp"

namespace naming::lint
{

namespace
{

using parse_function = void (*)(const std::string &, const std::string &, configuration &);

struct place {
	const char *path;   /* a file, or a folder */
	const char *ending; /* of the files in the folder; null: @path is a file */
	parse_function parse;
};

const place places[] = {
	{"/etc/nftables.conf", nullptr, parse_nft},
	{"/etc/sysconfig/nftables.conf", nullptr, parse_nft},
	{"/etc/nftables.d", ".nft", parse_nft},
	{"/etc/nftables", ".nft", parse_nft},
	{"/etc/iptables/rules.v4", nullptr, parse_iptables},
	{"/etc/iptables/rules.v6", nullptr, parse_iptables},
	{"/etc/sysconfig/iptables", nullptr, parse_iptables},
	{"/etc/sysconfig/ip6tables", nullptr, parse_iptables},
	{"/etc/firewalld/zones", ".xml", parse_firewalld},
	{"/etc/sysctl.conf", nullptr, parse_sysctl},
	{"/etc/sysctl.d", ".conf", parse_sysctl},
	{"/run/sysctl.d", ".conf", parse_sysctl},
	{"/etc/dhcpcd.conf", nullptr, parse_dhcpcd},
	{"/etc/NetworkManager/system-connections", ".nmconnection", parse_network_manager},
	{"/run/NetworkManager/system-connections", ".nmconnection", parse_network_manager},
	{"/etc/systemd/system", "", parse_unit},
	{"/etc/systemd/network", ".link", parse_link},
	{"/run/systemd/network", ".link", parse_link},
	{"/etc/systemd/network", ".netdev", parse_link},
	{"/run/systemd/network", ".netdev", parse_link},
	{"/etc/udev/rules.d", ".rules", parse_udev_rules},
};

/* Reads each file once, whatever links lead to it: 99-sysctl.conf, units in x.wants. */
class reader
{
public:
	reader(const std::string &root, configuration &out) : root_(root), out_(out) {}

	void read(const std::string &path, parse_function parse)
	{
		std::error_code failed;
		const std::string real = std::filesystem::canonical(path, failed).string();

		if (!failed && !seen_.insert(real).second)
			return;
		try {
			parse(waymark::read_file(path), name_of(path, real), out_);
		} catch (const waymark::error &e) {
			out_.unreadable.push_back(e);
		}
	}

private:
	/* Without the root: the file's own name, or that of a link to one outside. */
	std::string name_of(const std::string &path, const std::string &real) const
	{
		const bool inside = real.compare(0, root_.size() + 1, root_ + "/") == 0;

		return (inside ? real : path).substr(root_.size());
	}

	const std::string &root_;
	configuration &out_;
	std::set<std::string> seen_;
};

/* Regular files with that ending, also in folders below, such as x.service.d. */
std::vector<std::string> files_of(const std::string &folder, const std::string &ending,
				  configuration &out)
{
	using std::filesystem::recursive_directory_iterator;
	std::vector<std::string> files;
	std::error_code failed;

	if (!std::filesystem::exists(folder, failed) && !failed)
		return files;
	for (recursive_directory_iterator at(folder, failed), end; !failed && at != end;
	     at.increment(failed)) {
		std::error_code gone;

		if (at->is_regular_file(gone) &&
		    (ending.empty() || at->path().extension().string() == ending))
			files.push_back(at->path().string());
	}
	if (failed)
		out.unreadable.emplace_back(folder, failed.message());
	std::sort(files.begin(), files.end());
	return files;
}

} // namespace

configuration read_configuration(const std::string &root)
{
	configuration out;
	reader files(root, out);

	for (const place &at : places) {
		const std::string path = root + at.path;
		std::error_code failed;

		if (!at.ending) {
			if (std::filesystem::exists(path, failed) || failed)
				files.read(path, at.parse);
			continue;
		}
		for (const std::string &file : files_of(path, at.ending, out))
			files.read(file, at.parse);
	}
	return out;
}

} // namespace naming::lint
