# SPDX-License-Identifier: GPL-2.0-only
"""The static gates as one row of "make check": a point is a gate."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lab import gates
from lab.host import command, progress
from lab.judge import result
from lab.make import source
from lab.make.chroot import Bind
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab


class LabWorkshop(gates.Workshop):
    """The build chroot of trixie, which holds the checkers: read-only but for
    /build, where the copies are, with the kernel source on /ksft."""

    def __init__(self, lab: Lab, results: Path) -> None:
        super().__init__("/", "/ksft", folder="/build", results=results)
        self.chroot = lab.builder("trixie")
        self.work = lab.workspace("static")
        self.source = source.whole(lab)
        self.binds: list[Bind] = [(self.work, "/build"), (self.source, "/ksft", "ro")]

    def kernel_id(self) -> str:
        # The name of the cache entry contains the checksums of the package.
        return os.path.basename(self.source)

    def outside(self, path: str | Path) -> Path:
        path = str(path)
        for outer, inner, *_ in self.binds:
            if path == inner or path.startswith(inner + "/"):
                return Path(outer + path[len(inner):])
        return Path(self.chroot.path + path)

    def inside(self, path: str | Path) -> str:
        path = str(path)
        for outer, inner, *_ in self.binds:
            if path.startswith(outer + "/"):
                return inner + path[len(outer):]
        return path.removeprefix(self.chroot.path)

    def run(self, argv: Sequence[object], cwd: str = "/", env: Mapping[str, str] | None = None,
            timeout: float = gates.PATIENCE) -> subprocess.CompletedProcess[str]:
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
        return subprocess.CompletedProcess([str(word) for word in argv], child.returncode, out, err)


class StaticRow:
    name = "static"
    long_only = False

    def __init__(self, lab: Lab, long: bool) -> None:
        """long: also the gates that take long."""
        self.lab = lab
        self.long = long
        self.minutes = 25 if long else 1
        self.results = Path(lab.results)
        self.shop: LabWorkshop
        self.cache: gates.Cache

    def prepare(self) -> None:
        self.shop = LabWorkshop(self.lab, self.results)
        # Clean results are valid only for the same versions of the tools.
        self.cache = gates.Cache(os.path.join(self.shop.work, "clean",
                                              os.path.basename(os.path.dirname(self.shop.chroot.path))))

    def run(self) -> result.Result:
        start = time.monotonic()
        found = result.Result(self.name, logs="build/results/static.json")
        shutil.rmtree(self.results / "static", ignore_errors=True)
        chosen = [gate for gate in gates.GATES if self.long or not gate.long]
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
        result.write_json(str(self.results / "static.json"), {"gates": [
            {"gate": r.name, "checked": r.checked, "unchanged": r.cached,
             "seconds": round(r.seconds, 1), "findings": [str(f) for f in r.findings],
             "figures": r.figures} for r in reports]})
        found.seconds = round(time.monotonic() - start, 1)
        return found

    def show(self, report: gates.Report) -> None:
        progress.step(self.name, f"{report.name}: {report.checked} checked, {report.cached} of them "
                      f"unchanged, {len(report.findings)} findings{report.counted()}, "
                      f"{report.seconds:.0f} s")


def rows(lab: Lab, wanted: Wanted) -> list[StaticRow]:
    """TESTS selects tests of guests; there is none here."""
    return [] if wanted.tests else [StaticRow(lab, wanted.long)]
