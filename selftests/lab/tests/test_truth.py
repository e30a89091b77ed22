# SPDX-License-Identifier: GPL-2.0-only
"""How the row that compares symidx with the loader reads what its program says."""

from __future__ import annotations

import unittest

from lab.rows import truth

PLAN = ["TAP version 13\n", "1..2\n"]
COUNTS = "# 2301 of 8 bases, seed 1, 28 boots: 301 not known, 9 refuses, but the kernel takes, 631 refused\n"


class Judged(unittest.TestCase):
    def test_counts_are_figures(self) -> None:
        found = truth.judged("truth-x", [*PLAN, COUNTS, "ok 1 one\n", "ok 2 two\n"])
        self.assertTrue(found.good, found.failures)
        self.assertEqual(found.passed, 2)
        self.assertEqual(found.figures["not known"], 301)
        self.assertEqual(found.figures["refused"], 631)

    def test_a_difference_fails(self) -> None:
        found = truth.judged("truth-x", [*PLAN, "# 42 nls: symidx says loads\n", "not ok 1 one\n", "ok 2 two\n"])
        self.assertEqual(len(found.failures), 1)
        self.assertIn("symidx says loads", found.failures[0])

    def test_a_guest_that_never_came_up_fails(self) -> None:
        self.assertFalse(truth.judged("truth-x", [*PLAN, "Bail out! the guest does not come up\n"]).good)


if __name__ == "__main__":
    unittest.main()
