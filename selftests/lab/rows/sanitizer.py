# SPDX-License-Identifier: GPL-2.0-only
"""
Rows on a kernel of our own: all kselftests and KUnit suites under every
detector, and what does several things at a time under KCSAN.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import coverage, gcov, measurements, tree_index
from lab.judge.judge import Evidence
from lab.judge.result import Result, write_json
from lab.make import kunit, own_kernel
from lab.rows import detectors, stock
from lab.rows.row import Row, Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

# An hour of fuzzing, two hours of churn, and a failure of every allocation, under detectors.
LONG_LIMIT = 12 * 3600


class OwnKernelRow(stock.KernelRow):
    """A row on a kernel of our own, whose detectors make everything slower."""

    memory = "2G"
    append = own_kernel.APPEND
    limit = 3 * stock.LIMIT
    long_limit = LONG_LIMIT
    long_minutes = 240
    # KUnit taints the kernel (N): the suites are tests
    taint = 1 << 18

    def __init__(self, lab: Lab, kernel: own_kernel.SanitizerKernel, wanted: Wanted) -> None:
        super().__init__(lab, kernel.target, wanted, kernel=kernel)
        self.own = kernel

    def prepare(self) -> None:
        if not self.long and not self.words:
            self.append = f"{self.append} {own_kernel.BRIEF}"
        super().prepare()

    def start(self) -> None:
        self.kernel.tree()

    def judge(self, evidence: Evidence) -> Result:
        """On a kernel with KCOV, the fuzzer has to print its coverage."""
        result = super().judge(evidence)
        if self.own.wanted.get("CONFIG_KCOV") == "y":
            result.fail(*filter(None, [measurements.blind(evidence.report)]))
        return result


class SanitizerRow(OwnKernelRow):
    """All tests of the other rows and the KUnit suites, under detectors."""

    short_minutes = 9

    def __init__(self, lab: Lab, wanted: Wanted) -> None:
        super().__init__(lab, own_kernel.SanitizerKernel(lab, own_kernel.TARGET), wanted)

    def extra(self) -> Mapping[str, str]:
        folder = self.lab.workspace("kunit")
        cache.remove(folder)
        kunit.folder(self.lab.tree, folder)
        return {"kunit": folder}

    def run(self) -> Result:
        """Like every row; then the coverage of the modules, and the index of the build tree."""
        result = super().run()
        self._tree(result)
        logs = os.path.join(self.lab.results, self.name)
        try:
            result.figures.update(self._coverage(os.path.join(logs, "gcov")))
        except LabError as error:
            result.fail(str(error))
        return result

    def _tree(self, result: Result) -> None:
        """The only row whose kernel has a build tree; one point."""
        try:
            said = tree_index.compare(self.kernel, self.made, self.lab.log("tree-index"))
        except LabError as error:
            result.fail(str(error))
        else:
            result.passed += 1
            progress.step(self.name, said)

    def _coverage(self, port: str) -> dict[str, int]:
        found = gcov.summary(coverage.measure(self.made, port, self.lab.log("coverage")))
        write_json(os.path.join(self.lab.results, "coverage.json"), found)
        progress.step(self.name, f"lines of modules reached: {found['percent']} % "
                      f"({found['reached']} of {found['lines']}); "
                      "those that were not are in build/results/coverage.json")
        return {"lines": found["lines"], "lines_reached": found["reached"]}


class KcsanRow(OwnKernelRow):
    """The tests that do several things at a time, on the kernel with KCSAN."""

    long_only = True
    append = own_kernel.KCSAN_APPEND
    # KCSAN sees a race only if both accesses happen at the same time.
    at_once = True
    limit = 6 * stock.LIMIT
    short_minutes = 120
    concurrent = ("flex_array:race_test", "flex_array:model_test", "netdev_naming:control",
                  "netdev_naming:events", "netdev_naming:netns", "netdev_naming:renames.sh",
                  "symbol_index:uapi", "symbol_index:snapshot", "symbol_index:loader", "churn:churn",
                  "fuzz:fuzz")

    def __init__(self, lab: Lab, wanted: Wanted) -> None:
        super().__init__(lab, own_kernel.KcsanKernel(lab, own_kernel.KCSAN_TARGET),
                         Wanted(wanted.tests or self.concurrent, wanted.long))


def rows(lab: Lab, wanted: Wanted) -> list[Row]:
    found: list[Row] = [SanitizerRow(lab, wanted), KcsanRow(lab, wanted)]
    if not wanted.tests:
        found += [detectors.DetectorRow(lab, wanted), detectors.KcsanDetectorRow(lab, wanted)]
    return found
