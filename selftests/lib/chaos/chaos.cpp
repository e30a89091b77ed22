// SPDX-License-Identifier: GPL-2.0-only
#include "chaos.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "recent.hpp"

namespace fuzz
{

namespace
{

/* A netlink message that grows by attributes. */
class message
{
public:
	message(unsigned int type, unsigned int flags, unsigned int sequence) : data_(4096)
	{
		nlmsghdr *head = header();

		head->nlmsg_type = static_cast<uint16_t>(type);
		head->nlmsg_flags = static_cast<uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK);
		head->nlmsg_seq = sequence;
		head->nlmsg_len = NLMSG_LENGTH(sizeof(ifinfomsg));
	}
	nlmsghdr *header() { return reinterpret_cast<nlmsghdr *>(data_.data()); }
	ifinfomsg *link() { return static_cast<ifinfomsg *>(NLMSG_DATA(header())); }
	rtattr *add(unsigned int type, const void *value, size_t size)
	{
		nlmsghdr *head = header();
		auto *made = reinterpret_cast<rtattr *>(data_.data() + NLMSG_ALIGN(head->nlmsg_len));

		made->rta_type = static_cast<unsigned short>(type);
		made->rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
		if (size)
			std::memcpy(RTA_DATA(made), value, size);
		head->nlmsg_len = NLMSG_ALIGN(head->nlmsg_len) + RTA_ALIGN(made->rta_len);
		return made;
	}
	rtattr *add(unsigned int type, const std::string &text)
	{
		return add(type, text.c_str(), text.size() + 1);
	}
	void close(rtattr *nest)
	{
		nest->rta_len = static_cast<unsigned short>(data_.data() + header()->nlmsg_len -
							    reinterpret_cast<char *>(nest));
	}

private:
	std::vector<char> data_;
};

} // namespace

nic_churn::nic_churn(uint64_t seed)
	: fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)),
	  home_(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)), seed_(seed)
{
	std::thread maker([this] {
		if (unshare(CLONE_NEWNET))
			return;
		away_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		away_fd_ = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	});

	maker.join();
}

nic_churn::~nic_churn()
{
	clean();
	/* What one thread does must not depend on what went on before. */
	recent.clear();
	for (const int fd : {fd_, home_, away_, away_fd_})
		if (fd >= 0)
			close(fd);
}

int nic_churn::ask(int socket, void *header)
{
	char answer[8192];

	if (send(socket, header, static_cast<nlmsghdr *>(header)->nlmsg_len, 0) < 0 ||
	    recv(socket, answer, sizeof(answer), 0) < 0)
		return errno;
	const auto *reply = reinterpret_cast<const nlmsghdr *>(answer);

	return reply->nlmsg_type == NLMSG_ERROR
		       ? -static_cast<const nlmsgerr *>(NLMSG_DATA(reply))->error
		       : 0;
}

int nic_churn::move(const std::string &name, bool away)
{
	message made(RTM_SETLINK, 0, ++sequence_);
	const uint32_t target = static_cast<uint32_t>(away ? away_ : home_);

	made.add(IFLA_IFNAME, name);
	made.add(IFLA_NET_NS_FD, &target, sizeof(target));
	return ask(away ? fd_ : away_fd_, made.header());
}

int nic_churn::request(unsigned int type, unsigned int flags, const std::string &name,
		       const std::string &rename, const std::string &altname, bool create)
{
	message made(type, flags, ++sequence_);

	if (create)
		made.add(IFLA_IFNAME, name);
	else
		made.link()->ifi_index = static_cast<int>(if_nametoindex(name.c_str()));
	if (!create && !made.link()->ifi_index)
		return ENODEV;
	if (!rename.empty())
		made.add(IFLA_IFNAME, rename);
	if (!altname.empty()) {
		rtattr *list = made.add(IFLA_PROP_LIST | NLA_F_NESTED, nullptr, 0);

		made.add(IFLA_ALT_IFNAME, altname);
		made.close(list);
	}
	if (create) {
		rtattr *info = made.add(IFLA_LINKINFO, nullptr, 0);

		made.add(IFLA_INFO_KIND, "dummy");
		made.close(info);
	}
	return ask(fd_, made.header());
}

void nic_churn::step(uint64_t operation)
{
	random_source random(seed_, 1000, operation);
	const uint64_t number = random.below(3);
	const std::string name = "fuzz" + std::to_string(number);
	const std::string other = "fuzz" + std::to_string((number + 1 + random.below(2)) % 3);
	const std::string alt = random.percent(50) ? "a-long-alternative-name" : "fuzz-alt";

	/* If it goes now, its ifindex is one of those to look for. */
	recent.add(if_nametoindex(name.c_str()));
	switch (random.below(8)) {
	case 5:
		tally_.away += !move(name, true);
		break;
	case 6:
		tally_.back += !move(name, false);
		recent.add(if_nametoindex(name.c_str()));
		break;
	case 0:
	case 1:
		tally_.added += !request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name, "", "", true);
		recent.add(if_nametoindex(name.c_str()));
		break;
	case 2:
		tally_.removed += !request(RTM_DELLINK, 0, name, "", "", false);
		break;
	case 3:
		tally_.renamed += !request(RTM_SETLINK, 0, name, other, "", false);
		break;
	default:
		/* In a deletion, the flags of an addition mean something else (5.19). */
		if (random.percent(50))
			tally_.named += !request(RTM_NEWLINKPROP,
						 NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND, name, "",
						 alt, false);
		else
			tally_.unnamed += !request(RTM_DELLINKPROP, 0, name, "", alt, false);
		break;
	}
}

void nic_churn::clean()
{
	for (const char *name : {"fuzz0", "fuzz1", "fuzz2"}) {
		request(RTM_DELLINK, 0, name, "", "", false);
		move(name, false);
		request(RTM_DELLINK, 0, name, "", "", false);
	}
}

bool loaded(const char *module)
{
	return access((std::string("/sys/module/") + module + "/initstate").c_str(), F_OK) == 0;
}

bool unload(const char *module)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) == 0;
}

int load_file(const std::string &path)
{
	utsname system;

	uname(&system);
	const std::string whole = std::string("/lib/modules/") + system.release + "/" + path;
	int fd = open(whole.c_str(), O_RDONLY | O_CLOEXEC);
	int flags = 0;

	for (const char *packed : {".xz", ".zst"}) {
		if (fd >= 0)
			break;
		fd = open((whole + packed).c_str(), O_RDONLY | O_CLOEXEC);
		/* The kernel may be able to unpack it: MODULE_INIT_COMPRESSED_FILE */
		flags = 4;
	}
	if (fd < 0)
		return errno;
	const int error = syscall(SYS_finit_module, fd, "", flags) ? errno : 0;

	close(fd);
	return error;
}

bool load(const char *module)
{
	const int error = load_file(std::string("updates/waymark/") + module + ".ko");

	return !error || error == EEXIST;
}

} // namespace fuzz
