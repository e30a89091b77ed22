# SPDX-License-Identifier: GPL-2.0-only
"""The bugs that tests and reviews found (Documentation/findings.md), with their fixes."""

from __future__ import annotations

import os
import subprocess

FILE = "Documentation/findings.md"
COLUMNS = ("what", "found_by", "fixed_by")


def entries(tree: str) -> list[dict[str, str]]:
    """[{what, found_by, fixed_by, hash}] of the file; hash is empty where git does not know it."""
    hashes = subjects(tree)
    found = []
    with open(os.path.join(tree, FILE), encoding="utf-8") as lines:
        for line in lines:
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if line.startswith("| ") and len(cells) == len(COLUMNS) and cells[0] not in ("what", "---"):
                entry = dict(zip(COLUMNS, cells))
                found.append({**entry, "hash": hashes.get(entry["fixed_by"], "")})
    return found


def subjects(tree: str) -> dict[str, str]:
    """{subject: short hash} of what git knows in this tree; the oldest of its name."""
    try:
        log = subprocess.run(["git", "-c", "safe.directory=*", "-C", tree, "log", "--format=%h %s"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return {}
    pairs = [line.split(" ", 1) for line in log.stdout.splitlines() if " " in line]
    return {subject: short for short, subject in pairs}
