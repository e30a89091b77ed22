# SPDX-License-Identifier: GPL-2.0-only
"""What the laboratory does on the host: programs, caches, progress, errors."""
