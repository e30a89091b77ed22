# SPDX-License-Identifier: GPL-2.0-only
"""
What the fuzzer found, kept beyond the next run: build/results/findings/ROW/, a file each.
selftests/fuzz/replay.hpp has the line that the guest says it with.
"""

import json
import os
import re

from lab.judge import figures, kernellog

FINDING = re.compile(r"# finding: ((?:\w+=\S+ )+)what=(.*)$")
ENDED = re.compile(r"^(not )?ok \d+ selftests: fuzz: fuzz\b", re.MULTILINE)
# Of the kernel's log, from its first report on.
LINES = 400


def read(tap):
    """[finding], one a seed and phase; of a guest that ended in a phase, that phase."""
    found, last = {}, None
    seed, phases, operations = None, 0, 0
    for line in figures.said(tap, figures.FUZZ) or []:
        begun, finding = figures.SEED.match(line), FINDING.match(line)
        replay = figures.REPLAY.match(line)
        if begun:
            seed, operations, phases = int(begun[1]), int(begun[2]), 0
        elif figures.PHASE.match(line):
            phases += 1
        elif finding:
            last = _entry(finding)
            place = last["seed"], last["phase"]
            last = found[place] = {**found.get(place, {}), **last}
        elif replay and last:
            last["replay"] = replay[1]
    if seed is not None and phases < 3 and not ENDED.search(tap) and (seed, phases + 1) not in found:
        found[seed, phases + 1] = {
            "seed": seed, "phase": phases + 1, "thread": "any", "from": 0, "operations": operations,
            "minimised": "unknown", "what": "the guest, or its time, ended in it",
            "replay": f"fuzz --phase {phases + 1} --seed {seed} --operations {operations}"}
    return list(found.values())


def _entry(finding):
    entry = dict(word.split("=", 1) for word in finding[1].split())
    return {**{name: int(text) if text.isdigit() else text for name, text in entry.items()},
            "what": finding[2]}


def reports(log):
    """The kernel's log from its first report on."""
    lines, bad = log.splitlines(), kernellog.bad_lines(log)
    if not bad:
        return []
    first = next(number for number, line in enumerate(lines) if line.strip() == bad[0])
    return lines[first:first + LINES]


def keep(lab, row, evidence, kernel):
    """Write each finding down; what the report has of them."""
    found = read(evidence.tap)
    log = reports(evidence.dmesg) or reports(evidence.console)
    folder = os.path.join(lab.results, "findings", row)
    for entry in found:
        path = os.path.join(folder, f"seed-{entry['seed']}-phase-{entry['phase']}.json")
        os.makedirs(folder, exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"row": row, "kernel": kernel, **entry, "log": log}, out, indent=2)
            out.write("\n")
        entry["kept"] = os.path.relpath(path, lab.tree)
    return {"found": found} if found else {}
