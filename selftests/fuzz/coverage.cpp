// SPDX-License-Identifier: GPL-2.0-only
#include "coverage.hpp"

#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <map>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/kcov.h>

namespace fuzz
{

namespace
{

constexpr const char *device = "/sys/kernel/debug/kcov";
constexpr uint64_t entries = 1 << 18;

std::mutex all_lock;
/* Addresses that are not looked up yet. */
std::set<uint64_t> all;
/* By module and section, offsets of what was reached: a module that is reloaded lies elsewhere. */
std::map<std::string, std::set<uint64_t>> reached;

/* Call sites of the hook in a section, as offsets of the return address. */
struct sites {
	std::string section;
	std::vector<uint64_t> offsets;
};

std::vector<sites> read_sites(const std::string &path)
{
	std::ifstream file(path, std::ios::binary);
	const std::vector<char> data((std::istreambuf_iterator<char>(file)), {});
	std::vector<sites> found;

	if (data.size() < sizeof(Elf64_Ehdr))
		return found;
	const auto *head = reinterpret_cast<const Elf64_Ehdr *>(data.data());
	const auto *section = reinterpret_cast<const Elf64_Shdr *>(data.data() + head->e_shoff);
	const char *names = data.data() + section[head->e_shstrndx].sh_offset;

	for (unsigned int i = 0; i < head->e_shnum; i++) {
		if (section[i].sh_type != SHT_RELA)
			continue;
		const Elf64_Shdr &table = section[section[i].sh_link];
		const auto *symbol = reinterpret_cast<const Elf64_Sym *>(data.data() + table.sh_offset);
		const char *strings = data.data() + section[table.sh_link].sh_offset;
		const auto *rela = reinterpret_cast<const Elf64_Rela *>(data.data() + section[i].sh_offset);
		sites here{names + section[section[i].sh_info].sh_name, {}};

		if (here.section.compare(0, 5, ".text"))
			continue;
		for (uint64_t r = 0; r < section[i].sh_size / sizeof(*rela); r++)
			if (!std::strcmp(strings + symbol[ELF64_R_SYM(rela[r].r_info)].st_name,
					 "__sanitizer_cov_trace_pc"))
				here.offsets.push_back(rela[r].r_offset + 4);
		if (!here.offsets.empty())
			found.push_back(here);
	}
	return found;
}

uint64_t section_address(const std::string &module, const std::string &section)
{
	std::ifstream file("/sys/module/" + module + "/sections/" + section);
	std::string text;

	file >> text;
	return text.empty() ? 0 : std::stoull(text, nullptr, 16);
}

} // namespace

bool coverage::available()
{
	return access(device, R_OK | W_OK) == 0;
}

coverage::coverage() : seen_(1 << 14)
{
	fd_ = open(device, O_RDWR | O_CLOEXEC);
	if (fd_ < 0 || ioctl(fd_, KCOV_INIT_TRACE, entries))
		return;
	void *map = mmap(nullptr, entries * sizeof(*area_), PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);

	if (map != MAP_FAILED)
		area_ = static_cast<uint64_t *>(map);
}

coverage::~coverage()
{
	if (area_)
		munmap(area_, entries * sizeof(*area_));
	if (fd_ >= 0)
		close(fd_);
}

void coverage::start()
{
	if (area_ && ioctl(fd_, KCOV_ENABLE, KCOV_TRACE_PC) == 0)
		__atomic_store_n(&area_[0], 0, __ATOMIC_RELAXED);
}

void coverage::collect()
{
	if (!area_)
		return;
	const uint64_t count = __atomic_load_n(&area_[0], __ATOMIC_RELAXED);
	std::vector<uint64_t> fresh;

	for (uint64_t i = 0; i < count && i + 1 < entries; i++) {
		uint64_t &last = seen_[area_[i + 1] % seen_.size()];

		if (last == area_[i + 1])
			continue;
		last = area_[i + 1];
		fresh.push_back(last);
	}
	__atomic_store_n(&area_[0], 0, __ATOMIC_RELAXED);
	const std::lock_guard<std::mutex> guard(all_lock);

	all.insert(fresh.begin(), fresh.end());
}

bool coverage::half_full() const
{
	return area_ && __atomic_load_n(&area_[0], __ATOMIC_RELAXED) > entries / 2;
}

void coverage::stop()
{
	collect();
	if (area_)
		ioctl(fd_, KCOV_DISABLE, 0);
}

std::vector<covered_module> covered_modules()
{
	const std::lock_guard<std::mutex> guard(all_lock);
	std::vector<covered_module> found;
	utsname system;

	uname(&system);
	for (const char *name : {"flex_array", "netdev_naming", "symbol_index"}) {
		covered_module module{name, 0, 0};

		for (const sites &part : read_sites(std::string("/lib/modules/") + system.release +
						    "/updates/waymark/" + name + ".ko")) {
			const uint64_t base = section_address(name, part.section);
			std::set<uint64_t> &known = reached[module.name + part.section];

			for (const uint64_t offset : part.offsets)
				if (base && all.count(base + offset))
					known.insert(offset);
			module.blocks += part.offsets.size();
			module.reached += known.size();
		}
		found.push_back(module);
	}
	all.clear();
	return found;
}

} // namespace fuzz
