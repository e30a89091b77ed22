// SPDX-License-Identifier: GPL-2.0-only
#include "inject.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <unistd.h>

namespace faults
{

namespace
{

const char *const kinds[] = {"failslab/", "fail_page_alloc/", "fail_usercopy/"};

const char *const debugfs = "/sys/kernel/debug/";

bool write(const std::string &name, const std::string &value)
{
	std::ofstream file(debugfs + name);

	return static_cast<bool>(file << value << std::flush);
}

/* What each setting was before this program changed it. */
std::map<std::string, std::string> &original()
{
	static std::map<std::string, std::string> all;

	return all;
}

bool set(const std::string &name, const std::string &value)
{
	std::string before;

	if (!original().count(name) && std::getline(std::ifstream(debugfs + name), before))
		original()[name] = before;
	return write(name, value);
}

/* Where functions of the kernel begin and the next ones do; empty: there is none. */
std::map<std::string, code_range> function_ranges(const std::set<std::string> &names)
{
	std::ifstream symbols("/proc/kallsyms");
	std::map<std::string, code_range> found;
	std::set<unsigned long> all;
	std::string address, kind, symbol, line;

	for (const std::string &name : names)
		found[name] = {0, 0};
	while (std::getline(symbols, line)) {
		std::istringstream words(line);

		if (!(words >> address >> kind >> symbol))
			continue;
		const unsigned long from = std::stoul(address, nullptr, 16);

		all.insert(from);
		if (names.count(symbol))
			found[symbol] = {from, from};
	}
	for (auto &[name, range] : found) {
		const auto next = all.upper_bound(range.from);

		if (range.from && next != all.end())
			range.to = *next;
	}
	return found;
}

/* Reading all symbols takes a while. */
const code_range &function_range(const std::string &name)
{
	static const auto ranges = function_ranges({"__gcov_init", "allocate_slab"});

	return ranges.at(name);
}

bool reject(const std::string &kind, const code_range &code)
{
	return set(kind + "reject-start", std::to_string(code.from)) &&
	       set(kind + "reject-end", std::to_string(code.to));
}

/* The lowest address above a bound of a module's sections that stay; only those of code. */
unsigned long lowest_section(const std::string &module, unsigned long above, bool code)
{
	std::error_code none;
	unsigned long lowest = ~0UL;

	for (const auto &section : std::filesystem::directory_iterator(
		     "/sys/module/" + module + "/sections", none)) {
		const std::string name = section.path().filename();
		std::string text;

		if (name.find(".init") != std::string::npos ||
		    (code && name.find("text") == std::string::npos))
			continue;
		if (std::ifstream(section.path()) >> text) {
			const unsigned long address = std::stoul(text, nullptr, 16);

			if (address > above)
				lowest = std::min(lowest, address);
		}
	}
	return lowest;
}

} // namespace

/* A module's size is that of code and data, which need not be next to each other. */
code_range code_of(const std::string &module)
{
	const unsigned long from = lowest_section(module, 0, true);
	std::ifstream file("/sys/module/" + module + "/coresize");
	unsigned long size = 0;

	if (from == ~0UL || !(file >> size))
		return {0, 0};
	unsigned long to = from + size;

	for (const auto &other : std::filesystem::directory_iterator("/sys/module"))
		if (other.path().filename() != module)
			to = std::min(to, lowest_section(other.path().filename(), from, false));
	return {from, to};
}

const code_range &rejected()
{
	/* What the kernel takes when it starts to count lines of a module. */
	return function_range("__gcov_init");
}

const code_range &slab_pages()
{
	return function_range("allocate_slab");
}

/* There is one range for each kind. Lines are counted with objects, not with pages. */
bool reject_slab_pages(bool slab)
{
	return reject("fail_page_alloc/", slab ? slab_pages() : rejected());
}

bool require(const code_range &code)
{
	for (const std::string kind : kinds)
		if (!set(kind + "require-start", std::to_string(code.from)) ||
		    !set(kind + "require-end", std::to_string(code.to)))
			return false;
	return true;
}

bool prepare()
{
	static const char *const settings[][2] = {
		{"failslab/ignore-gfp-wait", "N"},	 {"failslab/verbose", "0"},
		{"fail_page_alloc/ignore-gfp-wait", "N"}, {"fail_page_alloc/verbose", "0"},
		{"fail_page_alloc/ignore-gfp-highmem", "N"}, {"fail_page_alloc/min-order", "0"},
		{"fail_usercopy/verbose", "0"},
	};

	for (const auto &setting : settings)
		if (!set(setting[0], setting[1]))
			return false;
	for (const std::string kind : kinds)
		if (!set(kind + "stacktrace-depth", std::to_string(depth)) ||
		    !reject(kind, rejected()))
			return false;
	return require(any_module);
}

bool restore_settings()
{
	bool good = true;

	for (const auto &[name, value] : original())
		good &= write(name, value);
	return good;
}

int act_failing(const std::function<int()> &act, unsigned int nth, unsigned int &left)
{
	const int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	const std::string text = std::to_string(nth);
	char number[16] = "";

	if (fd < 0 || ::write(fd, text.c_str(), text.size()) < 0)
		std::abort();
	const int error = act();

	if (pread(fd, number, sizeof(number) - 1, 0) <= 0)
		std::abort();
	left = static_cast<unsigned int>(std::atoi(number));
	if (pwrite(fd, "0", 1, 0) != 1)
		std::abort();
	close(fd);
	return error;
}

} // namespace faults
