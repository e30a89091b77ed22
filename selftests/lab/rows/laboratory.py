# SPDX-License-Identifier: GPL-2.0-only
"""
The laboratory's own proof, as a row: that every way to fail is reported. First
what boots leave, then guests that are broken for real.
"""

import os

from lab.host import cache, progress
from lab.judge import judge
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import stock
from lab.tests import accelerators, bad_input, cases, counters, fuzzing, order, pieces, proofs

TARGET = "trixie-6.12"


class Judge:
    """The judge and the parts that need no guest."""

    name = "laboratory"
    minutes = 1
    PARTS = (pieces.ALL + accelerators.ALL + bad_input.ALL + counters.ALL + fuzzing.ALL + order.ALL +
             proofs.ALL)

    def __init__(self, lab):
        self.lab = lab

    def prepare(self):
        return self

    def run(self):
        progress.step(self.name, f"{len(cases.BAD) + len(cases.BLIND)} ways to fail, "
                      f"{len(self.PARTS)} parts and bad inputs")
        found = Result(self.name)
        for name, evidence, expect in cases.FINE:
            given = judge.judge("fixture", evidence, expect)
            self.point(found, given.good, f"{name} is not accepted: {given.failures}")
        for bad, expect in ((cases.BAD, cases.EXPECT), (cases.BLIND, cases.EXPECT_WATCHED)):
            for name, evidence, reason in bad:
                given = judge.judge("fixture", evidence, expect)
                named = any(reason in line for line in given.failures)
                self.point(found, not given.good and named,
                           f"{name} is not reported as {reason!r}: {given.failures}")
        for piece in self.PARTS:
            self.point(found, *piece())
        return found

    @staticmethod
    def point(found, good, text):
        if good:
            found.passed += 1
        else:
            found.fail(text)


class Broken(stock.KernelRow):
    """A guest whose tests lie, stop half-way and take the kernel down."""

    long_limit = stock.LIMIT      # the long form has nothing more

    # What the judge must say of this boot; each is a test of its own.
    REASONS = (("broken:1-truncated.sh: 1 of 3 planned", "a truncated plan"),
               ("broken:2-empty.sh: zero tests", "zero tests"),
               ("broken:3-noplan.sh: no plan", "a missing plan"),
               ("broken:4-lies.sh: exit status 0 in spite", "a failure hidden by the exit status"),
               ("TIMEOUT 3 seconds", "a program over its time"),
               ("Kernel panic", "a panic"),
               ("broken:7-unreached.sh: did not run", "a test that never started"),
               ("verdict: missing", "the missing verdict"))

    def __init__(self, lab):
        target = next(t for t in matrix.targets() if t.name == TARGET)
        super().__init__(lab, target)
        self.name = "laboratory-guest"
        self.minutes = 1
        self.extra = {"broken": os.path.join(matrix.HERE, "guest", "broken")}
        self.words = ("broken",)

    def run(self):
        found = Result(self.name)
        found.kernel = self.kernel.release
        seen = self.boot_once("waymark.target", self.limit)
        for reason, what in self.REASONS:
            Judge.point(found, any(reason in line for line in seen.failures),
                        f"a real guest: {what} is not reported: {seen.failures}")
        progress.step(self.name, "a guest that hangs")
        hung = self.boot_once("emergency.target", 30)
        Judge.point(found, any("time-out" in line for line in hung.failures),
                    f"a guest that hangs is not reported: {hung.failures}")
        Judge.point(found, any("wait" in line for line in hung.failures),
                    f"a guest that hangs does not say what it does: {hung.failures}")
        return found

    def boot_once(self, unit, limit):
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        evidence = stock.boot(self.guest, self.name, unit, logs, len(self.tests), limit)
        return judge.judge(self.name, evidence, self.expectation())


def rows(lab, tests):
    """Without TESTS only: a selection of tests is about the suite."""
    return [] if tests else [Judge(lab), Broken(lab)]
