# SPDX-License-Identifier: GPL-2.0-only
"""Boot a target again and again: after coldplug every link must be right."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from lab.boot import session
from lab.host import cache, progress
from lab.judge import judge
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import stock
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

TESTS = ("netdevname:coldplug.sh",)
ROWS = ("bookworm-6.1", "trixie-6.12")
BOOTS = int(os.environ.get("BOOTS") or 20)


class Coldplug:
    """A row of `boots` boots of one target, each judged like any other."""

    long_only = True
    minutes = 15

    def __init__(self, lab: Lab, target: matrix.Target, boots: int = BOOTS) -> None:
        self.lab = lab
        self.name = f"coldplug-{target.name}"
        self.boots = boots
        self.inner = stock.KernelRow(lab, target, Wanted(TESTS), name=self.name)

    def prepare(self) -> None:
        self.inner.prepare()

    def run(self) -> Result:
        total = Result(self.name)
        start = time.monotonic()
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        for number in range(1, self.boots + 1):
            self._once(number, os.path.join(logs, str(number)), total)
        total.seconds = round(time.monotonic() - start, 1)
        total.logs = os.path.relpath(logs, self.lab.tree)
        return total

    def _once(self, number: int, folder: str, total: Result) -> None:
        evidence = session.boot(self.inner.guest, self.name, "waymark.target", folder, len(TESTS),
                                self.inner.limit)
        found = judge.judge(self.name, evidence, self.inner.expectation())
        total.kernel, total.systemd = found.kernel, found.systemd
        total.passed += found.passed
        total.skipped += found.skipped
        total.fail(*[f"boot {number}: {reason}" for reason in found.failures])
        progress.step(self.name, f"boot {number} of {self.boots}: "
                      f"{'every link right' if found.good else 'FAILED'}")
        if found.good:
            cache.remove(folder)


def rows(lab: Lab, wanted: Wanted) -> list[Coldplug]:
    """In the long form only, where the boots of all tests are there as well."""
    return [Coldplug(lab, target) for target in matrix.targets()
            if wanted.long and target.name in ROWS]
