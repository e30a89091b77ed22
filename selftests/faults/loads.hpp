// SPDX-License-Identifier: GPL-2.0-only
/* Our modules come and go. */
#pragma once

#include <string>
#include <vector>

#include "sweep.hpp"

namespace faults
{

/* Modules of ours, with what uses them, are gone meanwhile. */
class without_modules
{
public:
	without_modules();
	~without_modules() { restore(); }
	without_modules(const without_modules &) = delete;
	without_modules &operator=(const without_modules &) = delete;

	/* What did not go, or empty. */
	const std::string &stuck() const { return stuck_; }
	/* Whether all are back that were there. */
	bool restore();

private:
	void unload(const std::string &module);

	std::vector<std::string> gone_;		/* users before what they use */
	std::string stuck_;
};

/* Whether it is gone; waits for who holds it a moment longer, and for a live patch. */
bool unload(const std::string &module);
operation load_module(const std::string &module);

} // namespace faults
