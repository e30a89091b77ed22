# SPDX-License-Identifier: GPL-2.0-only
"""Runs the static gates by hand; "make check" runs them as a row.

In selftests/: python3 -m lab.gates --workshop DIR --kernel-source PATH [GATE...]"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lab.gates import GATES, Cache, Report, Tree, Workshop, run_gates
from lab.make import matrix


def show(report: Report) -> None:
    state = "ok  " if report.passed else "FAIL"
    cached = f", {report.cached} unchanged" if report.cached else ""
    print(f"{state} {report.name:<12} {report.checked:>4} checked{cached}, "
          f"{len(report.findings)} findings{report.counted()}, {report.seconds:.1f} s", flush=True)
    for finding in report.findings:
        print(f"     {finding}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab.gates", description="static gates")
    parser.add_argument("gates", nargs="*", metavar="GATE")
    parser.add_argument("--workshop", default="/", help="root file system that has the tools")
    parser.add_argument("--kernel-source", required=True, help="kernel tree, inside the workshop")
    parser.add_argument("--tree", default=Path(matrix.HERE).parent.parent, type=Path)
    parser.add_argument("--cache", default=None, type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the reports there")
    options = parser.parse_args()
    known = {gate.name: gate for gate in GATES}
    unknown = [name for name in options.gates if name not in known]
    if unknown:
        parser.error(f"unknown gate {unknown[0]}; there are: {' '.join(known)}")
    gates = [known[name] for name in options.gates] or list(GATES)
    tree = Tree(options.tree)
    cache = Cache(options.cache or tree.root / "build" / "static")
    shop = Workshop(options.workshop, options.kernel_source,
                    results=tree.root / "build" / "results")
    reports = run_gates(gates, tree, shop, cache, options.jobs, show)
    if options.json:
        options.json.write_text(json.dumps([
            {"name": r.name, "checked": r.checked, "cached": r.cached, "seconds": r.seconds,
             "figures": r.figures, "findings": [str(f) for f in r.findings]}
            for r in reports], indent=1) + "\n",
            encoding="utf-8")
    bad = sum(not r.passed for r in reports)
    print(f"{len(reports) - bad} passed, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
