// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>

#include <nlohmann/json.hpp>

#include "state.hpp"
#include "waymark/error.hpp"
#include "waymark/file.hpp"

namespace naming
{

namespace
{

using waymark::error;
using waymark::json;

nic_facts parse_nic(const json &object)
{
	nic_facts facts;

	facts.name = object.at("name").get<std::string>();
	facts.ifindex = object.at("ifindex").get<unsigned int>();
	facts.driver = object.at("driver").get<std::string>();
	facts.type = object.at("type").get<std::string>();
	facts.mac = object.at("mac").get<std::string>();
	facts.port_name = object.at("port_name").get<std::string>();
	facts.onboard_index = object.at("onboard_index").get<std::string>();
	facts.label = object.at("label").get<std::string>();
	facts.order.location = object.at("location").get<std::string>();
	facts.order.dev_port = object.at("dev_port").get<unsigned int>();
	facts.order.dev_id = object.at("dev_id").get<unsigned int>();
	facts.order.mac = facts.mac;
	facts.order.ifindex = facts.ifindex;
	for (const auto &[key, value] : object.at("links").items())
		facts.links.emplace(key, value.get<std::string>());
	for (const auto &[key, value] : object.at("properties").items())
		facts.props.emplace(key, value.get<std::string>());
	for (const auto &name : object.at("former"))
		facts.former.push_back(name.get<std::string>());
	return facts;
}

json to_json(const role_holder &holder)
{
	return {{"name", holder.name},	   {"mac", holder.mac},	    {"id", holder.id},
		{"vendor", holder.vendor}, {"model", holder.model}, {"driver", holder.driver}};
}

role_holder parse_holder(const json &object)
{
	return {object.at("name").get<std::string>(),	object.at("mac").get<std::string>(),
		object.at("id").get<std::string>(),	object.at("vendor").get<std::string>(),
		object.at("model").get<std::string>(),	object.at("driver").get<std::string>()};
}

} // namespace

snapshot take_snapshot()
{
	struct utsname names = {};
	snapshot machine;

	if (uname(&names))
		throw error::from_errno("uname", errno);
	machine.machine = names.nodename;
	machine.kernel = names.release;
	std::map<unsigned int, std::string> ids;
	for (const auto &[ifindex, nic] : read_state().nics)
		if (!nic.id.empty())
			ids[ifindex] = nic.id;
	machine.nics = gather_facts(ids);
	return machine;
}

json to_json(const snapshot &machine)
{
	json nics = json::array();

	for (const nic_facts &nic : machine.nics)
		nics.push_back(to_json(nic));
	json root = {{"netdevname_snapshot", snapshot_version},
		     {"machine", machine.machine},
		     {"kernel", machine.kernel},
		     {"nics", nics}};
	for (const auto &[name, holder] : machine.holders)
		root["roles"][name] = to_json(holder);
	return root;
}

snapshot parse_snapshot(const std::string &text, const std::string &object)
{
	try {
		const json root = json::parse(text);
		const auto version = root.is_object() ? root.find("netdevname_snapshot") : root.end();

		if (!root.is_object() || version == root.end() || !version->is_number_integer())
			throw error(object, "not a snapshot of netdevname");
		if (*version != snapshot_version)
			throw error(object, "version " + version->dump() +
						    " of the format, this program knows version " +
						    std::to_string(snapshot_version));

		snapshot machine;
		machine.machine = root.at("machine").get<std::string>();
		machine.kernel = root.at("kernel").get<std::string>();
		for (const json &nic : root.at("nics")) {
			machine.nics.push_back(parse_nic(nic));
			machine.nics.back().order.id = machine.nics.size();
		}
		if (root.contains("roles"))
			for (const auto &[name, holder] : root.at("roles").items())
				machine.holders.emplace(name, parse_holder(holder));
		return machine;
	} catch (const json::parse_error &e) {
		throw error(object, "damaged or cut off at byte " + std::to_string(e.byte));
	} catch (const json::exception &) {
		throw error(object, "a field is missing or has the wrong type");
	}
}

snapshot read_snapshot(const std::string &path)
{
	return parse_snapshot(waymark::read_file(path), path);
}

void write_snapshot(const std::string &path, const snapshot &machine)
{
	waymark::replace_file(path, waymark::to_text(to_json(machine), 1, '\t') + "\n");
}

snapshot update_snapshot(const std::string &path,
			 const std::function<snapshot(const snapshot &)> &change,
			 const std::function<void(const error &)> &report)
{
	const waymark::file_lock lock(path);
	snapshot before;

	if (access(path.c_str(), F_OK) == 0) {
		try {
			before = read_snapshot(path);
		} catch (const error &e) {
			/* A bad file must not prevent a good one. */
			report(e);
		}
	}
	const snapshot after = change(before);
	write_snapshot(path, after);
	return after;
}

} // namespace naming
