// SPDX-License-Identifier: GPL-2.0-or-later
#include "order.hpp"

#include <algorithm>
#include <tuple>

namespace naming
{

namespace
{

bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

std::string_view take_hex(std::string_view &text)
{
	const std::size_t end = std::find_if_not(text.begin(), text.end(), is_hex) - text.begin();
	std::string_view run = text.substr(0, end);

	text.remove_prefix(end);
	run.remove_prefix(std::min(run.find_first_not_of('0'), run.size()));
	return run;
}

int sign(int value)
{
	return (value > 0) - (value < 0);
}

} // namespace

int compare_natural(std::string_view a, std::string_view b)
{
	const std::string_view whole_a = a, whole_b = b;

	while (!a.empty() && !b.empty()) {
		if (is_hex(a[0]) && is_hex(b[0])) {
			const std::string_view x = take_hex(a), y = take_hex(b);

			if (x.size() != y.size())
				return x.size() < y.size() ? -1 : 1;
			if (const int c = x.compare(y))
				return sign(c);
			continue;
		}
		if (a[0] != b[0])
			return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0])
				       ? -1
				       : 1;
		a.remove_prefix(1);
		b.remove_prefix(1);
	}
	if (a.empty() != b.empty())
		return a.empty() ? -1 : 1;
	/* "01" and "1" have one value; they still need an order. */
	return sign(whole_a.compare(whole_b));
}

std::string location_of(std::string_view syspath)
{
	static constexpr std::string_view root = "/sys/devices/";

	if (syspath.substr(0, root.size()) != root)
		return {};
	syspath.remove_prefix(root.size());
	/* The first "net" is the class directory: no device has that name. */
	const std::size_t net = syspath.find("/net/");
	if (net == std::string_view::npos || syspath.substr(0, 8) == "virtual/")
		return {};

	std::string_view location = syspath.substr(0, net);
	const std::size_t slash = location.rfind('/');
	if (slash != std::string_view::npos && location.substr(slash + 1, 6) == "virtio")
		location = location.substr(0, slash);
	return std::string(location);
}

bool precedes(const claimant &a, const claimant &b)
{
	if (a.removable != b.removable)
		return b.removable;
	if (const int c = compare_natural(a.location, b.location))
		return c < 0;
	return std::tie(a.dev_port, a.dev_id, a.mac, a.ifindex, a.id) <
	       std::tie(b.dev_port, b.dev_id, b.mac, b.ifindex, b.id);
}

} // namespace naming
