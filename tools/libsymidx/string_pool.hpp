// SPDX-License-Identifier: LGPL-2.1-or-later
/* The STRINGS section in the making: every string once. */
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace waymark::symidx
{

class string_pool
{
public:
	/* @expected: number of different strings, to size the table. */
	explicit string_pool(std::size_t expected);

	/* The reference of @text, which becomes part of the pool if it is new. */
	std::uint32_t add(std::string_view text);

	const std::vector<char> &bytes() const noexcept { return bytes_; }

private:
	struct slot {
		std::uint32_t hash;
		std::uint32_t ref; /* plus one; zero: empty */
		std::uint32_t length;
	};

	slot &locate(std::string_view text, std::uint32_t hash);
	void grow();

	std::uint64_t seed_;
	std::vector<char> bytes_;
	std::vector<slot> slots_;
	std::size_t used_ = 0;
};

} // namespace waymark::symidx
