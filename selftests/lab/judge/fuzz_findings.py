# SPDX-License-Identifier: GPL-2.0-only
"""
The findings of the fuzzer. Each is a file in build/results/findings/ROW/, which the next run
does not remove. The format of the guest's line is described in selftests/fuzz/replay.hpp.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from lab.judge import kernellog, measurements, tap
from lab.judge.judge import Evidence

FINDING = re.compile(r"# finding: ((?:\w+=\S+ )+)what=(.*)$")
PHASES = 3
# Of the kernel's log, from its first report on.
LINES = 400

Finding = dict[str, Any]


def read(report: tap.Report) -> list[Finding]:
    """One finding per seed and phase. A phase in which the guest ended is a finding, too."""
    found: dict[tuple[int, int], Finding] = {}
    last: Finding | None = None
    seed, phases, operations = -1, 0, 0
    for line in report.lines(measurements.FUZZ) or []:
        begun, finding = measurements.SEED.match(line), FINDING.match(line)
        replay = measurements.REPLAY.match(line)
        if begun:
            seed, operations, phases = int(begun[1]), int(begun[2]), 0
        elif measurements.PHASE.match(line):
            phases += 1
        elif finding:
            entry = _entry(finding)
            place = entry["seed"], entry["phase"]
            last = found[place] = {**found.get(place, {}), **entry}
        elif replay and last:
            last["replay"] = replay[1]
    ended = any(doc.closed for doc in report.of(measurements.FUZZ))
    if seed >= 0 and phases < PHASES and not ended and (seed, phases + 1) not in found:
        found[seed, phases + 1] = _cut_off(seed, phases + 1, operations)
    return list(found.values())


def _entry(finding: re.Match[str]) -> Finding:
    entry = dict(word.split("=", 1) for word in finding[1].split())
    return {**{name: int(text) if text.isdigit() else text for name, text in entry.items()},
            "what": finding[2]}


def _cut_off(seed: int, phase: int, operations: int) -> Finding:
    return {"seed": seed, "phase": phase, "thread": "any", "from": 0, "operations": operations,
            "minimised": "unknown", "what": "the guest, or its time, ended in it",
            "replay": f"fuzz --phase {phase} --seed {seed} --operations {operations}"}


def reports(log: str) -> list[str]:
    """The kernel's log from its first report on."""
    lines, bad = log.splitlines(), kernellog.bad_lines(log)
    if not bad:
        return []
    first = next(number for number, line in enumerate(lines) if line.strip() == bad[0])
    return lines[first:first + LINES]


def keep(tree: str, results: str, row: str, evidence: Evidence, kernel: str) -> dict[str, list[Finding]]:
    """Write each finding to a file; returns the figures for the report."""
    found = read(evidence.report)
    log = reports(evidence.dmesg) or reports(evidence.console)
    folder = os.path.join(results, "findings", row)
    for entry in found:
        path = os.path.join(folder, f"seed-{entry['seed']}-phase-{entry['phase']}.json")
        os.makedirs(folder, exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"row": row, "kernel": kernel, **entry, "log": log}, out, indent=2)
            out.write("\n")
        entry["kept"] = os.path.relpath(path, tree)
    return {"found": found} if found else {}
