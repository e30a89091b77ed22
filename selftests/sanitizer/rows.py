# SPDX-License-Identifier: GPL-2.0-only
"""
Rows on a kernel of our own: all kselftests and KUnit suites under every
detector, and the proof that each detector can fail a row.
"""

import os
import sys

from vmlab import row

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import detectors  # noqa: E402
import sanitizer  # noqa: E402


class SanitizerRow(row.KernelRow):
    """Everything that the other rows run, watched."""

    memory = "3G"
    append = sanitizer.APPEND
    limit = 3 * row.LIMIT
    # KUnit taints the kernel (N): the suites are tests
    taint = 1 << 18

    def __init__(self, lab, tests=()):
        super().__init__(lab, sanitizer.TARGET, tests, sanitizer.SanitizerKernel(lab, sanitizer.TARGET))


def rows(lab, tests):
    found = [SanitizerRow(lab, tests)]
    if not tests:
        found.append(detectors.DetectorRow(lab))
    return found
