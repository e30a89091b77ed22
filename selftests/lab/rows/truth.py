# SPDX-License-Identifier: GPL-2.0-only
"""
symidx check beside the kernel's finit_module(), for damaged modules of each stock kernel
(selftests/symidx/truth.py). Its guest is a kernel with one program and no suite, so it needs
nothing of a target but the kernel, and runs the tools that are built for one suite. A row takes
minutes; make check has no room for it.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from lab import lengths
from lab.boot import accel
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import tap
from lab.judge.result import Result
from lab.make import build, matrix
from lab.make.chroot import Bind
from lab.make.kernel import StockKernel
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

# That of the chroot with QEMU, where the tools run as well.
SUITE = "trixie"
LIMIT = 3600
LIBRARIES = {"LD_LIBRARY_PATH": "/build/stage/usr/lib/x86_64-linux-gnu"}
SUMMARY = re.compile(r"# \d+ of \d+ bases, seed \d+, \d+ boots: (?P<counts>.*)")
# What is counted may have a comma in its name.
COUNTED = re.compile(r"(\d+) (.+?)(?=, \d|$)")


def judged(name: str, lines: list[str]) -> Result:
    """The Result of what truth.py printed, with its counts as figures."""
    found = Result(name)
    document = tap.Document(name)
    for line in lines:
        summary = SUMMARY.match(line)
        if summary:
            found.figures.update({what: int(count) for count, what in COUNTED.findall(summary["counts"])})
        document.line(line.rstrip("\n"))
    document.finish()
    found.passed = len(document.titles(tap.PASSED))
    found.fail(*(f"{point.title}{point.why()}" for point in document.points
                 if point.state == tap.FAILED), *document.problems)
    return found


class Truth:
    """One kernel."""

    long_only = True
    minutes = 12

    def __init__(self, lab: Lab, target: matrix.Target) -> None:
        self.lab = lab
        self.target = target
        self.name = f"truth-{target.name}"
        self.kernel = StockKernel(lab, target)
        self.count = lengths.damaged()
        self.work = ""
        self.binds: list[Bind] = []

    def prepare(self) -> None:
        """The tools, the guest's program, and the index of the kernel without modules of ours."""
        user = build.userspace(self.lab, SUITE, harness=False, chosen=[])
        headers = os.path.dirname(self.kernel.symvers(self.lab.builder(self.target.suite)))
        self.work = self.lab.workspace(self.name)
        self.binds = [(self.work, "/build"), (self.lab.tree, "/src", "ro"),
                      (self.kernel.tree(), "/cache", "ro")]
        log = self.lab.log(self.name)
        self.lab.builder(SUITE).run(
            ["gcc", "-O2", "-static", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE=",
             "-o", "/build/ask_loader", "/src/selftests/symidx/ask_loader.c"],
            f"{self.name}: the guest's program", log, binds=self.binds)
        os.makedirs(os.path.join(self.work, "stage"), exist_ok=True)
        self.binds += [(user.staged(), "/build/stage", "ro"), (headers, "/out", "ro")]
        self.lab.tools().run(
            ["/build/stage/usr/bin/symidx", "build", "--root", "/cache/root", "--kernel",
             self.kernel.release, "--image", "/cache/vmlinuz", "--config", "/out/.config",
             "-o", "/build/index"],
            f"{self.name}: index of {self.kernel.release}", log, binds=self.binds,
            env=LIBRARIES)

    def run(self) -> Result:
        start = time.monotonic()
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        os.makedirs(logs)
        path = os.path.join(logs, "tap")
        vmlinuz = os.path.join(self.kernel.tree(), "vmlinuz")
        qemu = " ".join(["qemu-system-x86_64", *accel.get(self.lab, vmlinuz)])
        failed = ""
        try:
            self.lab.tools().run(
                ["python3", "/src/selftests/symidx/truth.py", "--vmlinuz", "/cache/vmlinuz",
                 "--modules", f"/cache/root/usr/lib/modules/{self.kernel.release}", "--index",
                 "/build/index", "--symidx", "/build/stage/usr/bin/symidx", "--program",
                 "/build/ask_loader", "--qemu", qemu, "--count", self.count],
                f"{self.name}: {self.count} damaged modules", path, binds=self.binds, timeout=LIMIT,
                env=LIBRARIES)
        except LabError as error:
            failed = str(error)
        with open(path, encoding="utf-8", errors="replace") as lines:
            # The first is the command.
            found = judged(self.name, lines.readlines()[1:])
        if failed and not found.failures:
            found.fail(failed)
        found.kernel = self.kernel.release
        found.seconds = round(time.monotonic() - start, 1)
        found.logs = os.path.relpath(logs, self.lab.tree)
        progress.step(self.name, ", ".join(f"{count} {what}" for what, count in found.figures.items()))
        return found


def rows(lab: Lab, wanted: Wanted) -> list[Truth]:
    """One a line of the matrix; TESTS selects tests of guests, of which there are none here."""
    return [] if wanted.tests else [Truth(lab, target) for target in matrix.targets()]
