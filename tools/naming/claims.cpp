// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.hpp"

#include <net/if_arp.h>

#include <algorithm>
#include <cstdint>

#include "encode.hpp"
#include "waymark/hex.hpp"

namespace naming
{

namespace
{

std::string get(const properties &props, const std::string &key)
{
	const auto found = props.find(key);

	return found == props.end() ? std::string() : found->second;
}

std::uint32_t read_le32(const std::string &bytes, std::size_t at)
{
	std::uint32_t value = 0;

	for (int i = 3; i >= 0; i--)
		value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
	return value;
}

/* "usb-Vendor_Model_serial-if00", "pci-8086-10c9-<serial>-f0"; else empty. */
std::string id_of(const nic_info &info, const properties &props, const std::string &serial)
{
	const std::string bus = get(props, "ID_BUS");
	std::string id;

	if (bus == "usb") {
		/* Without ID_SERIAL_SHORT all sticks of a model have one ID_SERIAL. */
		if (get(props, "ID_SERIAL_SHORT").empty())
			return {};
		id = "usb-" + get(props, "ID_SERIAL");
		if (const std::string num = get(props, "ID_USB_INTERFACE_NUM"); !num.empty())
			id += "-if" + num;
	} else if (bus == "pci" && !serial.empty()) {
		const auto without_0x = [](const std::string &s) {
			return s.substr(0, 2) == "0x" ? s.substr(2) : s;
		};
		const std::size_t dot = info.parent_name.rfind('.');

		id = "pci-" + without_0x(get(props, "ID_VENDOR_ID")) + "-" +
		     without_0x(get(props, "ID_MODEL_ID")) + "-" + serial;
		/* All functions of a card share the number. */
		if (dot != std::string::npos)
			id += "-f" + info.parent_name.substr(dot + 1);
	} else {
		return {};
	}
	if (info.dev_port)
		id += "-port-" + std::to_string(info.dev_port);
	return id;
}

} // namespace

std::string hardware_mac(const nic_info &info)
{
	const std::string &mac = info.permanent_address;

	if (info.link_type != ARPHRD_ETHER || mac == "ff:ff:ff:ff:ff:ff" ||
	    mac == "00:00:00:00:00:00")
		return {};
	return mac;
}

std::map<std::string, std::string> claims_of(const nic_info &info, const properties &props,
					     const std::string &serial)
{
	std::map<std::string, std::string> claims;
	const auto add = [&](const char *directory, const std::string &value) {
		if (const std::string component = encode(value); !component.empty())
			claims[directory] = component;
	};
	const std::string path = get(props, "ID_PATH");

	add("path", path);
	if (!path.empty()) {
		add("port", path + "-port-" + std::to_string(info.dev_port));
		if (!info.port_name.empty())
			add("port_name", path + "-port-" + info.port_name);
	}
	add("mac", hardware_mac(info));
	add("label", get(props, "ID_NET_LABEL_ONBOARD"));
	add("onboard", get(props, "ID_NET_NAME_ONBOARD"));
	add("slot", get(props, "ID_NET_NAME_SLOT"));
	add("id", id_of(info, props, serial));
	return claims;
}

claimant claimant_of(const nic_info &info, const placement &place)
{
	claimant c;

	c.id = info.id;
	c.removable = place.removable;
	c.location = place.location;
	c.dev_port = info.dev_port;
	c.dev_id = info.dev_id;
	c.mac = hardware_mac(info);
	c.ifindex = info.ifindex;
	return c;
}

std::string link_of(const std::string &kind, const std::string &component)
{
	return "by-" + (kind == "port_name" ? "port" : kind) + "/" + component;
}

std::string pci_serial(const config_reader &read)
{
	static constexpr unsigned int cap_serial = 0x0003, first = 0x100, header_mask = 0xffc;

	/* A loop in a broken list ends after as many steps as there is room for. */
	unsigned int at = first;
	for (unsigned int steps = 0; steps < (4096 - first) / 8 && at >= first; steps++) {
		const std::string word = read(at, 4);

		if (word.size() < 4)
			return {};
		const std::uint32_t header = read_le32(word, 0);
		if (header == 0 || header == 0xffffffff)
			return {};
		if ((header & 0xffff) == cap_serial) {
			const std::string number = read(at + 4, 8);
			std::string serial;

			if (number.size() < 8)
				return {};
			for (int i = 7; i >= 0; i--)
				serial += waymark::hex_byte(number[i]);
			const bool constant = std::all_of(serial.begin(), serial.end(), [&](char c) {
				return c == serial[0];
			});
			return constant ? std::string() : serial;
		}
		at = header >> 20 & header_mask;
	}
	return {};
}

bool is_made_of(const std::string &serial, const std::string &mac)
{
	static constexpr unsigned long most_ports = 64;
	std::string digits;

	for (char c : mac)
		if (c != ':')
			digits += c;
	/* The maker's three bytes, two that fill up, the card's three bytes. */
	if (digits.size() != 12 || serial.size() != 16 || serial.compare(0, 6, digits, 0, 6) != 0)
		return false;
	const unsigned long card = std::stoul(serial.substr(10), nullptr, 16);
	const unsigned long port = std::stoul(digits.substr(6), nullptr, 16);

	return (card > port ? card - port : port - card) < most_ports;
}

} // namespace naming
