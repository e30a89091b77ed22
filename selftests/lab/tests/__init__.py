# SPDX-License-Identifier: GPL-2.0-only
"""The laboratory's own tests; none of them needs a guest."""
