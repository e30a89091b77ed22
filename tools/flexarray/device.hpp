// SPDX-License-Identifier: GPL-2.0-or-later
/* /dev/flex_array, and its records as text and as JSON. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <linux/flex_array.h>

#include "waymark/fd.hpp"
#include "waymark/json.hpp"

namespace flexarray
{

class device
{
public:
	/* Throws waymark::error that says what to do if there is no device. */
	device();

	/* All live arrays, by id. */
	std::vector<flex_array_info> list() const;
	/* Empty if no array has this id. */
	std::optional<flex_array_info> info(std::uint64_t id) const;

private:
	waymark::fd fd_;
};

std::string owner_of(const flex_array_info &info);
std::string creator_of(const flex_array_info &info);
waymark::json to_json(const flex_array_info &info);

/* As "4.0 KiB", exact below one KiB. */
std::string bytes_text(std::uint64_t bytes);

} // namespace flexarray
