# SPDX-License-Identifier: GPL-2.0-only
"""
Rows on a kernel of our own: all kselftests and KUnit suites under every
detector, and the proof that each detector can fail a row.
"""

import json
import os

from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import coverage, figures, gcov, tree_index
from lab.make import kunit, own_kernel
from lab.rows import detectors, stock

# An hour of fuzzing, two of loads, and every allocation failed in turn, emulated and watched.
LONG_LIMIT = 12 * 3600


class OwnKernelRow(stock.KernelRow):
    """On a kernel of our own, with detectors that take time."""

    append = own_kernel.APPEND
    limit = 3 * stock.LIMIT
    long_limit = LONG_LIMIT
    # KUnit taints the kernel (N): the suites are tests
    taint = 1 << 18

    def prepare(self):
        if not self.everything and not self.words:
            self.append = f"{self.append} {own_kernel.BRIEF}"
        return super().prepare()

    def start(self):
        self.kernel.tree()

    def judge(self, evidence):
        """The fuzzer has to say what it reached where the kernel can tell."""
        result = super().judge(evidence)
        if self.kernel.wanted.get("CONFIG_KCOV") == "y":
            result.fail(*filter(None, [figures.blind(evidence.tap)]))
        return result


class SanitizerRow(OwnKernelRow):
    """Everything that the other rows run, watched."""

    memory = "2G"
    # What is about udev, programs and whole kernels is proved by the other rows,
    # and all that it runs is watched here, too: minutes each.
    long_tests = ("netdevname", "install", "symidx", "symbol_index:adopt.sh", "netdev_naming:lifetime.sh",
                  "netdev_naming:renames.sh", "flexarray")
    # They want the hundreds of modules of a distribution's kernel.
    never = ("symidx:check.sh", "symidx:all_modules.py")

    def __init__(self, lab, tests=()):
        super().__init__(lab, own_kernel.TARGET, tests, own_kernel.SanitizerKernel(lab, own_kernel.TARGET))
        self.minutes = 9
        self.long_minutes = 240

    def prepare(self):
        folder = self.lab.workspace("kunit")
        cache.remove(folder)
        kunit.folder(self.lab.tree, folder)
        self.extra = {"kunit": folder}
        return super().prepare()

    def run(self):
        """As every row, how many lines of the modules all of it reached, and the tree's index."""
        result = super().run()
        self._tree(result)
        logs = os.path.join(self.lab.results, self.name)
        try:
            result.figures.update(self._coverage(os.path.join(logs, "gcov")))
        except LabError as error:
            result.fail(str(error))
        return result

    def _tree(self, result):
        """The only row whose kernel has a build tree; one point."""
        try:
            said = tree_index.compare(self.kernel, self.made, self.lab.log("tree-index"))
        except LabError as error:
            result.fail(str(error))
        else:
            result.passed += 1
            progress.step(self.name, said)

    def _coverage(self, port):
        found = gcov.summary(coverage.measure(self.made, port, self.lab.log("coverage")))
        with open(os.path.join(self.lab.results, "coverage.json"), "w", encoding="utf-8") as out:
            json.dump(found, out, indent=2)
            out.write("\n")
        progress.step(self.name, f"lines of modules reached: {found['percent']} % "
                      f"({found['reached']} of {found['lines']}); "
                      "those that were not are in build/results/coverage.json")
        return {"lines": found["lines"], "lines_reached": found["reached"]}


class KcsanRow(OwnKernelRow):
    """What does several things at a time, on the kernel that sees data races."""

    long = True
    memory = "2G"
    append = own_kernel.KCSAN_APPEND
    # The detector sees a race only where there is one.
    at_once = True
    limit = 6 * stock.LIMIT
    concurrent = ("flex_array:race_test", "flex_array:model_test", "netdev_naming:control",
                  "netdev_naming:events", "netdev_naming:netns", "netdev_naming:renames.sh",
                  "symbol_index:uapi", "symbol_index:snapshot", "symbol_index:loader", "churn:churn",
                  "fuzz:fuzz")

    def __init__(self, lab, tests=()):
        super().__init__(lab, own_kernel.KCSAN_TARGET, tests or self.concurrent,
                         own_kernel.KcsanKernel(lab, own_kernel.KCSAN_TARGET))
        self.minutes = 120
        self.long_minutes = 240


def rows(lab, tests):
    found = [SanitizerRow(lab, tests), KcsanRow(lab, tests)]
    if not tests:
        found += [detectors.DetectorRow(lab), detectors.KcsanDetectorRow(lab)]
    return found
