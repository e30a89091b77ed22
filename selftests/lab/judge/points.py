# SPDX-License-Identifier: GPL-2.0-only
"""
How many points each test has, from what the last runs left in build/results: two runs can
be compared, and a test that was lost is seen.
"""

from __future__ import annotations

import glob
import os

from lab.judge import tap


def of(results: str) -> dict[tuple[str, str], int]:
    """{(row, part:test): points} of every report below a folder of results."""
    found: dict[tuple[str, str], int] = {}
    for path in sorted(glob.glob(os.path.join(results, "**", "tap"), recursive=True)):
        row = os.path.relpath(os.path.dirname(path), results)
        with open(path, errors="replace") as text:
            report = tap.parse(text.read())
        for doc in report.programs:
            found[row, doc.name] = found.get((row, doc.name), 0) + len(doc.points)
    return found


def lines(results: str) -> list[str]:
    """A line for each test and row; the last line is the sum."""
    found = of(results)
    width = max((len(test) for _, test in found), default=0)
    table = [f"{test:<{width}}  {row:<24} {count:>5}"
             for (row, test), count in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))]
    return [*table, f"{sum(found.values())} points in {len(found)} runs of {len({t for _, t in found})} tests"]
