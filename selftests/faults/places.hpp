// SPDX-License-Identifier: GPL-2.0-only
/* Where an operation allocates: call stacks that the kernel's function tracer takes. */
#pragma once

#include <sched.h>
#include <string>
#include <vector>

#include "inject.hpp"

namespace faults
{

/*
 * A site is what of modules is on the stack: one call that our code makes. A place is a site
 * and the functions called from there, the innermost one first. Addresses in modules are
 * those within a page: the rest changes with every load.
 */
using place = std::vector<unsigned long>;

place site_of(const place &one);

class allocation_trace
{
public:
	allocation_trace();
	~allocation_trace();
	allocation_trace(const allocation_trace &) = delete;
	allocation_trace &operator=(const allocation_trace &) = delete;

	/* Why there is none; empty if there is. */
	const std::string &missing() const { return missing_; }
	/* Of this thread. */
	void start();
	/* The places of what could have failed since, in turn; slab_pages() are rejected. */
	std::vector<place> stop(const code_range &required);

private:
	bool set_up();
	void take_page(const unsigned char *page, size_t size, const code_range &required,
		       std::vector<place> &all) const;

	cpu_set_t before_;
	std::string missing_;
	int on_ = -1;		/* tracing_on */
	int pages_ = -1;	/* the buffer of the CPU that we stay on */
	unsigned int stack_ = 0;	/* the type of a record with a stack */
};

} // namespace faults
