# SPDX-License-Identifier: GPL-2.0-only
"""Boot a target again and again: after coldplug every link must be right."""

import os
import time

from lab.host import cache, progress
from lab.judge import judge
from lab.judge.result import Result
from lab.rows import stock

TESTS = ("netdevname:coldplug.sh",)
ROWS = ("bookworm-6.1", "trixie-6.12")


class Coldplug:
    """A row of `boots` boots of one target, each judged like any other."""

    long = True
    minutes = 15

    def __init__(self, lab, target, boots):
        self.lab = lab
        self.name = f"coldplug-{target.name}"
        self.boots = boots
        self.inner = stock.KernelRow(lab, target, TESTS)
        self.inner.name = self.name

    def prepare(self):
        self.inner.prepare()
        return self

    def run(self):
        total = Result(self.name)
        start = time.monotonic()
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        for number in range(1, self.boots + 1):
            folder = os.path.join(logs, str(number))
            evidence = stock.boot(self.inner.guest, self.name, "waymark.target", folder, len(TESTS))
            found = judge.judge(self.name, evidence, self.inner.expectation())
            total.kernel, total.systemd = found.kernel, found.systemd
            total.passed += found.passed
            total.skipped += found.skipped
            total.fail(*[f"boot {number}: {reason}" for reason in found.failures])
            progress.step(self.name, f"boot {number} of {self.boots}: "
                          f"{'every link right' if found.good else 'FAILED'}")
            if found.good:
                cache.remove(folder)
        total.seconds = round(time.monotonic() - start, 1)
        total.logs = os.path.relpath(logs, self.lab.tree)
        return total
