# SPDX-License-Identifier: GPL-2.0-only
"""Reads the JSON reports of gcov: which lines of our files were reached, and how often."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from lab.host.error import LabError


# {file: {line: count}}
Lines = dict[str, dict[int, int]]
Summary = dict[str, Any]


def add(lines: Lines, report: dict[str, Any], top: str, ours: Callable[[str], bool]) -> None:
    """Add one report to lines; only files below top for which ours(name) is true."""
    for entry in report["files"]:
        # headers are named with ".." in them
        name = os.path.normpath(entry["file"]).removeprefix(top)
        if not ours(name) or not entry["lines"]:
            continue
        here = lines.setdefault(name, {})
        for line in entry["lines"]:
            number = line["line_number"]
            here[number] = here.get(number, 0) + line["count"]


def read(text: Iterable[str], top: str, ours: Callable[[str], bool]) -> Lines:
    """{file: {line: count}} of reports, one a line."""
    lines: Lines = {}
    try:
        for report in text:
            if report.strip():
                add(lines, json.loads(report), top, ours)
    except (ValueError, KeyError) as error:
        raise LabError(f"coverage: not a report of gcov: {error!r}") from error
    if not lines:
        raise LabError("coverage: gcov reported no line of ours")
    return lines


def ranges(numbers: Iterable[int]) -> str:
    """[3, 4, 5, 9] as "3-5 9"."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in parts)


def summary(lines: Lines) -> Summary:
    """The totals, and the lines of each file that were not reached."""
    files: dict[str, dict[str, Any]] = {}
    for name, counts in sorted(lines.items()):
        missed = [number for number, count in counts.items() if not count]
        files[name] = {"lines": len(counts), "reached": len(counts) - len(missed),
                       "not_reached": ranges(missed)}
    total = sum(entry["lines"] for entry in files.values())
    reached = sum(entry["reached"] for entry in files.values())
    return {"lines": total, "reached": reached,
            "percent": round(100 * reached / total, 1) if total else 0.0, "files": files}
