// SPDX-License-Identifier: GPL-2.0-or-later
/* A small index with one of everything, for tests to look at and to damage. */
#pragma once

#include <string>
#include <vector>

#include "symidx/writer.hpp"

namespace sample
{

/* vmlinux, alpha and beta; "shared" is exported by both of the latter. */
waymark::symidx::writer_input input();
std::vector<unsigned char> bytes();

/* @bytes with its checksum corrected, as an attacker would. */
std::vector<unsigned char> resealed(std::vector<unsigned char> bytes);

/* The reason why @bytes is refused; empty if it is not. */
std::string refusal(const std::vector<unsigned char> &bytes);

} // namespace sample
