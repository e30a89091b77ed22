# SPDX-License-Identifier: GPL-2.0-only
"""
The proof that the rows on kernels of our own can fail: a boot of each kernel with
modules that are broken on purpose, judged like every other boot. It passes only if
every detector brought its own failure.
"""

import os
import re
import shutil

from lab.host import cache, progress
from lab.judge import judge, result
from lab.make import build, own_kernel
from lab.rows import stock

# What fails the run, and the failure that proves it.
EXPECTED = (
    ("use after free", r"kernel log: .*KASAN: .*use-after-free"),
    ("memory leak", r"kmemleak: \d+ objects"),
    ("lock order inversion", r"kernel log: .*possible circular locking"),
    ("sleep in atomic context", r"kernel log: .*sleeping function called"),
    ("undefined behaviour", r"kernel log: .*UBSAN: shift-out-of-bounds"),
    ("active object freed", r"kernel log: .*ODEBUG: free active"),
    ("reference count underflow", r"kernel log: .*refcount_t: "),
    # Where and whose poison: a device that is not there fails the point, too. Off the heap it
    # is the padding; on the stack gcc clears that, and the static row has structures without any.
    ("uninitialised byte of the stack", r"no uninitialised byte from the stack: poison 0xfe at byte 16\b"),
    ("uninitialised byte of the heap", r"no uninitialised byte from the heap: poison 0x(5a|6b|aa) at byte 1\b"),
    ("taint", r"unexpected taint .*W"),
)


# What must work for a defect to be there: points of the scripts, and the boot itself.
WORKS = re.compile(r"defects:\S+: (load|ask) |: did not run$|^time-out|^verdict: |^QEMU ended")


def judged(failures, expected):
    """(how many defects were reported, what is wrong with the proof)."""
    wrong = [f"a defect was not provoked: {line}" for line in failures if WORKS.search(line)]
    missed = [f"{what}: a broken module went unnoticed ({pattern})" for what, pattern in expected
              if not any(re.search(pattern, line) for line in failures)]
    return len(expected) - len(missed), wrong + missed


class DetectorRow(stock.KernelRow):
    """Passes when its boot fails for every reason that it should."""

    title = "detectors"
    long = True
    memory = "2G"
    long_limit = stock.LIMIT      # the long form has nothing more
    at_once = True
    append = own_kernel.APPEND
    system = own_kernel.SanitizerKernel
    on = own_kernel.TARGET
    script = "provoke.sh"       # of the defects: what loads them
    expected = EXPECTED

    def __init__(self, lab):
        super().__init__(lab, self.on, ("defects",), self.system(lab, self.on))
        self.name = self.title

    def prepare(self):
        self.extra = {"defects": Defects(self.lab, self.name, self.target, self.kernel).make(self.script)}
        return super().prepare()

    def run(self):
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        evidence = stock.boot(self.guest, self.name, "waymark.target", logs, 1, self.limit)
        failed = judge.judge(self.name, evidence, self.expectation())
        found = result.Result(self.name, kernel=failed.kernel, systemd=failed.systemd,
                              logs=os.path.relpath(logs, self.lab.tree))
        found.passed, wrong = judged(failed.failures, self.expected)
        return found.fail(*wrong)


class KcsanDetectorRow(DetectorRow):
    """The same for KCSAN; what else that kernel detects with is the other's."""

    title = "kcsan-detectors"
    append = own_kernel.KCSAN_APPEND
    system = own_kernel.KcsanKernel
    on = own_kernel.KCSAN_TARGET
    script = "race.sh"
    expected = (("data race", r"kernel log: .*KCSAN: data-race in broken_"),)


class Defects(build.Build):
    """The broken modules and the program that reads a broken reply."""

    def __init__(self, lab, row_name, target, system):
        super().__init__(lab, f"defects-{row_name}", target.suite)
        self.system = system
        self.row_name = row_name

    def make(self, script):
        """A folder with all of them and the script that loads them."""
        progress.step(self.row_name, "build the broken modules")
        kdir, binds = self.system.kdir()
        self.sync()
        folder = "/build/src/selftests/lab/guest/defects"
        super().make(["make", "-s", "-C", kdir, f"M={folder}", own_kernel.PATTERN, "modules"],
                     "broken modules", binds)
        super().make(["gcc", "-O2", "-Wall", "-I/build/src/selftests/lib", "-o", f"{folder}/reply",
                      f"{folder}/reply.c"], "reply")
        source = os.path.join(self.top, "src/selftests/lab/guest/defects")
        target = os.path.join(self.top, "defects")
        cache.remove(target)
        os.makedirs(target)
        for name in os.listdir(source):
            if name.endswith(".ko") or name in ("reply", script):
                shutil.copy(os.path.join(source, name), target)
        return target
