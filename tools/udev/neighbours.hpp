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
	 * Lets udev look again at those whose rank or roles this NIC has changed. Their
	 * events may be in progress as well: whichever NIC is last sees all, and
	 * the rank that udev has recorded ends the exchange.
	 */
	void update_others() const;

	/* Roles that ask for it, and former names, become alternative names. */
	void set_altnames() const;

private:
	void find_roles();
	void find_former();
	nic_facts self_;
	std::vector<role> roles_; /* that self_ claims */
	std::vector<nic_facts> others_;
	std::vector<std::string> displaced_; /* nodes of those whose roles self_ changes */
};

/* As udev records them, to see whether they have changed. */
std::string role_list(const nic_facts &nic);

/* Lets udev look again at those who inherit a role from a NIC that has left. */
void update_heirs();

} // namespace naming
