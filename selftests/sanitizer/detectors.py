# SPDX-License-Identifier: GPL-2.0-only
"""
The proof that the sanitizer row can fail: a boot with modules that are broken
on purpose, judged like every other boot. It passes only if every detector
brought its own failure.
"""

import os
import re
import shutil

import sanitizer
from vmlab import build, cache, judge, progress, result, row

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures")

# What fails the run, and the failure that proves it.
EXPECTED = (
    ("use after free", r"kernel log: .*KASAN: .*use-after-free"),
    ("memory leak", r"kmemleak: \d+ objects"),
    ("lock order inversion", r"kernel log: .*possible circular locking"),
    ("sleep in atomic context", r"kernel log: .*sleeping function called"),
    ("undefined behaviour", r"kernel log: .*UBSAN: shift-out-of-bounds"),
    ("active object freed", r"kernel log: .*ODEBUG: free active"),
    ("reference count underflow", r"kernel log: .*refcount_t: "),
    ("uninitialised byte of the stack", r"no uninitialised byte from the stack"),
    ("uninitialised byte of the heap", r"no uninitialised byte from the heap"),
    ("taint", r"unexpected taint .*W"),
)


class DetectorRow(row.KernelRow):
    """Passes when its boot fails for every reason that it should."""

    memory = "2G"
    append = sanitizer.APPEND

    def __init__(self, lab):
        super().__init__(lab, sanitizer.TARGET, ("fixtures",),
                         sanitizer.SanitizerKernel(lab, sanitizer.TARGET))
        self.name = "detectors"

    def prepare(self):
        self.extra = {"fixtures": Fixtures(self.lab, self.target, self.kernel).make()}
        return super().prepare()

    def run(self):
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        evidence = row.boot(self.guest, self.name, "waymark.target", logs, 1, self.limit)
        failed = judge.judge(self.name, evidence, self.expectation())
        found = result.Result(self.name, kernel=failed.kernel, systemd=failed.systemd,
                              logs=os.path.relpath(logs, self.lab.tree))
        for what, pattern in EXPECTED:
            if any(re.search(pattern, line) for line in failed.failures):
                found.passed += 1
            else:
                found.fail(f"{what}: a broken module went unnoticed ({pattern})")
        return found


class Fixtures(build.Build):
    """The broken modules and the program that reads a broken reply."""

    def __init__(self, lab, target, system):
        super().__init__(lab, "fixtures", target.suite)
        self.system = system

    def make(self):
        """A folder with all of them and the script that loads them."""
        progress.step("detectors", "build the broken modules")
        kdir, binds = self.system.kdir()
        self.sync()
        folder = "/build/src/selftests/fixtures"
        super().make(["make", "-s", "-C", kdir, f"M={folder}", sanitizer.PATTERN, "modules"],
                     "broken modules", binds)
        super().make(["gcc", "-O2", "-Wall", "-o", f"{folder}/reply", f"{folder}/reply.c"], "reply")
        source = os.path.join(self.top, "src/selftests/fixtures")
        target = os.path.join(self.top, "fixtures")
        cache.remove(target)
        os.makedirs(target)
        for name in os.listdir(source):
            if name.endswith((".ko", ".sh")) or name == "reply":
                shutil.copy(os.path.join(source, name), target)
        return target
