# SPDX-License-Identifier: GPL-2.0-only
"""
Mutants: copies of the modules with one fault each, to see which of them the tests find.
All of them are compiled into one build; a module's parameter `mutant` says which is alive.
"""
