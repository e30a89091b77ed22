# SPDX-License-Identifier: GPL-2.0-only
"""The laboratory: builds the suite for every target, boots it there and judges."""
