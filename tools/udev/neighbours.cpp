// SPDX-License-Identifier: GPL-2.0-or-later
#include "neighbours.hpp"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "compare.hpp"
#include "kernel_name.hpp"
#include "snapshot.hpp"
#include "waymark/error.hpp"
#include "waymark/fd.hpp"
#include "waymark/rtnl.hpp"
#include "waymark/table.hpp"
#include "waymark/udev.hpp"

namespace naming
{

namespace
{

std::string node_of(const nic_facts &nic)
{
	return "if" + std::to_string(nic.ifindex);
}

void log(int priority, const std::string &text)
{
	syslog(priority, "%s", waymark::printable(text).c_str());
}

void trigger(const std::string &syspath)
{
	static const char change_text[] = "change";

	try {
		const waymark::fd uevent = waymark::fd::open(syspath + "/uevent", O_WRONLY);

		if (write(uevent.get(), change_text, sizeof(change_text) - 1) < 0)
			throw waymark::error::from_errno(syspath, errno);
	} catch (const waymark::error &) {
		/* Gone meanwhile: nothing left to tell it. */
	}
}

/* A NIC of the snapshot that may be @self, and whose name is not that of now. */
bool has_history(const nic_facts &self, const std::vector<nic_facts> &recorded)
{
	return std::any_of(recorded.begin(), recorded.end(), [&](const nic_facts &old) {
		if (old.name == self.name && old.former.empty())
			return false;
		return std::any_of(old.links.begin(), old.links.end(), [&](const auto &link) {
			const auto found = self.links.find(link.first);

			return found != self.links.end() && found->second == link.second;
		});
	});
}

bool claims(const nic_facts &nic, const role &r)
{
	return std::binary_search(nic.order.roles.begin(), nic.order.roles.end(), r.name);
}

std::vector<role> load_logged()
{
	std::vector<std::string> problems;
	std::vector<role> roles = load_roles(role_directories(), problems);

	for (const std::string &problem : problems)
		log(LOG_ERR, problem);
	return roles;
}

} // namespace

std::string role_list(const nic_facts &nic)
{
	std::string text;

	for (const std::string &name : nic.order.roles)
		text += (text.empty() ? "" : " ") + name;
	return text;
}

void update_heirs()
{
	const waymark::udev_context udev;
	std::vector<nic_facts> all = gather_facts();

	assign_roles(load_logged(), all);
	for (const nic_facts &nic : all) {
		waymark::udev_record record;

		/* One without a rank has not been here yet, and will see who is left. */
		if (udev.find("/sys/class/netdev_naming/" + node_of(nic), record) &&
		    !record.property("NETDEV_NAMING_RANK").empty() &&
		    record.property("NETDEV_NAMING_ROLES") != role_list(nic))
			trigger(record.syspath);
	}
}

neighbourhood::neighbourhood(nic_facts self) : self_(std::move(self))
{
	for (nic_facts &nic : gather_facts())
		if (nic.order.id != self_.order.id)
			others_.push_back(std::move(nic));
	find_roles();
	find_former();
}

void neighbourhood::find_roles()
{
	std::vector<role> roles = load_logged();
	std::vector<nic_facts> all = others_;

	all.push_back(self_);
	assign_roles(roles, all, others_.size());
	for (std::size_t i = 0; i < others_.size(); i++)
		others_[i].order.roles = all[i].order.roles;
	assign_roles(roles, all);
	for (std::size_t i = 0; i < others_.size(); i++) {
		if (others_[i].order.roles != all[i].order.roles)
			displaced_.push_back(node_of(others_[i]));
		others_[i].order.roles = all[i].order.roles;
	}
	self_.order.roles = all.back().order.roles;
	for (role &r : roles)
		if (claims(self_, r))
			roles_.push_back(std::move(r));
}

void neighbourhood::find_former()
{
	if (access(snapshot_path, F_OK))
		return;
	try {
		const snapshot recorded = read_snapshot(snapshot_path);

		if (!has_history(self_, recorded.nics))
			return;
		std::vector<nic_facts> now = others_;
		now.push_back(self_);
		carry_former(recorded.nics, now);
		self_.former = now.back().former;
	} catch (const waymark::error &e) {
		log(LOG_ERR, e.object() + ": " + e.what());
	}
}

unsigned int neighbourhood::rank() const
{
	return std::count_if(others_.begin(), others_.end(), [&](const nic_facts &other) {
		return collide(self_.order, other.order) && precedes(other.order, self_.order);
	});
}

void neighbourhood::update_others() const
{
	const waymark::udev_context udev;
	std::vector<claimant> all = {self_.order};

	for (const nic_facts &other : others_)
		all.push_back(other.order);
	for (const nic_facts &other : others_) {
		waymark::udev_record record;

		if (std::count(displaced_.begin(), displaced_.end(), node_of(other)) &&
		    udev.find("/sys/class/netdev_naming/" + node_of(other), record) &&
		    record.property("NETDEV_NAMING_ROLES") != role_list(other)) {
			trigger(record.syspath);
			continue;
		}
		if (!collide(self_.order, other.order))
			continue;
		const bool wins = precedes(self_.order, other.order);
		log(LOG_WARNING, self_.name + " (" + node_of(self_) + ") and " + other.name + " (" +
					 node_of(other) + ") claim the same name, the winner is " +
					 (wins ? self_ : other).name);
		if (!udev.find("/sys/class/netdev_naming/" + node_of(other), record))
			continue;
		const std::string rank = std::to_string(rank_of(other.order, all));
		const std::string recorded = record.property("NETDEV_NAMING_RANK");
		if (rank != (recorded.empty() ? "0" : recorded))
			trigger(record.syspath);
	}
}

void neighbourhood::set_altnames() const
{
	std::vector<std::string> names = self_.former;

	for (const role &r : roles_) {
		const bool wins = std::none_of(
			others_.begin(), others_.end(), [&](const nic_facts &other) {
				return claims(other, r) && precedes(other.order, self_.order);
			});
		if (r.alternative_name && wins)
			names.push_back(r.name);
	}
	if (names.empty())
		return;

	waymark::rtnl kernel;
	for (const std::string &name : names) {
		if (const unsigned int holder = holder_of(name)) {
			if (holder == self_.ifindex)
				continue;
			/* Only a loser of the role has to give it up. */
			for (const nic_facts &other : others_)
				if (other.ifindex == holder && other.name != name &&
				    collide(self_.order, other.order))
					kernel.remove_altname(holder, name);
		}
		if (!waymark::rtnl::is_valid_altname(name))
			continue;
		if (const std::string reason = kernel.add_altname(self_.ifindex, name);
		    !reason.empty())
			log(LOG_ERR, self_.name + ": no alternative name " + name + ": " + reason);
	}
}

} // namespace naming
