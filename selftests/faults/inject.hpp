// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's fault injection: the nth allocation, or copy from or to userspace, fails. */
#pragma once

#include <functional>
#include <string>

namespace faults
{

/* More allocations than any operation makes. */
constexpr unsigned int limit = 5000;
/* How many callers the kernel looks at for those that a fault is meant for, at most. */
constexpr unsigned int depth = 32;

/* Addresses of code: from the first one up to, but without, the last one. */
struct code_range {
	unsigned long from;
	unsigned long to;

	bool has(unsigned long address) const { return from <= address && address < to; }
};

/* Where modules are; what the kernel does before it gets to one is not ours to prove. */
#ifdef __x86_64__
constexpr code_range any_module{0xffffffffa0000000, 0xffffffffff000000};
#else
constexpr code_range any_module{0, ~0UL};
#endif

/* The code of a module that is loaded, without what only its init needed; else empty. */
code_range code_of(const std::string &module);

/* False: this kernel does not take the settings. */
bool prepare();

/* The kernel's settings are for all: other tests get them as they were. False: not all of them. */
bool restore_settings();

/* At the latest when this goes. */
class settings_given_back
{
public:
	settings_given_back() = default;
	settings_given_back(const settings_given_back &) = delete;
	settings_given_back &operator=(const settings_given_back &) = delete;
	~settings_given_back() { restore_settings(); }
};

/* From now on, only what has code of that range on its stack fails. */
bool require(const code_range &code);

/* What has this on its stack never fails: counting lines is not ours either. */
const code_range &rejected();

/*
 * Pages that the kernel's allocator of objects gets for itself: whether a call takes one
 * depends on what was freed before, and mostly another page serves as well.
 */
const code_range &slab_pages();
bool reject_slab_pages(bool reject);

/*
 * Act, with the nth allocation failing; says how many were left until then, 0 if it
 * came to that. Returns what the act does.
 */
int act_failing(const std::function<int()> &act, unsigned int nth, unsigned int &left);

} // namespace faults
