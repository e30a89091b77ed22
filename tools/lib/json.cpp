// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/json.hpp"

#include <nlohmann/json.hpp>

#include "waymark/table.hpp"

namespace waymark
{

namespace
{

/* The value with every string valid, or the library would refuse to write it. */
json with_valid_text(const json &value)
{
	if (value.is_string())
		return valid_utf8(value.get_ref<const std::string &>());
	if (value.is_array()) {
		json out = json::array();

		for (const json &item : value)
			out.push_back(with_valid_text(item));
		return out;
	}
	if (value.is_object()) {
		json out = json::object();

		for (const auto &[key, item] : value.items())
			out[valid_utf8(key)] = with_valid_text(item);
		return out;
	}
	return value;
}

} // namespace

std::string to_text(const json &value, int indent, char fill)
{
	return with_valid_text(value).dump(indent, fill, true);
}

} // namespace waymark
