// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks all of an index before anything of it is used. */
#pragma once

#include "symidx/index.hpp"

namespace waymark::symidx
{

class index_verifier
{
public:
	/* @rounded: the memory may go on behind the index, to the end of a page. */
	index_verifier(const symbol_index &idx, bool rounded) : idx_(idx), rounded_(rounded) {}

	/* Returns the bytes of the index; throws waymark::error. */
	std::size_t verify() const;

private:
	[[noreturn]] void fail(const std::string &reason) const;
	void require(bool good, const char *reason) const
	{
		if (!good)
			fail(reason);
	}
	void check_size() const;
	bool has_right_checksum() const;
	void check_contents() const;
	void check_header() const;
	void check_sections() const;
	void check_modules() const;
	std::uint32_t check_symbols() const;
	void check_slots(std::uint32_t names) const;
	void check_searches(std::uint64_t probes) const;
	bool is_string(std::uint32_t ref) const;

	const symbol_index &idx_;
	bool rounded_;
};

} // namespace waymark::symidx
