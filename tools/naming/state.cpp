// SPDX-License-Identifier: GPL-2.0-or-later
#include "state.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "waymark/error.hpp"
#include "waymark/file.hpp"

namespace naming
{

namespace
{

constexpr int state_version = 1;

std::string path_of(const std::string &directory, const char *name)
{
	return directory + "/" + name;
}

std::string read_text(const std::string &directory)
{
	std::ifstream in(path_of(directory, "state.json"), std::ios::binary);

	return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool has_altnames(const state &kept)
{
	return std::any_of(kept.nics.begin(), kept.nics.end(),
			   [](const auto &nic) { return !nic.second.altnames.empty(); });
}

} // namespace

waymark::json to_json(const state &kept)
{
	waymark::json nics = waymark::json::object();

	for (const auto &[ifindex, nic] : kept.nics)
		nics[std::to_string(ifindex)] = {{"location", nic.location},
						 {"id", nic.id},
						 {"links", nic.links},
						 {"altnames", nic.altnames}};
	return {{"netdevname_state", state_version},
		{"mirror", kept.mirror},
		{"yielded", kept.yielded},
		{"nics", nics}};
}

state parse_state(const std::string &text)
{
	state kept;

	try {
		const waymark::json root = waymark::json::parse(text);

		if (root.at("netdevname_state") != state_version)
			return {};
		kept.mirror = root.at("mirror").get<bool>();
		kept.yielded = root.at("yielded").get<std::map<std::string, unsigned int>>();
		for (const auto &[ifindex, object] : root.at("nics").items()) {
			holding &nic = kept.nics[std::stoul(ifindex)];

			nic.location = object.at("location").get<std::string>();
			nic.id = object.at("id").get<std::string>();
			nic.links = object.at("links").get<std::set<std::string>>();
			nic.altnames = object.at("altnames").get<std::set<std::string>>();
		}
	} catch (const std::exception &) {
		return {};
	}
	return kept;
}

state read_state(const std::string &directory)
{
	return parse_state(read_text(directory));
}

bool is_settled(const std::string &directory)
{
	return access(path_of(directory, "settled").c_str(), F_OK) == 0;
}

locked_state::locked_state(const std::string &directory) : directory_(directory)
{
	if (mkdir(directory.c_str(), 0755) && errno != EEXIST)
		throw waymark::error::from_errno(directory, errno);
	const std::string path = path_of(directory, "state.lock");
	/* Not readable by others: who can open it can hold up all of udev by a lock. */
	lock_ = waymark::fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
	if (!lock_)
		throw waymark::error::from_errno(path, errno);
	while (flock(lock_.get(), LOCK_EX))
		if (errno != EINTR)
			throw waymark::error::from_errno(path, errno);
	text_ = read_text(directory);
	kept_ = parse_state(text_);
}

void locked_state::save()
{
	const std::string flag = path_of(directory_, "altnames");
	const std::string text = waymark::to_text(to_json(kept_), 1, '\t') + "\n";

	if (text == text_)
		return;
	waymark::replace_file(path_of(directory_, "state.json"), text);
	text_ = text;
	/* The rules ask only for this file whether a name may have to make room. */
	if (has_altnames(kept_))
		waymark::replace_file(flag, "");
	else
		unlink(flag.c_str());
}

void locked_state::settle() const
{
	waymark::replace_file(path_of(directory_, "settled"), "");
}

} // namespace naming
