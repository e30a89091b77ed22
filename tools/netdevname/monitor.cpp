// SPDX-License-Identifier: GPL-2.0-or-later
/* netdevname monitor: one line for each event, of all NICs or of one. */
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "nic.hpp"
#include "waymark/table.hpp"

namespace naming
{

namespace
{

struct event_deleter {
	void operator()(struct netdevname_event *event) const { netdevname_event_free(event); }
};
using event_ptr = std::unique_ptr<struct netdevname_event, event_deleter>;

struct monitor_deleter {
	void operator()(struct netdevname_monitor *monitor) const
	{
		netdevname_monitor_free(monitor);
	}
};
using monitor_ptr = std::unique_ptr<struct netdevname_monitor, monitor_deleter>;

struct monitor_options {
	std::string name;
	unsigned int count = 0; /* 0: for ever */
	bool snapshot = false;
};

const char *type_name(int type)
{
	switch (type) {
	case NETDEVNAME_EVENT_ADDED:
		return "added";
	case NETDEVNAME_EVENT_RENAMED:
		return "renamed";
	case NETDEVNAME_EVENT_ALTNAME_ADDED:
		return "altname-added";
	case NETDEVNAME_EVENT_ALTNAME_REMOVED:
		return "altname-removed";
	case NETDEVNAME_EVENT_ADDRESS:
		return "address";
	case NETDEVNAME_EVENT_MOVED:
		return "moved";
	case NETDEVNAME_EVENT_RETURNED:
		return "returned";
	case NETDEVNAME_EVENT_UNREGISTERED:
		return "unregistered";
	default:
		return nullptr;
	}
}

std::string detail_of(const struct netdevname_event *event)
{
	size_t len = 0;
	const std::uint8_t *data = netdevname_event_data(event, &len);

	if (netdevname_event_type(event) == NETDEVNAME_EVENT_ADDRESS)
		return format_bytes(data, len);
	return netdevname_event_text(event);
}

waymark::json to_json(const struct netdevname_event *event)
{
	const int type = netdevname_event_type(event);
	const char *key = type == NETDEVNAME_EVENT_RENAMED   ? "old_name"
			  : type == NETDEVNAME_EVENT_ADDRESS ? "address"
							     : "altname";
	waymark::json object = {{"type", type_name(type)},
				{"seq", netdevname_event_sequence(event)},
				{"generation", netdevname_event_generation(event)},
				{"time_ns", netdevname_event_time(event)},
				{"id", netdevname_event_id(event)},
				{"ifindex", netdevname_event_ifindex(event)},
				{"name", netdevname_event_name(event)},
				{"overflow", netdevname_event_overflow(event) != 0}};

	if (const std::string detail = detail_of(event); !detail.empty())
		object[key] = detail;
	return object;
}

void print_line(const struct netdevname_event *event)
{
	const std::uint64_t time = netdevname_event_time(event);
	const std::string detail = detail_of(event);

	std::cout << '[' << std::setw(5) << time / 1000000000 << '.' << std::setw(6)
		  << std::setfill('0') << time / 1000 % 1000000 << std::setfill(' ') << "] "
		  << waymark::printable(netdevname_event_name(event)) << ' '
		  << type_name(netdevname_event_type(event));
	if (netdevname_event_type(event) == NETDEVNAME_EVENT_RENAMED)
		std::cout << " from";
	if (!detail.empty())
		std::cout << ' ' << waymark::printable(detail);
	std::cout << '\n';
}

/* False for an event of a type that only a newer kernel knows. */
bool show(const struct netdevname_event *event, const waymark::output_options &output)
{
	if (netdevname_event_overflow(event))
		std::cerr << "netdevname: events were lost before this one\n";
	if (!type_name(netdevname_event_type(event)))
		return false;
	if (output.as_json)
		waymark::print_json(to_json(event), output);
	else
		print_line(event);
	/* The reader of a pipe wants each event at once. */
	if (!std::cout.flush())
		throw waymark::error("standard output", "write error");
	return true;
}

void show_snapshot(const struct netdevname_list *list, const waymark::output_options &output)
{
	for (const nic_entry &entry : to_entries(list)) {
		if (output.as_json)
			waymark::print_json({{"type", "present"},
					     {"id", entry.id},
					     {"ifindex", entry.ifindex},
					     {"name", entry.name}},
					    output);
		else
			std::cout << "[ present    ] " << waymark::printable(entry.name) << '\n';
	}
	std::cout.flush();
}

/* @read returns the next event or null with errno. */
template <typename Read>
void loop(Read read, const monitor_options &chosen, const std::string &object,
	  const waymark::output_options &output)
{
	for (unsigned int shown = 0; chosen.count == 0 || shown < chosen.count;) {
		const event_ptr event(read());

		if (!event)
			throw waymark::error(object, reason_of(errno));
		shown += show(event.get(), output);
	}
}

void run(const monitor_options &chosen, const waymark::output_options &output)
{
	if (!chosen.name.empty()) {
		const nic opened = nic::open(chosen.name);

		loop([&] { return netdevname_read_event(opened.get()); }, chosen, chosen.name, output);
		return;
	}
	const monitor_ptr monitor(netdevname_monitor_new());
	if (!monitor)
		throw waymark::error("/dev/netdev/control", reason_of(errno));
	if (chosen.snapshot)
		show_snapshot(netdevname_monitor_list(monitor.get()), output);
	loop([&] { return netdevname_monitor_read(monitor.get()); }, chosen, "/dev/netdev/control",
	     output);
}

} // namespace

void add_monitor(CLI::App &app, waymark::output_options &output)
{
	CLI::App *command = app.add_subcommand("monitor", "print events as they happen");
	auto chosen = std::make_shared<monitor_options>();

	command->add_option("NAME", chosen->name, "only this NIC, until it is gone");
	command->add_option("-n,--count", chosen->count, "stop after this many events");
	command->add_flag("-s,--snapshot", chosen->snapshot,
			  "print the NICs that exist first (not with NAME)");
	command->callback([chosen, &output] { run(*chosen, output); });
}

} // namespace naming
