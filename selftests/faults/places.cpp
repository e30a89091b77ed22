// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buffer is read as it is: the kernel takes longer to find the names of ten thousand
 * callers than to load a module. Its format: Documentation/trace/ring-buffer-map.rst and
 * the comments of linux/ring_buffer.h.
 */
#include "places.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing/"

namespace faults
{

namespace
{

/* Functions below ours that tell one place of a site from another. */
constexpr size_t below = 2;
/* The fault's own stack has two more callers at its top than the tracer's. */
constexpr size_t looked_at = depth - 2;
/* An address that the tracer gives in place of its own trampoline's. */
constexpr unsigned long trampoline = 0x7fffffff;

constexpr size_t page_size = 4096;
constexpr size_t page_header = 16;		/* a time, and how much of the page is used */
constexpr uint32_t used_mask = (1U << 27) - 1;	/* the upper bits say that records were lost */
/* Records that hold no data, by their type; below them, it is the length in words. */
constexpr unsigned int padding = 29, time_extend = 30;
constexpr unsigned char in_interrupt = 0x18;	/* hard or soft */
/* In a record with a stack. */
constexpr size_t count_at = 8, callers_at = 16;

bool set(const char *name, const char *value, std::ios::openmode how = std::ios::out)
{
	std::ofstream file(std::string(TRACING) + name, how);

	return static_cast<bool>(file << value << std::flush);
}

uint32_t word(const unsigned char *at)
{
	uint32_t value;

	std::memcpy(&value, at, sizeof(value));
	return value;
}

unsigned int type_of_stacks()
{
	std::ifstream format(TRACING "events/ftrace/kernel_stack/format");
	std::string name;
	unsigned int type = 0;

	while (format >> name)
		if (name == "ID:" && format >> type)
			return type;
	return 0;
}

std::vector<unsigned long> callers_of(const unsigned char *record, size_t size)
{
	std::vector<unsigned long> callers;
	const size_t count = word(record + count_at);

	for (size_t i = 0; i < count && callers_at + (i + 1) * sizeof(unsigned long) <= size; i++) {
		unsigned long address;

		std::memcpy(&address, record + callers_at + i * sizeof(address), sizeof(address));
		if (address != trampoline)
			callers.push_back(address);
	}
	return callers;
}

/* Empty: what has that stack does not fail. */
place place_of(const std::vector<unsigned long> &callers, const code_range &required)
{
	const size_t count = std::min(callers.size(), looked_at);
	size_t inner = count, outer = 0;
	bool meant = false;

	for (size_t i = 0; i < count; i++) {
		if (rejected().has(callers[i]) || slab_pages().has(callers[i]))
			return {};
		meant |= required.has(callers[i]);
		if (any_module.has(callers[i])) {
			inner = std::min(inner, i);
			outer = i;
		}
	}
	place found;

	if (!meant || inner == count)
		return found;
	for (size_t i = inner > below ? inner - below : 0; i <= outer; i++)
		found.push_back(any_module.has(callers[i]) ? callers[i] & (page_size - 1)
							   : callers[i]);
	return found;
}

} // namespace

place site_of(const place &one)
{
	return {std::find_if(one.begin(), one.end(),
			     [](unsigned long address) { return address < page_size; }),
		one.end()};
}

allocation_trace::allocation_trace()
{
	sched_getaffinity(0, sizeof(before_), &before_);
	if (!set_up())
		missing_ = "the function tracer is not there, or does not trace allocations";
}

bool allocation_trace::set_up()
{
	const int cpu = sched_getcpu();
	const std::string pages = TRACING "per_cpu/cpu" + std::to_string(cpu) + "/trace_pipe_raw";
	const std::string self = std::to_string(gettid());
	cpu_set_t here;

	if (access(TRACING "current_tracer", F_OK) &&
	    mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr))
		return false;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	stack_ = type_of_stacks();
	/* Both ask whether to fail; what they are asked from is the allocation. */
	if (!stack_ || sysconf(_SC_PAGESIZE) != page_size ||
	    sched_setaffinity(0, sizeof(here), &here) || !set("tracing_on", "0") ||
	    !set("buffer_size_kb", "4096") ||
	    !set("set_ftrace_filter", "should_failslab") ||
	    !set("set_ftrace_filter", "should_fail_alloc_page", std::ios::app) ||
	    !set("set_ftrace_pid", self.c_str()) || !set("current_tracer", "function") ||
	    !set("options/func_stack_trace", "1") || !set("trace", ""))
		return false;
	on_ = open(TRACING "tracing_on", O_WRONLY | O_CLOEXEC);
	pages_ = open(pages.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return on_ >= 0 && pages_ >= 0;
}

allocation_trace::~allocation_trace()
{
	for (const int fd : {on_, pages_})
		if (fd >= 0)
			close(fd);
	if (!access(TRACING "current_tracer", F_OK)) {
		set("options/func_stack_trace", "0");
		set("current_tracer", "nop");
		set("set_ftrace_pid", " ");
		set("set_ftrace_filter", " ");
		set("tracing_on", "1");
	}
	sched_setaffinity(0, sizeof(before_), &before_);
}

void allocation_trace::start()
{
	if (on_ >= 0 && pwrite(on_, "1", 1, 0) != 1)
		missing_ = "tracing does not start";
}

std::vector<place> allocation_trace::stop(const code_range &required)
{
	std::vector<unsigned char> page(page_size);
	std::vector<place> all;
	ssize_t got;

	if (on_ >= 0 && pwrite(on_, "0", 1, 0) != 1)
		missing_ = "tracing does not stop";
	while (pages_ >= 0 && (got = read(pages_, page.data(), page.size())) > 0)
		take_page(page.data(), static_cast<size_t>(got), required, all);
	return all;
}

void allocation_trace::take_page(const unsigned char *page, size_t size, const code_range &required,
				 std::vector<place> &all) const
{
	const size_t end = std::min<size_t>(size, page_header + (word(page + 8) & used_mask));

	for (size_t at = page_header, next; at + 12 <= end; at = next) {
		const uint32_t head = word(page + at), kind = head & 31;
		size_t data = at + 4;

		if (kind >= padding) {
			if (kind == padding && !(head >> 5))
				return;
			next = at + (kind >= time_extend ? 8 : 4 + word(page + at + 4));
			continue;
		}
		next = data + (kind ? kind * 4 : word(page + data));
		data += kind ? 0 : 4;
		if (next > end || (word(page + data) & 0xffff) != stack_ ||
		    page[data + 2] & in_interrupt)
			continue;
		place found = place_of(callers_of(page + data, next - data), required);

		if (!found.empty())
			all.push_back(std::move(found));
	}
}

} // namespace faults
