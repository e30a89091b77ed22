// SPDX-License-Identifier: GPL-2.0-or-later
#include "reconcile.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "options.hpp"
#include "reserved.hpp"
#include "snapshot.hpp"
#include "waymark/error.hpp"
#include "waymark/fd.hpp"
#include "waymark/rtnl.hpp"
#include "waymark/udev.hpp"

namespace naming
{

namespace
{

using present_names = std::map<unsigned int, std::set<std::string>>;

bool is_public(const std::string &serial, const std::string &mac, options::serial chosen)
{
	switch (chosen) {
	case options::serial::yes:
		return true;
	case options::serial::no:
		return false;
	default:
		return is_made_of(serial, mac);
	}
}

/* Component of by-id of the PCI function of the NIC; empty if there is none to be told. */
std::string read_id(unsigned int ifindex, std::vector<std::string> &problems)
{
	const waymark::udev_context udev;
	const std::string node = "/dev/netdev/if" + std::to_string(ifindex);
	waymark::udev_record record;
	nic_info info;

	if (nic::open(node).try_info(info))
		return {};
	const placement place = place_of(info.name, ifindex);
	if (place.location.empty() || !udev.find(place.syspath, record) ||
	    record.property("ID_BUS") != "pci")
		return {};
	const options chosen = read_options(problems);
	if (chosen.pci_serial == options::serial::no)
		return {};
	const std::string serial = serial_of(place.location);
	if (serial.empty() || !is_public(serial, hardware_mac(info), chosen.pci_serial))
		return {};
	return claims_of(info, record.properties, serial)["id"];
}

void read_snapshot_into(machine &all, std::vector<std::string> &problems)
{
	if (access(snapshot_path, F_OK))
		return;
	try {
		snapshot recorded = read_snapshot(snapshot_path);

		all.recorded = std::move(recorded.nics);
		all.holders = std::move(recorded.holders);
	} catch (const waymark::error &e) {
		problems.push_back(e.object() + ": " + e.what());
	}
}

/* Names are only looked for where one may be given. */
bool may_give_altnames(const machine &all)
{
	return all.settled || all.kept.mirror ||
	       std::any_of(all.roles.begin(), all.roles.end(),
			   [](const role &r) { return r.alternative_name; });
}

present_names read_present(const machine &all)
{
	present_names present;

	for (const nic_facts &nic : all.nics) {
		try {
			const naming::nic opened = nic::try_open_id(nic.order.id);

			if (!opened)
				continue;
			const std::vector<std::string> names = opened.altnames(nic.name);
			present[nic.ifindex] = {names.begin(), names.end()};
		} catch (const waymark::error &) {
			/* Gone meanwhile. */
		}
	}
	return present;
}

std::string name_of(const machine &all, unsigned int ifindex)
{
	for (const nic_facts &nic : all.nics)
		if (nic.ifindex == ifindex)
			return nic.name;
	return "if" + std::to_string(ifindex);
}

bool nothing_to_do(const state &kept, const decision &result)
{
	return std::all_of(kept.nics.begin(), kept.nics.end(),
			   [](const auto &nic) { return nic.second.altnames.empty(); }) &&
	       std::all_of(result.nics.begin(), result.nics.end(),
			   [](const outcome &nic) { return nic.altnames.empty(); });
}

/* What is recorded of NICs that are here is what they have. */
void forget_absent(state &kept, const present_names &present)
{
	for (const auto &[ifindex, names] : present) {
		const auto found = kept.nics.find(ifindex);

		if (found == kept.nics.end())
			continue;
		std::set<std::string> &ours = found->second.altnames;
		for (auto name = ours.begin(); name != ours.end();)
			name = names.count(*name) ? std::next(name) : ours.erase(name);
	}
}

} // namespace

machine read_machine(state kept, unsigned int own, std::vector<std::string> &problems)
{
	std::map<unsigned int, std::string> ids;
	machine all;

	all.kept = std::move(kept);
	if (own)
		all.kept.nics[own].id = read_id(own, problems);
	for (const auto &[ifindex, nic] : all.kept.nics)
		if (!nic.id.empty())
			ids[ifindex] = nic.id;
	all.nics = gather_facts(ids, &all.other_names);
	for (nic_facts &nic : all.nics) {
		const auto found = all.kept.nics.find(nic.ifindex);

		/* An index that has come back with another NIC. */
		if (nic.ifindex != own && ids.count(nic.ifindex) &&
		    found->second.location != nic.order.location)
			nic.links.erase("id");
	}
	for (auto name = all.kept.yielded.begin(); name != all.kept.yielded.end();) {
		const bool here = std::any_of(all.nics.begin(), all.nics.end(), [&](const auto &nic) {
			return nic.ifindex == name->second;
		});
		name = here ? std::next(name) : all.kept.yielded.erase(name);
	}
	all.roles = load_roles(role_directories(), problems);
	all.settled = is_settled();
	read_snapshot_into(all, problems);
	if (may_give_altnames(all))
		all.reserved = reserved_names();
	return all;
}

machine look_at_machine(std::vector<std::string> &problems)
{
	return read_machine(read_state(), 0, problems);
}

std::vector<altname_action> reconcile_altnames(locked_state &kept, const machine &all,
					       const decision &result, bool dry_run)
{
	std::vector<altname_action> actions;

	if (nothing_to_do(kept.get(), result))
		return actions;
	const present_names present = read_present(all);
	const std::vector<altname_change> plan = plan_altnames(all, result, present);
	waymark::rtnl kernel;

	for (const altname_change &change : plan)
		for (const std::string &name : change.remove)
			actions.push_back({name_of(all, change.ifindex), change.ifindex, "remove", name, ""});
	for (const altname_change &change : plan)
		for (const std::string &name : change.add)
			actions.push_back({name_of(all, change.ifindex), change.ifindex, "add", name, ""});
	if (dry_run)
		return actions;
	forget_absent(kept.get(), present);
	for (altname_action &action : actions) {
		std::set<std::string> &ours = kept.get().nics[action.ifindex].altnames;
		const bool add = action.what == std::string("add");

		if (add) {
			ours.insert(action.altname);
			kept.save();
			action.error = kernel.add_altname(action.ifindex, action.altname);
		} else {
			action.error = kernel.remove_altname(action.ifindex, action.altname);
		}
		if (add != action.error.empty())
			ours.erase(action.altname);
	}
	kept.save();
	return actions;
}

void yield_altnames(locked_state &kept, const std::vector<std::string> &names, unsigned int wanting)
{
	waymark::rtnl kernel;

	for (auto &[ifindex, nic] : kept.get().nics)
		for (const std::string &name : names) {
			if (ifindex == wanting || !nic.altnames.count(name))
				continue;
			kernel.remove_altname(ifindex, name);
			nic.altnames.erase(name);
			kept.get().yielded[name] = wanting;
		}
	kept.save();
}

void trigger(unsigned int ifindex)
{
	static const char change_text[] = "change";
	const std::string path =
		"/sys/class/netdev_naming/if" + std::to_string(ifindex) + "/uevent";

	try {
		const waymark::fd uevent = waymark::fd::open(path, O_WRONLY);

		if (write(uevent.get(), change_text, sizeof(change_text) - 1) < 0 && errno != ENODEV)
			throw waymark::error::from_errno(path, errno);
	} catch (const waymark::error &) {
		/* It went away meanwhile; that is nothing to fail for. */
		if (access(path.c_str(), F_OK) == 0)
			throw;
	}
}

} // namespace naming
