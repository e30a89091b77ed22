// SPDX-License-Identifier: GPL-2.0-or-later
/* A NIC among the others that may claim the same names. */
#pragma once

#include <string>
#include <vector>

#include "facts.hpp"
#include "role.hpp"

namespace naming
{

class neighbourhood
{
public:
	/* Reads the role files, the kept snapshot and the other NICs on hardware. */
	explicit neighbourhood(nic_facts self);

	/* With its roles and former names. */
	const nic_facts &self() const { return self_; }

	/* How many others come before it in something that both claim. */
	unsigned int rank() const;

	/*
	 * Lets udev look again at those whose rank has changed by this NIC. Their
	 * events may be in progress as well: whichever NIC is last sees all, and
	 * the rank that udev has recorded ends the exchange.
	 */
	void update_others() const;

	/* Roles that ask for it, and former names, become alternative names. */
	void set_altnames() const;

private:
	void find_roles();
	void find_former();
	std::vector<std::string> roles_of(const nic_facts &nic) const;

	nic_facts self_;
	std::vector<role> roles_; /* that match self_ */
	std::vector<nic_facts> others_;
};

} // namespace naming
