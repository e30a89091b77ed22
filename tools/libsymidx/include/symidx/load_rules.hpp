// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the module loader of one kernel refuses, as far as the module alone
 * tells. The loader has become stricter over the years, so the rules go by its
 * version.
 */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace waymark::symidx
{

class symbol_index;

/* "6.12.118+deb13-amd64" -> kernel_version(6, 12); 0 if that is not how it begins. */
constexpr std::uint32_t kernel_version(std::uint32_t major, std::uint32_t minor) noexcept
{
	return major << 16 | minor;
}
std::uint32_t kernel_version_of(std::string_view release) noexcept;

struct load_rules {
	std::uint32_t version = 0; /* kernel_version(); 0: not known, taken for a new one */
	std::uint32_t init_offset = 0; /* of struct module's pointer to init; 0: not known */
	std::uint32_t exit_offset = 0;
	std::uint32_t btf_types = 0;   /* in the kernel's own BTF; 0: not known */
	std::uint32_t btf_strings = 0; /* bytes of them */
	bool judges_btf = false;       /* the kernel refuses a module whose BTF is wrong */
	bool unpacks_xz = false;       /* by itself, without kmod */
	bool knows_config = false;

	bool since(std::uint32_t major, std::uint32_t minor) const noexcept
	{
		return !version || version >= kernel_version(major, minor);
	}
};

load_rules rules_of(const symbol_index &idx);

/* One reason of the loader, found while the module was read. */
struct load_refusal {
	const char *kind; /* problem_kind */
	std::string reason;
	std::string remedy;
};

} // namespace waymark::symidx
