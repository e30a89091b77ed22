// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts that stay where they are as long as the arena lives. */
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace waymark::symidx
{

class text_arena
{
public:
	std::string_view keep(std::string_view text)
	{
		if (text.empty())
			return {};
		if (text.size() > left_) {
			left_ = std::max(text.size(), block_size);
			blocks_.push_back(std::make_unique<char[]>(left_));
			next_ = blocks_.back().get();
		}
		std::memcpy(next_, text.data(), text.size());
		const std::string_view kept(next_, text.size());
		next_ += text.size();
		left_ -= text.size();
		return kept;
	}

private:
	static constexpr std::size_t block_size = 1 << 16;
	std::vector<std::unique_ptr<char[]>> blocks_;
	char *next_ = nullptr;
	std::size_t left_ = 0;
};

} // namespace waymark::symidx
