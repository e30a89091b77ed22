# SPDX-License-Identifier: GPL-2.0-only
"""build/results/check.json (long.json) and the last lines that a person reads."""

import os

from lab import bench
from lab.host import progress
from lab.judge import findings, result


def write(lab, results, long=False):
    result.write(os.path.join(lab.results, "long.json" if long else "check.json"), results,
                 seconds=round(progress.elapsed(), 1), cold=bool(lab.cache.made),
                 **({"findings": findings.entries(lab.tree)} if long else {}))


def kind(lab):
    """(name, limit in seconds) of a whole run whose caches were empty or had everything, or None."""
    if not lab.cache.made:
        return "check.warm_seconds", 20 * 60
    return ("check.cold_seconds", 45 * 60) if "chroot-lab" in lab.cache.made else None


def seconds(lab, took):
    """Record how long a whole run took; a line for the report when that was too long."""
    if not kind(lab):
        return ""
    name, limit = kind(lab)
    bench.record(lab, [bench.figure(name, "all", round(took, 1), "s", "the limit on two cores", limit)])
    if took <= limit:
        return ""
    caches = "everything" if name == "check.warm_seconds" else "nothing"
    return (f"slow: {took / 60:.0f} min, the limit on two cores is {limit // 60} min "
            f"for a run that found {caches} in its cache")


def show(results, slow=""):
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
    passed, failed, skipped = (sum(getattr(row, name) for row in results)
                               for name in ("passed", "failed", "skipped"))
    failed += sum(1 for row in results if not row.good and not row.failed)
    # No failure: it is this machine's, or what else it did.
    print(f"\n{slow}" if slow else "", end="")
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
