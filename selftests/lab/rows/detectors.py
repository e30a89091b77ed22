# SPDX-License-Identifier: GPL-2.0-only
"""
The proof that the rows on kernels of our own can fail: a boot of each kernel with
modules that are broken on purpose, judged like every other boot. It passes only if
every detector brought its own failure.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lab.judge import judge
from lab.judge.result import Result
from lab.make import defects, own_kernel
from lab.rows import stock
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

PART = "defects"
# (what fails the run, the failure that proves it)
Proof = tuple[str, str]
EXPECTED: tuple[Proof, ...] = (
    ("use after free", r"kernel log: .*KASAN: .*use-after-free"),
    ("memory leak", r"kmemleak: \d+ objects"),
    ("lock order inversion", r"kernel log: .*possible circular locking"),
    ("sleep in atomic context", r"kernel log: .*sleeping function called"),
    ("undefined behaviour", r"kernel log: .*UBSAN: shift-out-of-bounds"),
    ("active object freed", r"kernel log: .*ODEBUG: free active"),
    ("reference count underflow", r"kernel log: .*refcount_t: "),
    # With place and poison, because a device that is missing fails the same point. From the heap
    # the padding leaks; gcc clears padding on the stack, so there a member leaks.
    ("uninitialised byte of the stack", r"no uninitialised byte from the stack: poison 0xfe at byte 16\b"),
    ("uninitialised byte of the heap", r"no uninitialised byte from the heap: poison 0x(5a|6b|aa) at byte 1\b"),
    ("taint", r"unexpected taint .*W"),
)
# Without these a defect was not there at all: points of the scripts, and the boot itself.
WORKS = re.compile(PART + r":\S+: (load|ask) |: did not run$|^time-out|^verdict: |^QEMU ended")


def judged(failures: Sequence[str], expected: Sequence[Proof]) -> tuple[int, list[str]]:
    """(how many defects were reported, what is wrong with the proof)."""
    wrong = [f"a defect was not provoked: {line}" for line in failures if WORKS.search(line)]
    missed = [f"{what}: a broken module went unnoticed ({pattern})" for what, pattern in expected
              if not any(re.search(pattern, line) for line in failures)]
    return len(expected) - len(missed), wrong + missed


class DetectorRow(stock.KernelRow):
    """Passes when its boot fails for every reason that it should."""

    title = "detectors"
    long_only = True
    memory = "2G"
    long_limit = stock.LIMIT    # the long form has nothing more
    long_minutes = stock.KernelRow.short_minutes
    at_once = True
    append = own_kernel.APPEND
    system: type[own_kernel.SanitizerKernel] = own_kernel.SanitizerKernel
    on = own_kernel.TARGET
    script = "provoke.sh"       # of guest/defects: what loads them
    expected = EXPECTED

    def __init__(self, lab: Lab, wanted: Wanted) -> None:
        super().__init__(lab, self.on, Wanted((PART,), wanted.long), name=self.title,
                         kernel=self.system(lab, self.on))

    def extra(self) -> Mapping[str, str]:
        return {PART: defects.Defects(self.lab, self.name, self.target, self.kernel).build(self.script)}

    def run(self) -> Result:
        failed = judge.judge(self.name, self.boot(), self.expectation())
        logs = os.path.join(self.lab.results, self.name)
        found = Result(self.name, kernel=failed.kernel, systemd=failed.systemd,
                       logs=os.path.relpath(logs, self.lab.tree))
        found.passed, wrong = judged(failed.failures, self.expected)
        return found.fail(*wrong)


class KcsanDetectorRow(DetectorRow):
    """The same for KCSAN. The row above covers the other detectors of that kernel."""

    title = "kcsan-detectors"
    append = own_kernel.KCSAN_APPEND
    system = own_kernel.KcsanKernel
    on = own_kernel.KCSAN_TARGET
    script = "race.sh"
    expected = (("data race", r"kernel log: .*KCSAN: data-race in broken_"),)
