# SPDX-License-Identifier: GPL-2.0-only
"""Which names still lead to the same port after something changed."""
