// SPDX-License-Identifier: GPL-2.0-or-later
#include "device.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <nlohmann/json.hpp>

#include "waymark/error.hpp"
#include "waymark/ioctl.hpp"

namespace flexarray
{

namespace
{

constexpr char path[] = "/dev/flex_array";

template <std::size_t N>
std::string text_of(const __u8 (&name)[N])
{
	const char *first = reinterpret_cast<const char *>(name);

	return std::string(first, strnlen(first, N));
}

} // namespace

device::device()
{
	if (::access(path, F_OK) && errno == ENOENT)
		throw waymark::error(path, "no such device; is the module flex_array loaded?");
	fd_ = waymark::fd::open(path);
}

std::vector<flex_array_info> device::list() const
{
	std::array<flex_array_info, 64> records;
	std::vector<flex_array_info> all;
	flex_array_list request = {};

	request.records = reinterpret_cast<std::uintptr_t>(records.data());
	request.record_size = sizeof(records[0]);
	request.capacity = records.size();
	do {
		waymark::call_ioctl(fd_, FLEX_ARRAY_IOC_LIST, request, path);
		all.insert(all.end(), records.begin(), records.begin() + request.count);
	} while (request.count);
	return all;
}

std::optional<flex_array_info> device::info(std::uint64_t id) const
{
	flex_array_info info = {};

	info.id = id;
	const int errnum = waymark::try_ioctl(fd_, FLEX_ARRAY_IOC_INFO, info);

	if (errnum == ENOENT)
		return {};
	if (errnum)
		throw waymark::error::from_errno(path, errnum);
	return info;
}

std::string owner_of(const flex_array_info &info)
{
	return info.attributes & FLEX_ARRAY_ATTR_ORPHANED ? "(gone)" : text_of(info.owner);
}

std::string creator_of(const flex_array_info &info)
{
	return info.attributes & FLEX_ARRAY_ATTR_ORPHANED ? "(gone)" : text_of(info.creator);
}

waymark::json to_json(const flex_array_info &info)
{
	const bool orphaned = info.attributes & FLEX_ARRAY_ATTR_ORPHANED;
	const auto name = [&](const std::string &text) {
		return orphaned ? waymark::json(nullptr) : waymark::json(text);
	};

	return {{"id", info.id},
		{"owner", name(text_of(info.owner))},
		{"creator", name(text_of(info.creator))},
		{"element_size", info.element_size},
		{"total", info.total},
		{"elements_per_part", info.elements_per_part},
		{"parts", info.parts},
		{"nodes", info.nodes},
		{"bytes", info.bytes},
		{"depth", info.depth},
		{"allocated", bool(info.attributes & FLEX_ARRAY_ATTR_ALLOCATED)},
		{"resident", bool(info.attributes & FLEX_ARRAY_ATTR_RESIDENT)},
		{"orphaned", orphaned}};
}

std::string bytes_text(std::uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = bytes / 1024.0;
	std::size_t unit = 0;
	char text[32];

	if (bytes < 1024)
		return std::to_string(bytes) + " B";
	for (; value >= 1024 && unit + 1 < std::size(units); unit++)
		value /= 1024;
	std::snprintf(text, sizeof(text), "%.1f %s", value, units[unit]);
	return text;
}

} // namespace flexarray
