// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run by the udev rules for the node of a NIC: prints what the rules cannot find
 * out themselves, as KEY=VALUE lines with only harmless characters.
 */
#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "claims.hpp"
#include "encode.hpp"
#include "waymark/error.hpp"
#include "waymark/fd.hpp"
#include "waymark/tool.hpp"
#include "waymark/udev.hpp"

extern char **environ;

namespace
{

using naming::claimant;
using naming::nic;
using naming::nic_info;

naming::properties environment()
{
	naming::properties props;

	for (char **entry = environ; *entry; entry++)
		if (const char *equals = std::strchr(*entry, '='))
			props[std::string(*entry, equals - *entry)] = equals + 1;
	return props;
}

std::string required(const naming::properties &props, const std::string &key)
{
	const auto found = props.find(key);

	if (found == props.end() || found->second.empty())
		throw waymark::error(key, "not set; this program is for udev rules",
				     waymark::status::usage);
	return found->second;
}

void print(const std::string &key, const std::string &value)
{
	std::cout << "NETDEV_NAMING_" << key << '=' << value << '\n';
}

/* All NICs on hardware but @self. */
std::vector<claimant> read_others(std::uint64_t self)
{
	std::vector<claimant> others;

	for (const naming::nic_entry &entry : naming::list_nics()) {
		if (entry.id == self)
			continue;
		const naming::placement place = naming::place_of(entry.ifindex);
		if (place.location.empty())
			continue;

		const nic opened = nic::try_open_id(entry.id);
		nic_info info;
		if (opened && !opened.try_info(info) && !info.moved)
			others.push_back(naming::claimant_of(info, place));
	}
	return others;
}

void trigger(const std::string &syspath)
{
	static const char change[] = "change";
	const waymark::fd uevent = waymark::fd::open(syspath + "/uevent", O_WRONLY);

	if (write(uevent.get(), change, sizeof(change) - 1) < 0)
		throw waymark::error::from_errno(syspath, errno);
}

/*
 * A NIC that came before this one may rank lower from now on. Its event may be in
 * progress as well: whichever of the two is last sees both, and the other one's
 * record in the database ends the exchange.
 */
void update_others(const claimant &self, const std::vector<claimant> &others)
{
	const waymark::udev_context udev;
	std::vector<claimant> all = others;

	all.push_back(self);
	for (const claimant &other : others) {
		if (!naming::collide(self, other))
			continue;

		const std::string node = "if" + std::to_string(other.ifindex);
		const std::string rank = std::to_string(naming::rank_of(other, all));
		waymark::udev_record record;

		syslog(LOG_WARNING, "if%u and %s claim the same name, the winner is %s",
		       self.ifindex, node.c_str(),
		       naming::precedes(self, other)
			       ? ("if" + std::to_string(self.ifindex)).c_str()
			       : node.c_str());
		if (!udev.find("/sys/class/netdev_naming/" + node, record))
			continue;
		const std::string recorded = record.property("NETDEV_NAMING_RANK");
		if (rank == (recorded.empty() ? "0" : recorded))
			continue;
		try {
			trigger(record.syspath);
		} catch (const waymark::error &) {
			/* Gone meanwhile: nothing left to tell it. */
		}
	}
}

void import()
{
	const naming::properties props = environment();
	const std::string node = required(props, "DEVNAME");
	const std::string name = required(props, "INTERFACE");
	const nic opened = nic::open(node);
	const nic_info info = opened.info(node);
	const naming::placement place = naming::place_of(info.ifindex);

	if (info.moved || info.name != name || place.syspath.empty())
		throw waymark::exit_with{waymark::status::failed};

	const bool stacked = naming::is_stacked(place.syspath);
	for (const auto &[directory, component] :
	     naming::claims_of(info, props, place.serial, stacked)) {
		std::string key;

		for (char c : directory)
			key += std::toupper(static_cast<unsigned char>(c));
		print(key, component);
	}

	const claimant self = naming::claimant_of(info, place);
	const std::vector<claimant> others = read_others(info.id);
	print("RANK", std::to_string(naming::rank_of(self, others)));
	std::cout.flush();
	update_others(self, others);
}

void print_name()
{
	print("NAME", naming::encode(required(environment(), "INTERFACE")));
}

} // namespace

int main(int argc, char **argv)
{
	openlog("netdev-naming", LOG_PID, LOG_DAEMON);
	return waymark::run_tool("netdev-naming-id", "Names of a NIC, for udev rules.", argc, argv,
				 [](CLI::App &app, waymark::output_options &) {
					 app.add_subcommand("import", "print the stable names")
						 ->callback(import);
					 app.add_subcommand("name", "print the name, escaped")
						 ->callback(print_name);
				 });
}
