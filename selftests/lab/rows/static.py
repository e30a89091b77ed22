# SPDX-License-Identifier: GPL-2.0-only
"""The static gates as one row of "make check": a point is a gate."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from lab import gates
from lab.host import command, progress
from lab.judge import result
from lab.make import source


class LabWorkshop(gates.Workshop):
    """The build chroot of trixie, which holds the checkers: read-only but for
    /build, where the copies are, with the kernel source on /ksft."""

    def __init__(self, lab):
        super().__init__("/", "/ksft", folder="/build",
                         results=Path(lab.results))
        self.chroot = lab.builder("trixie")
        self.work = lab.workspace("static")
        self.source = source.whole(lab)
        self.binds = [(self.work, "/build"), (self.source, "/ksft", "ro")]

    def kernel_id(self):
        # What it is made of, with the distribution's own revision.
        return os.path.basename(self.source)

    def outside(self, path):
        path = str(path)
        for outer, inner, *_ in self.binds:
            if path == inner or path.startswith(inner + "/"):
                return Path(outer + path[len(inner):])
        return Path(self.chroot.path + path)

    def inside(self, path):
        path = str(path)
        for outer, inner, *_ in self.binds:
            if path.startswith(outer + "/"):
                return inner + path[len(outer):]
        return path.removeprefix(self.chroot.path)

    def run(self, argv, cwd="/", env=None, timeout=900):
        child = subprocess.Popen(self.chroot.argv(argv, self.binds, cwd, env), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                 errors="replace", env=command.environment(), start_new_session=True)
        command.live.add(child)
        command.rank(child)
        try:
            out, err = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as late:
            raise gates.ToolError(f"{argv[0]}: not done after {timeout} s") from late
        finally:
            command.kill(child)
        return subprocess.CompletedProcess(argv, child.returncode, out, err)


class StaticRow:
    name = "static"
    minutes = 1
    long_minutes = 25
    everything = False      # also the gates that take long

    def __init__(self, lab):
        self.lab = lab
        self.shop = None

    def prepare(self):
        self.shop = LabWorkshop(self.lab)
        # What is keyed by content is only right for these very tools.
        self.cache = gates.Cache(os.path.join(self.shop.work, "clean",
                                              os.path.basename(os.path.dirname(self.shop.chroot.path))))
        return self

    def run(self):
        start = time.monotonic()
        found = result.Result(self.name, logs="build/results/static.json")
        shutil.rmtree(self.shop.results / "static", ignore_errors=True)
        chosen = [gate for gate in gates.GATES if self.everything or not gate.long]
        left = [gate.name for gate in gates.GATES if gate not in chosen]
        if left:
            progress.step(self.name, f"left to check-long: {' '.join(left)}")
        reports = gates.run_gates(chosen, gates.Tree(self.lab.tree), self.shop, self.cache,
                                  os.cpu_count() or 1, self.show)
        for report in reports:
            if report.passed:
                found.passed += 1
            found.fail(*(f"{report.name}: {finding}" for finding in report.findings))
            found.figures.update(report.figures)
        content = [{"gate": r.name, "checked": r.checked, "unchanged": r.cached,
                    "seconds": round(r.seconds, 1), "findings": [str(f) for f in r.findings],
                    "figures": r.figures}
                   for r in reports]
        with open(os.path.join(self.lab.results, "static.json"), "w", encoding="utf-8") as out:
            json.dump({"gates": content}, out, indent=2)
            out.write("\n")
        found.seconds = round(time.monotonic() - start, 1)
        return found

    def show(self, report):
        progress.step(self.name, f"{report.name}: {report.checked} checked, {report.cached} of them "
                      f"unchanged, {len(report.findings)} findings{report.counted()}, "
                      f"{report.seconds:.0f} s")


def rows(lab, tests):
    # TESTS selects tests of guests; there is none here
    return [] if tests else [StaticRow(lab)]
