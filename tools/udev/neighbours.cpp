// SPDX-License-Identifier: GPL-2.0-or-later
#include "neighbours.hpp"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "compare.hpp"
#include "nic.hpp"
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

} // namespace

neighbourhood::neighbourhood(nic_facts self) : self_(std::move(self))
{
	for (nic_facts &nic : gather_facts())
		if (nic.order.id != self_.order.id)
			others_.push_back(std::move(nic));
	find_roles();
	find_former();
}

std::vector<std::string> neighbourhood::roles_of(const nic_facts &nic) const
{
	std::vector<std::string> names;

	for (const role &r : roles_)
		if (matches(r, nic))
			names.push_back(r.name);
	return names;
}

void neighbourhood::find_roles()
{
	std::vector<std::string> problems;

	for (role &r : load_roles(role_directories(), problems))
		if (matches(r, self_))
			roles_.push_back(std::move(r));
	for (const std::string &problem : problems)
		log(LOG_ERR, problem);
	self_.order.roles = roles_of(self_);
	for (nic_facts &nic : others_)
		nic.order.roles = roles_of(nic);
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
				return matches(r, other) && precedes(other.order, self_.order);
			});
		if (r.alternative_name && wins)
			names.push_back(r.name);
	}
	if (names.empty())
		return;

	waymark::rtnl kernel;
	for (const std::string &name : names) {
		unsigned int holder = 0;
		const nic held(nic::try_open(name));

		if (held && !netdevname_get_name(held.get(), nullptr, &holder)) {
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
