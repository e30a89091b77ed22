// SPDX-License-Identifier: GPL-2.0-or-later
/* An index to judge modules by, and what a verdict says in short. */
#pragma once

#include <string>
#include <vector>

#include "sample_index.hpp"
#include "symidx/checker.hpp"

namespace sample
{

inline waymark::symidx::symbol_index make_index(const waymark::symidx::writer_input &in = input())
{
	const auto image = write_index(in);

	return waymark::symidx::symbol_index::from_memory(image.data(), image.size(), "sample");
}

/* The kinds of the problems, in their order. */
inline std::vector<std::string> kinds(const std::vector<waymark::symidx::problem> &problems)
{
	std::vector<std::string> out;

	for (const waymark::symidx::problem &one : problems)
		out.push_back(one.kind);
	return out;
}

} // namespace sample
