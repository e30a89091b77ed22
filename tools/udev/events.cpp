// SPDX-License-Identifier: GPL-2.0-or-later
#include "events.hpp"

#include <syslog.h>

#include <algorithm>
#include <cctype>
#include <ostream>
#include <set>

#include "encode.hpp"
#include "reconcile.hpp"
#include "waymark/table.hpp"
#include "waymark/udev.hpp"

namespace naming
{

namespace
{

void log(int priority, const std::string &text)
{
	syslog(priority, "%s", waymark::printable(text).c_str());
}

void log_problems(const std::vector<std::string> &problems)
{
	for (const std::string &problem : problems)
		log(LOG_ERR, problem);
}

std::string described(const nic_facts &nic)
{
	return nic.name + " (if" + std::to_string(nic.ifindex) + ")";
}

/* What of the decision concerns @self; of everybody if it is no index. */
void log_decision(const machine &all, const decision &result, std::size_t self)
{
	const bool everybody = self >= all.nics.size();

	for (const conflict &c : result.conflicts)
		for (std::size_t loser : c.losers)
			if (everybody || c.winner == self || loser == self)
				log(LOG_WARNING,
				    described(all.nics[c.winner]) + " and " +
					    described(all.nics[loser]) + " claim the same name " + c.link +
					    ", the winner is " + all.nics[c.winner].name);
	for (const refusal &r : result.refusals)
		if (everybody || r.nic == self)
			log(LOG_WARNING, described(all.nics[r.nic]) + " does not get the name " + r.name +
						 ": " + r.reason);
}

void log_failures(const std::vector<altname_action> &actions)
{
	for (const altname_action &action : actions)
		if (!action.error.empty())
			log(LOG_ERR, action.nic + ": cannot " + action.what + " alternative name " +
					     action.altname + ": " + action.error);
}

void trigger_all(const std::vector<unsigned int> &again)
{
	for (unsigned int ifindex : again)
		trigger(ifindex);
}

class printer
{
public:
	explicit printer(std::ostream &out) : out_(out) {}
	void print(const std::string &key, const std::string &value)
	{
		out_ << "NETDEV_NAMING_" << key << '=' << value << '\n';
	}

	/* ROLE_1, ROLE_2, ...: a link has a property of its own, and the rules know eight. */
	void print_each(const std::string &key, const std::vector<std::string> &names)
	{
		constexpr unsigned int most = 8;
		unsigned int number = 0;

		for (const std::string &name : names) {
			const std::string component = encode(name);

			if (component.empty())
				continue;
			if (++number > most) {
				log(LOG_ERR, "more than " + std::to_string(most) +
						     " links of one kind, none for " + component);
				return;
			}
			print(key + "_" + std::to_string(number), component);
		}
	}

private:
	std::ostream &out_;
};

std::string join(const std::vector<std::string> &words)
{
	std::string text;

	for (const std::string &word : words)
		text += (text.empty() ? "" : " ") + word;
	return text;
}

void print_names(const nic_facts &nic, const outcome &names, std::ostream &out)
{
	printer properties(out);

	for (const auto &[kind, component] : nic.links) {
		std::string key;

		if (!names.links.count(link_of(kind, component)))
			continue;
		for (char c : kind)
			key += std::toupper(static_cast<unsigned char>(c));
		properties.print(key, component);
	}
	if (!names.roles.empty())
		properties.print("ROLES", join(names.roles));
	properties.print_each("ROLE", names.roles);
	properties.print_each("FORMER", names.former);
}

/* True if udev's record of a node has the links that it should have. */
bool is_right(const waymark::udev_record &node, const std::string &name,
	      const std::set<std::string> *links)
{
	static const std::string directory = "/dev/netdev/";
	std::set<std::string> recorded;

	for (const std::string &link : node.links)
		if (link.compare(0, directory.size(), directory) == 0)
			recorded.insert(link.substr(directory.size()));
	return recorded.count("by-name/" + encode(name)) &&
	       (!links || std::includes(recorded.begin(), recorded.end(), links->begin(), links->end()));
}

/* NICs on hardware and others whose links are not what they should be. */
std::vector<unsigned int> find_outdated(const state &kept)
{
	const waymark::udev_context udev;
	std::vector<unsigned int> outdated;

	for (const nic_entry &entry : list_nics()) {
		const std::string sysname = "if" + std::to_string(entry.ifindex);
		const auto nic = kept.nics.find(entry.ifindex);
		waymark::udev_record node;

		if (udev.find("/sys/class/netdev_naming/" + sysname, node) &&
		    !is_right(node, entry.name, nic == kept.nics.end() ? nullptr : &nic->second.links))
			outdated.push_back(entry.ifindex);
	}
	return outdated;
}

} // namespace

bool nic_here(unsigned int ifindex, const std::string &name, std::ostream &out)
{
	std::vector<std::string> problems;
	locked_state kept;
	const machine all = read_machine(kept.get(), ifindex, problems);
	const auto self = std::find_if(all.nics.begin(), all.nics.end(), [&](const nic_facts &nic) {
		return nic.ifindex == ifindex && nic.name == name;
	});

	log_problems(problems);
	if (self == all.nics.end())
		return false;
	const std::size_t index = self - all.nics.begin();
	const decision result = decide(all);

	kept.get().yielded = all.kept.yielded;
	kept.get().nics[ifindex].id = all.kept.nics.at(ifindex).id;
	const std::vector<unsigned int> again = enter(kept.get(), all, result, index);
	kept.save();
	print_names(*self, result.nics[index], out);
	log_decision(all, result, index);
	trigger_all(again);
	log_failures(reconcile_altnames(kept, all, result));
	return true;
}

void nic_gone(unsigned int ifindex)
{
	std::vector<std::string> problems;
	locked_state kept;

	if (const auto found = kept.get().nics.find(ifindex); found != kept.get().nics.end()) {
		/* Its alternative names went with it, and come back if it does. */
		found->second.links.clear();
		found->second.id.clear();
		if (found->second.altnames.empty())
			kept.get().nics.erase(found);
	}
	const machine all = read_machine(kept.get(), 0, problems);
	const decision result = decide(all);

	log_problems(problems);
	kept.get().yielded = all.kept.yielded;
	const std::vector<unsigned int> again = enter(kept.get(), all, result);
	kept.save();
	trigger_all(again);
	log_failures(reconcile_altnames(kept, all, result));
}

void look_after_all()
{
	std::vector<std::string> problems;
	locked_state kept;

	kept.settle();
	const machine all = read_machine(kept.get(), 0, problems);
	const decision result = decide(all);

	log_problems(problems);
	log_decision(all, result, all.nics.size());
	kept.get().yielded = all.kept.yielded;
	std::vector<unsigned int> again = enter(kept.get(), all, result);
	kept.save();
	const std::vector<unsigned int> outdated = find_outdated(kept.get());
	again.insert(again.end(), outdated.begin(), outdated.end());
	std::sort(again.begin(), again.end());
	again.erase(std::unique(again.begin(), again.end()), again.end());
	trigger_all(again);
	log_failures(reconcile_altnames(kept, all, result));
}

void make_room(unsigned int ifindex, const std::vector<std::string> &names)
{
	locked_state kept;

	yield_altnames(kept, names, ifindex);
}

} // namespace naming
