// SPDX-License-Identifier: GPL-2.0-only
/* What happens around the calls: NICs come, go and change, modules reload. */
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "random.hpp"

namespace fuzz
{

/* What happened to NICs, by rtnetlink's own answers. */
struct nic_tally {
	uint64_t added = 0, renamed = 0, away = 0, back = 0, removed = 0;
	uint64_t named = 0, unnamed = 0;	/* alternative names */

	/* How often what happened the least often did. */
	uint64_t least() const
	{
		return std::min({added, renamed, named, unnamed, away, back, removed});
	}
};

/*
 * Dummy NICs fuzz0 to fuzz2 are made, renamed, given names, moved away, removed. Their
 * ifindexes are among the recent ones.
 */
class nic_churn
{
public:
	explicit nic_churn(uint64_t seed);
	~nic_churn();
	nic_churn(const nic_churn &) = delete;
	nic_churn &operator=(const nic_churn &) = delete;

	bool usable() const { return fd_ >= 0; }
	void step(uint64_t operation);
	const nic_tally &tally() const { return tally_; }
	/* Remove what is left, here and in the other namespace. */
	void clean();
	/* One rtnetlink request about a dummy NIC; 0 or an errno. */
	int request(unsigned int type, unsigned int flags, const std::string &name,
		    const std::string &rename, const std::string &altname, bool create);

private:
	/* One that is away comes back, one that is here goes away. */
	int move(const std::string &name, bool away);
	int ask(int socket, void *header);

	int fd_ = -1;
	int home_ = -1;		/* network namespace */
	int away_ = -1;		/* another one, which only this object knows */
	int away_fd_ = -1;	/* a socket there */
	uint64_t seed_;
	unsigned int sequence_ = 0;
	nic_tally tally_;
};

/* Unload a module if nothing holds it; load it again if it is not there. */
bool unload(const char *module);
bool load(const char *module);
/*
 * 0 or an errno; path is relative to the folder of the kernel's modules, and may be that of a
 * compressed one without its suffix
 */
int load_file(const std::string &path);
bool loaded(const char *module);

} // namespace fuzz
