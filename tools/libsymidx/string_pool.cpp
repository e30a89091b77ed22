// SPDX-License-Identifier: LGPL-2.1-or-later
#include "string_pool.hpp"

#include <cstring>
#include <random>

#include "symidx/hash.hpp"
#include "waymark/error.hpp"

namespace waymark::symidx
{

string_pool::string_pool(std::size_t expected) : seed_(std::random_device()()), bytes_(1, '\0')
{
	std::size_t size = 64;

	while (size < expected * 2)
		size *= 2;
	slots_.resize(size);
	bytes_.reserve(expected * 24);
}

string_pool::slot &string_pool::locate(std::string_view text, std::uint32_t hash)
{
	const std::size_t mask = slots_.size() - 1;

	for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
		slot &s = slots_[at];

		if (!s.ref || (s.hash == hash && s.length == text.size() &&
			       !std::memcmp(bytes_.data() + s.ref - 1, text.data(), text.size())))
			return s;
	}
}

void string_pool::grow()
{
	std::vector<slot> old(slots_.size() * 2);

	old.swap(slots_);
	for (const slot &s : old)
		if (s.ref)
			locate({bytes_.data() + s.ref - 1, s.length}, s.hash) = s;
}

std::uint32_t string_pool::add(std::string_view text)
{
	if (text.empty())
		return 0;
	if (used_ * 2 >= slots_.size())
		grow();

	const std::uint32_t hash = name_hash(text, seed_);
	slot &s = locate(text, hash);

	if (!s.ref) {
		if (bytes_.size() + text.size() >= INT32_MAX)
			throw error("symbol index", "more than 2 GiB of names");
		s = {hash, static_cast<std::uint32_t>(bytes_.size()) + 1,
		     static_cast<std::uint32_t>(text.size())};
		bytes_.insert(bytes_.end(), text.begin(), text.end());
		bytes_.push_back('\0');
		used_++;
	}
	return s.ref - 1;
}

} // namespace waymark::symidx
