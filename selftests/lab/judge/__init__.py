# SPDX-License-Identifier: GPL-2.0-only
"""From what a guest left behind to results."""
