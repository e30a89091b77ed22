# SPDX-License-Identifier: GPL-2.0-only
"""What the report says in the end."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import tempfile
import unittest

from lab.judge import known_bugs, points, report
from lab.judge.result import Result
from lab.laboratory import TREE

TAP = """TAP version 13
1..1
# selftests: part: test
# 1..2
# ok 1 one
# not ok 2 two
not ok 1 selftests: part: test # exit=1
"""


def said(made: tuple[str, ...], minutes: int) -> list[str]:
    """The lines of a report on a run that took so long and had to make this."""
    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(out):
        report.show([Result("x", passed=1)], report.seconds(folder, made, minutes * 60))
    return out.getvalue().splitlines()


class Report(unittest.TestCase):
    def test_slow_runs_say_so(self) -> None:
        """In the line before the last; neither one that kept its limit nor one that made a part."""
        for made, minutes, slow in (((), 21, True), ((), 19, False), (("chroot-lab",), 46, True),
                                    (("chroot-lab",), 44, False), (("rootfs-trixie",), 99, False)):
            with self.subTest(made=made, minutes=minutes):
                lines = said(made, minutes)
                self.assertEqual(lines[-2].startswith("slow: "), slow)
                self.assertEqual(lines[-1], "1 passed, 0 failed")

    def test_known_bugs_are_listed(self) -> None:
        """All lines of the file, and a fix for each where git knows all of the tree's history."""
        entries = known_bugs.entries(TREE)
        with open(os.path.join(TREE, known_bugs.FILE), encoding="utf-8") as text:
            self.assertEqual(len(entries), sum(line.startswith("| ") for line in text) - 2)
        shallow = subprocess.run(["git", "-c", "safe.directory=*", "-C", TREE, "rev-parse",
                                  "--is-shallow-repository"], capture_output=True, text=True, check=False)
        if shallow.stdout.strip() == "false" and known_bugs.subjects(TREE):
            self.assertEqual([entry["fixed_by"] for entry in entries if not entry["hash"]], [])

    def test_points_are_counted(self) -> None:
        """Failed ones, too: a test is lost only when it is not there."""
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "forky"))
            with open(os.path.join(folder, "forky", "tap"), "w") as out:
                out.write(TAP)
            self.assertEqual(points.of(folder), {("forky", "part:test"): 2})
