# SPDX-License-Identifier: GPL-2.0-only
"""The row that boots a target of the matrix with its stock kernel, or with another kernel."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lab import lengths
from lab.boot import qemu, session
from lab.host import cache, progress
from lab.judge import fuzz_findings, judge, measurements
from lab.judge.judge import Evidence
from lab.judge.result import Result
from lab.make import build, initramfs, matrix, payload, rootfs
from lab.make.build import Build
from lab.make.kernel import Kernel, StockKernel
from lab.rows import left_out
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

# An emulated guest on a busy machine needs minutes; a hang must not take hours. This is twice the
# limit of a program (`settings`), so that the programs after one that hangs still run.
LIMIT = int(os.environ.get("WAYMARK_ROW_LIMIT", "2400"))
# For the long forms, which have no limits in the guest: two hours of churn, a hundred thousand
# calls beside udev, as many renames, all modules of a kernel.
LONG_LIMIT = max(LIMIT, 8 * 3600)

# Last in the long form, each in a run of its own, in the order of the risk that it hangs: a crash
# of one must not hide the results of the others.
LAST = ("churn", "faults", "fuzz")


class KernelRow:
    """One target, booted once with all tests that it does not leave out."""

    memory = "1G"
    taint = 0               # bits beyond O, E and K that this kernel has without a fault
    append = ""             # more words for the kernel's command line
    limit = LIMIT           # seconds of the boot
    long_limit = LONG_LIMIT
    at_once = False         # emulated processors run at once rather than by turns
    short_minutes = 4
    long_minutes = 180      # two hours of them are churn
    long_only = False
    bench = False           # bring benchmarks along
    harness = True          # bring the kernel's test harness along

    def __init__(self, lab: Lab, target: matrix.Target, wanted: Wanted = Wanted(), *,
                 name: str = "", kernel: Kernel | None = None, whole: bool = False) -> None:
        """whole: bring all tests into the guest, also those that are not run."""
        self.lab = lab
        self.target = target
        self.name = name or target.name
        self.kernel: Kernel = kernel or StockKernel(lab, target)
        self.words = wanted.tests
        self.long = wanted.long     # run also what is left to check-long
        self.whole = whole
        # On this machine the kernel polls for hot-plug, and tests wait for it.
        slow = 2 if target.machine == "q35-slots" else 0
        self.minutes = self.long_minutes if self.long else self.short_minutes + slow
        self.tests: tuple[str, ...] = ()
        self.benchmarks: tuple[str, ...] = ()
        self.made: Build
        self.disks: qemu.Disks

    def extra(self) -> Mapping[str, str]:
        """Collections from elsewhere than selftests/: {name: folder of scripts}."""
        return {}

    def prepare(self) -> None:
        """Build and pack everything that the guest needs."""
        if self.long:
            self.limit = self.long_limit
        extra = self.extra()
        folders = [word for word in self.words if word.split(":")[0] not in extra]
        chosen = build.named(self.lab.tree, folders) if folders or not self.words else []
        # Parts that are not run need not be built.
        left: list[str] = []
        brief = not (self.words or self.long or self.whole)
        if brief:
            chosen, left = left_out.split(self.name, chosen, left_out.LONG)
        user = self.prepare_base(chosen)
        known = build.tests(user)
        for name, folder in extra.items():
            known += payload.scripts(name, folder)
        self.tests = self._choose(build.select(known, self.words), left if brief else None)
        self.limit += lengths.seconds(self.tests)
        self.pack(user, extra)

    def _choose(self, tests: list[str], left: list[str] | None) -> tuple[str, ...]:
        """Remove the tests that are left out. left: parts left to check-long so far, None: run all."""
        unfit: list[str] = []
        if not self.words:
            tests, unfit = left_out.split(self.name, tests, left_out.NEVER)
        if unfit:
            progress.step(self.name, f"left out, cannot pass on this kernel: {' '.join(unfit)}")
        if left is not None:
            tests, more = left_out.split(self.name, tests, left_out.LONG)
            left = left + more
        if left:
            progress.step(self.name, f"left to check-long: {' '.join(left)}")
        return tuple(tests)

    def groups(self) -> list[list[str]]:
        """The tests by runner: one run of kselftests takes folders in the order of their names."""
        last = [[test for test in self.tests if test.split(":")[0] == part]
                for part in (LAST if self.long else ())]
        first = [test for test in self.tests if not any(test in group for group in last)]
        return [group for group in (first, *last) if group]

    def prepare_base(self, chosen: Sequence[str] = ()) -> Build:
        """All but the payload; returns the build of the tools and the chosen selftests."""
        self.start()
        self.kernel.tree()
        rootfs.get(self.lab, self.target.suite)
        self.made = build.modules(self.lab, self.target, self.kernel)
        return build.userspace(self.lab, self.target.suite, list(chosen), self.bench, self.harness)

    def start(self) -> None:
        """
        Begin with the step that takes longest and does not need the laboratory's own chroot,
        for which all rows wait at first.
        """
        self.lab.builder(self.target.suite)

    def pack(self, user: Build, extra: Mapping[str, str] | None = None) -> None:
        """The payload, and with it all that is booted."""
        wanted = payload.Payload(self.name, self.target, self.kernel, self.groups(), self.benchmarks,
                                 extra or {})
        image = payload.get(self.lab, wanted, self.made, user)
        tree = self.kernel.tree()
        self.disks = qemu.Disks(os.path.join(tree, "vmlinuz"),
                                initramfs.get(self.lab, self.target, self.kernel),
                                rootfs.get(self.lab, self.target.suite),
                                os.path.join(tree, "modules.sqfs"), image)

    def guest(self, append: str, **options: Any) -> qemu.Guest:
        options.setdefault("memory", self.memory)
        options.setdefault("at_once", self.at_once or self.long)
        if self.long:
            append += " waymark.long"
        words = " ".join([self.append, append, *lengths.words()])
        return qemu.Guest(self.lab, self.disks, matrix.machine(self.target.machine), words, **options)

    def expectation(self) -> judge.Expectation:
        return judge.Expectation(self.kernel.release, self.target.systemd, self.tests, self.taint,
                                 self.kernel.detectors)

    def judge(self, evidence: Evidence) -> Result:
        """The Result of a boot, with the figures that tests print."""
        result = judge.judge(self.name, evidence, self.expectation())
        result.figures.update(measurements.of(evidence.report))
        result.figures.update(fuzz_findings.keep(self.lab.tree, self.lab.results, self.name, evidence,
                                                 result.kernel))
        for entry in result.figures.get("found", ()):
            progress.step(self.name, f"found: {entry['what']}: {entry['kept']}")
        return result

    def boot(self, unit: str = "waymark.target", limit: float | None = None) -> Evidence:
        """One boot into a unit; its logs replace those of the last one."""
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        return session.boot(self.guest, self.name, unit, logs, len(self.tests), limit or self.limit)

    def run(self) -> Result:
        """Boot, serve, judge."""
        start = time.monotonic()
        result = self.judge(self.boot())
        result.seconds = round(time.monotonic() - start, 1)
        result.logs = os.path.relpath(os.path.join(self.lab.results, self.name), self.lab.tree)
        return result


def rows(lab: Lab, wanted: Wanted) -> list[KernelRow]:
    """One a line of the matrix."""
    return [KernelRow(lab, target, wanted) for target in matrix.targets()]
