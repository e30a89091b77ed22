// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts.hpp"

#include <net/if_arp.h>

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "waymark/udev.hpp"

namespace naming
{

namespace
{

/* What hwdb says in words, and what says how udev came to its name, identifies nothing. */
bool identifies(const std::string &key)
{
	static constexpr std::string_view database = "_FROM_DATABASE";

	if (key.rfind("ID_", 0) != 0 || key == "ID_NET_LINK_FILE" || key == "ID_NET_NAME" ||
	    key == "ID_NET_NAMING_SCHEME")
		return false;
	return key.size() < database.size() ||
	       key.compare(key.size() - database.size(), database.size(), database) != 0;
}

} // namespace

std::string type_of(unsigned int link_type, const std::string &devtype)
{
	if (!devtype.empty())
		return devtype;
	switch (link_type) {
	case ARPHRD_ETHER:
		return "ether";
	case ARPHRD_INFINIBAND:
		return "infiniband";
	case ARPHRD_LOOPBACK:
		return "loopback";
	default:
		return std::to_string(link_type);
	}
}

nic_facts facts_of(const nic_info &info, const properties &props, const placement &place,
		   const std::string &serial)
{
	nic_facts facts;

	facts.name = info.name;
	facts.ifindex = info.ifindex;
	facts.driver = info.driver;
	facts.type = type_of(info.link_type, info.devtype);
	facts.mac = hardware_mac(info);
	facts.port_name = info.port_name;
	facts.onboard_index = place.onboard_index;
	facts.label = place.label;
	facts.order = claimant_of(info, place);
	facts.links = claims_of(info, props, serial);
	facts.switch_port = info.devtype == "dsa" || !info.switch_id.empty();
	facts.lowers = lowers_of(place.syspath);
	for (const auto &[key, value] : props) {
		if (identifies(key))
			facts.props.emplace(key, value);
		if (key.rfind("ID_NET_NAME", 0) == 0 && key != "ID_NET_NAME_ALLOW" && !value.empty())
			facts.wanted.push_back(value);
	}
	return facts;
}

void find_masters(std::vector<nic_facts> &nics)
{
	std::map<unsigned int, std::size_t> by_index;

	for (std::size_t i = 0; i < nics.size(); i++) {
		nics[i].master = 0;
		by_index[nics[i].ifindex] = i;
	}
	const auto borrowed = [&](const nic_facts &nic) {
		bool own = false;

		for (unsigned int lower : nic.lowers) {
			const auto found = by_index.find(lower);

			if (nic.switch_port || nic.mac.empty() || found == by_index.end() ||
			    nics[found->second].mac != nic.mac)
				continue;
			nics[found->second].master = nic.ifindex;
			own = true;
		}
		return !nic.lowers.empty() && !own;
	};
	std::vector<nic_facts *> losers;

	for (nic_facts &nic : nics)
		if (borrowed(nic))
			losers.push_back(&nic);
	for (nic_facts *nic : losers) {
		nic->mac.clear();
		nic->order.mac.clear();
		nic->links.erase("mac");
	}
}

std::vector<nic_facts> gather_facts(const std::map<unsigned int, std::string> &ids,
				    std::vector<std::string> *others)
{
	const waymark::udev_context udev;
	std::vector<nic_facts> all;

	for (const nic_entry &entry : list_nics()) {
		placement place = place_of(entry.name, entry.ifindex);
		waymark::udev_record record;
		nic_info info;

		if (!place.syspath.empty() && place.location.empty()) {
			if (others)
				others->push_back(entry.name);
			continue;
		}
		const nic opened = nic::try_open_id(entry.id);
		if (!opened || opened.try_info(info) || info.moved)
			continue;
		/* The list is a moment old: it may have been renamed since. */
		if (info.name != entry.name || place.syspath.empty())
			place = place_of(info.name, info.ifindex);
		if (place.location.empty() || !udev.find(place.syspath, record))
			continue;
		/* The path was checked before; it must still be this NIC's after the reading. */
		if (place_of(info.name, info.ifindex).syspath != place.syspath)
			continue;
		all.push_back(facts_of(info, record.properties, place));
		if (const auto id = ids.find(info.ifindex); id != ids.end())
			all.back().links["id"] = id->second;
	}
	find_masters(all);
	std::sort(all.begin(), all.end(), [](const nic_facts &a, const nic_facts &b) {
		return precedes(a.order, b.order);
	});
	return all;
}

waymark::json to_json(const nic_facts &facts)
{
	return {{"name", facts.name},
		{"ifindex", facts.ifindex},
		{"driver", facts.driver},
		{"type", facts.type},
		{"mac", facts.mac},
		{"port_name", facts.port_name},
		{"onboard_index", facts.onboard_index},
		{"label", facts.label},
		{"location", facts.order.location},
		{"dev_port", facts.order.dev_port},
		{"dev_id", facts.order.dev_id},
		{"links", facts.links},
		{"properties", facts.props},
		{"former", facts.former}};
}

} // namespace naming
