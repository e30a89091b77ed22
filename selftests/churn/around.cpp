// SPDX-License-Identifier: GPL-2.0-only
#include "around.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace churn
{

namespace
{

struct other {
	const char *name;
	const char *path;
};

constexpr other others[] = {{"macvlan", "kernel/drivers/net/macvlan.ko"},
			    {"veth", "kernel/drivers/net/veth.ko"}};

bool load(const other &module)
{
	const int error = fuzz::load_file(module.path);

	/* A kernel that does not unpack it itself leaves that to modprobe. */
	return !error || (error != EEXIST &&
			  !std::system((std::string("modprobe -q ") + module.name).c_str()));
}

} // namespace

surroundings::surroundings(uint64_t seed) : thread_([this, seed] { run(seed); })
{
}

void surroundings::end()
{
	stop_ = true;
	if (thread_.joinable())
		thread_.join();
}

void surroundings::run(uint64_t seed)
{
	fuzz::nic_churn nics(seed);

	for (uint64_t i = 0; !stop_; i++) {
		nics.step(i);
		if (i % 4 == 0)
			reload(i / 4);
		least_ = std::min({nics.tally().least(), loaded_, unloaded_});
	}
	nics.clean();
	nics_ = nics.tally();
	for (const other &module : others)
		fuzz::unload(module.name);
}

/* Each in turn: load it if it is not there, else take it away. */
void surroundings::reload(uint64_t step)
{
	const other &module = others[step % std::size(others)];

	if (fuzz::loaded(module.name))
		unloaded_ += fuzz::unload(module.name);
	else
		loaded_ += load(module);
}

std::string surroundings::words() const
{
	const auto word = [](const char *name, uint64_t value) {
		return name + ("=" + std::to_string(value));
	};

	return word("added", nics_.added) + word(" renamed", nics_.renamed) +
	       word(" named", nics_.named) + word(" unnamed", nics_.unnamed) +
	       word(" away", nics_.away) + word(" back", nics_.back) +
	       word(" removed", nics_.removed) + word(" loaded", loaded_) +
	       word(" unloaded", unloaded_);
}

} // namespace churn
