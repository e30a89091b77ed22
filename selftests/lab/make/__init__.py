# SPDX-License-Identifier: GPL-2.0-only
"""What is booted: chroots, kernels, root file systems, builds, images."""
