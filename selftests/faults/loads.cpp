// SPDX-License-Identifier: GPL-2.0-only
#include "loads.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <time.h>
#include <unistd.h>

#include "../lib/chaos/chaos.hpp"

namespace faults
{

namespace
{

const std::string loader = "symbol_index_loader";
const std::string live_patches = "/sys/kernel/livepatch";

/* Waits at most two minutes, which only what hangs takes. */
bool eventually(const std::function<bool()> &happened)
{
	const time_t end = time(nullptr) + 120;

	while (!happened()) {
		if (time(nullptr) >= end)
			return false;
		usleep(20000);
	}
	return true;
}

bool reads(const std::string &path, const std::string &wanted)
{
	std::string text;

	return std::ifstream(path) >> text && text == wanted;
}

/* The module stays as long as its patch is in. */
bool disable_patch()
{
	const std::string patch = live_patches + "/" + loader;

	if (access(patch.c_str(), F_OK))
		return true;
	if (!eventually([&] { return reads(patch + "/transition", "0"); }))
		return false;
	std::ofstream(patch + "/enabled") << "0" << std::flush;
	return eventually([&] { return access(patch.c_str(), F_OK) != 0; });
}

bool put_back(const std::string &module)
{
	const char *dir = std::getenv("WAYMARK_TEST_MODULES");
	const std::string folder = dir ? dir : "/opt/waymark/test-modules";

	return fuzz::load(module.c_str()) ||
	       !std::system(("insmod '" + folder + "/" + module + ".ko'").c_str());
}

} // namespace

bool unload(const std::string &module)
{
	if (!fuzz::loaded(module.c_str()))
		return true;
	return (module != loader || disable_patch()) &&
	       eventually([&] { return fuzz::unload(module.c_str()); });
}

without_modules::without_modules()
{
	unload("symbol_index");
	unload("flex_array");
}

/* What uses it goes first. */
void without_modules::unload(const std::string &module)
{
	std::vector<std::string> users;
	std::error_code none;

	if (!fuzz::loaded(module.c_str()))
		return;
	for (const auto &user : std::filesystem::directory_iterator(
		     "/sys/module/" + module + "/holders", none))
		users.push_back(user.path().filename());
	for (const std::string &user : users)
		unload(user);
	if (!stuck_.empty())
		return;
	if (faults::unload(module))
		gone_.push_back(module);
	else
		stuck_ = module;
}

bool without_modules::restore()
{
	bool good = true;

	for (; !gone_.empty(); gone_.pop_back())
		if (!fuzz::loaded(gone_.back().c_str()))
			good &= put_back(gone_.back());
	return good;
}

/*
 * Any module's code on the stack is its own, or was called by it: where its init is, is
 * not known before it is there.
 */
operation load_module(const std::string &module)
{
	operation made{"load " + module, "", [module] {
		return fuzz::load_file("updates/waymark/" + module + ".ko");
	}};

	made.undo = [module] { unload(module); };
	made.slow = true;
	if (module == loader && access(live_patches.c_str(), F_OK))
		made.skip = "this kernel has no live patching (CONFIG_LIVEPATCH)";
	return made;
}

} // namespace faults
