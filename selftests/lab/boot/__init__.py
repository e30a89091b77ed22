# SPDX-License-Identifier: GPL-2.0-only
"""A guest: QEMU, what it is asked for while it runs, how it ends."""
