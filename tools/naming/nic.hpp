// SPDX-License-Identifier: GPL-2.0-or-later
/* The handle and the snapshot of libnetdevname, owned and with C++ types. */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <netdevname.h>

namespace naming
{

/* struct netdevname_info with what the tools use of it. */
struct nic_info {
	std::uint64_t id = 0;
	std::uint64_t generation = 0;
	std::uint64_t netns = 0;
	unsigned int ifindex = 0;
	unsigned int link_type = 0; /* ARPHRD_* */
	unsigned int dev_port = 0;
	unsigned int dev_id = 0;
	unsigned int address_type = 0; /* NET_ADDR_* */
	bool moved = false;
	std::string name, driver, kind, devtype, parent_bus, parent_name, port_name;
	/* As "52:54:00:12:34:56"; empty if there is none. */
	std::string address, permanent_address, port_id, switch_id;
};

class nic
{
public:
	/* Any name that libnetdevname knows; throws waymark::error. */
	static nic open(const std::string &name);

	/* Empty handle with errno where that NIC is gone. */
	static nic try_open_id(std::uint64_t id) { return nic(netdevname_open_id(id)); }

	explicit operator bool() const { return handle_ != nullptr; }
	struct netdevname *get() const { return handle_.get(); }

	/* Throws waymark::error that names @object. */
	nic_info info(const std::string &object) const;
	/* 0, or an errno value. */
	int try_info(nic_info &info) const;
	std::vector<std::string> altnames(const std::string &object) const;

private:
	struct closer {
		void operator()(struct netdevname *handle) const { netdevname_close(handle); }
	};
	explicit nic(struct netdevname *handle) : handle_(handle) {}
	std::unique_ptr<struct netdevname, closer> handle_;
};

struct nic_entry {
	std::uint64_t id = 0;
	unsigned int ifindex = 0;
	std::string name;
};

/* All NICs of the initial network namespace; throws waymark::error. */
std::vector<nic_entry> list_nics();
std::vector<nic_entry> to_entries(const struct netdevname_list *list);

/* "52:54:00:12:34:56" */
std::string format_bytes(const std::uint8_t *bytes, std::size_t len);

/*
 * "by-label/Management LAN" as the link is called: "by-label/Management\x20LAN". Empty
 * if @name is no name of a link, or is one as it stands.
 */
std::string escaped_link(const std::string &name);

/* ENXIO where @errnum says that there is no such name because there is no name at all. */
int missing_reason(int errnum);

/* What an errno of libnetdevname means to somebody who typed a name. */
std::string reason_of(int errnum);

} // namespace naming
