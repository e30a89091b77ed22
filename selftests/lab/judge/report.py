# SPDX-License-Identifier: GPL-2.0-only
"""build/results/check.json (long.json) and the last lines that a person reads."""

from __future__ import annotations

import os
from collections.abc import Sequence

from lab.host import progress
from lab.judge import benchmarks, known_bugs, result
from lab.judge.result import Result

WARM, COLD = "check.warm_seconds", "check.cold_seconds"
LIMITS = {WARM: 20 * 60, COLD: 45 * 60}     # seconds


def write(tree: str, results: str, found: Sequence[Result], cold: bool, long: bool = False) -> None:
    """cold: something had to be made that the cache lacked."""
    more = {"findings": known_bugs.entries(tree)} if long else {}
    result.write(os.path.join(results, "long.json" if long else "check.json"), found,
                 seconds=round(progress.elapsed(), 1), cold=cold, **more)


def kind(made: Sequence[str]) -> str | None:
    """Of a whole run: its caches had everything (WARM) or were empty (COLD); None: in between."""
    if not made:
        return WARM
    return COLD if "chroot-lab" in made else None


def seconds(results: str, made: Sequence[str], took: float) -> str:
    """Record how long a whole run took; a line for the report when that was too long."""
    name = kind(made)
    if not name:
        return ""
    limit = LIMITS[name]
    benchmarks.record(results, [benchmarks.figure(name, "all", round(took, 1), "s",
                                                  "the limit on two cores", limit)])
    if took <= limit:
        return ""
    caches = "everything" if name == WARM else "nothing"
    return (f"slow: {took / 60:.0f} min, the limit on two cores is {limit // 60} min "
            f"for a run that found {caches} in its cache")


def show(results: Sequence[Result], slow: str = "") -> None:
    """A table of the rows, every failure, and the line that ends it."""
    print()
    print(f"{'row':<18} {'kernel':<26} {'systemd':<8} {'passed':>6} {'failed':>6} {'skipped':>7} {'s':>6}")
    for row in results:
        print(f"{row.row:<18} {row.kernel:<26} {row.systemd:<8} {row.passed:>6} {row.failed:>6} "
              f"{row.skipped:>7} {row.seconds:>6.0f}")
    for row in results:
        for line in row.skips:
            print(f"skipped {row.row}: {line}")
    for row in results:
        for line in row.failures:
            print(f"FAILED {row.row}: {line}")
        if row.failures and row.logs:
            print(f"       logs: {row.logs}")
    passed = sum(row.passed for row in results)
    skipped = sum(row.skipped for row in results)
    failed = sum(row.failed or (0 if row.good else 1) for row in results)
    # Not a failure: it depends on the machine and on its other load.
    print(f"\n{slow}" if slow else "", end="")
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
