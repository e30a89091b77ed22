# SPDX-License-Identifier: GPL-2.0-only
"""
The laboratory's own proof, as rows: that every way to fail is reported. First
its own tests (folder tests), then guests that are broken for real.
"""

from __future__ import annotations

import os
import unittest
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lab.host import progress
from lab.judge import judge
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import stock
from lab.rows.row import Row, Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

TARGET = "trixie-6.12"


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The tests of a suite of suites."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def reason(test: unittest.TestCase, trouble: str) -> str:
    """One line: the test, and the last line of its error."""
    return f"{test}: {trouble.strip().splitlines()[-1]}"


def run_tests(found: Result) -> None:
    """A point for each test. A test that is skipped, or cannot be loaded, fails."""
    top = os.path.dirname(matrix.HERE)
    suite = unittest.defaultTestLoader.discover(os.path.join(matrix.HERE, "tests"), "test_*.py", top)
    for test in each(suite):
        done = unittest.TestResult()
        test(done)
        troubles = [text for _, text in [*done.errors, *done.failures]]
        troubles += [f"skipped: {why}" for _, why in done.skipped]
        if done.wasSuccessful() and not troubles:
            found.passed += 1
        found.fail(*(reason(test, text) for text in troubles))


class Judge:
    """The judge and the parts that need no guest."""

    name = "laboratory"
    minutes = 1
    long_only = False

    def prepare(self) -> None:
        """There is nothing to build."""

    def run(self) -> Result:
        found = Result(self.name)
        run_tests(found)
        return found


class Broken(stock.KernelRow):
    """A guest whose tests lie, stop half-way and take the kernel down."""

    long_limit = stock.LIMIT    # the long form has nothing more
    short_minutes = long_minutes = 1
    part = "broken"

    # The failures that the judge must report for this boot; each is a point.
    REASONS = (("broken:1-truncated.sh: 1 of 3 planned", "a truncated plan"),
               ("broken:2-empty.sh: zero tests", "zero tests"),
               ("broken:3-noplan.sh: no plan", "a missing plan"),
               ("broken:4-lies.sh: exit status 0 in spite", "a failure hidden by the exit status"),
               ("TIMEOUT 3 seconds", "a program over its time"),
               ("Kernel panic", "a panic"),
               ("broken:7-unreached.sh: did not run", "a test that never started"),
               ("verdict: missing", "the missing verdict"))

    def __init__(self, lab: Lab, wanted: Wanted) -> None:
        target = next(t for t in matrix.targets() if t.name == TARGET)
        super().__init__(lab, target, Wanted((self.part,), wanted.long), name="laboratory-guest")

    def extra(self) -> Mapping[str, str]:
        return {self.part: os.path.join(matrix.HERE, "guest", self.part)}

    def run(self) -> Result:
        found = Result(self.name)
        found.kernel = self.kernel.release
        seen = self.boot_once("waymark.target", self.limit)
        for said, what in self.REASONS:
            found.point(any(said in line for line in seen.failures),
                        f"a real guest: {what} is not reported: {seen.failures}")
        progress.step(self.name, "a guest that hangs")
        hung = self.boot_once("emergency.target", 30)
        found.point(any("time-out" in line for line in hung.failures),
                    f"a guest that hangs is not reported: {hung.failures}")
        found.point(any("wait" in line for line in hung.failures),
                    f"a guest that hangs does not say what it does: {hung.failures}")
        return found

    def boot_once(self, unit: str, limit: float) -> Result:
        return judge.judge(self.name, self.boot(unit, limit), self.expectation())


def rows(lab: Lab, wanted: Wanted) -> list[Row]:
    """Only without TESTS, which selects tests of the suite."""
    return [] if wanted.tests else [Judge(), Broken(lab, wanted)]
