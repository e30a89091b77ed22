# SPDX-License-Identifier: GPL-2.0-only
"""What a row leaves out of its tests (file `left_out`)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lab.host.error import LabError
from lab.make.matrix import HERE

LONG, NEVER = "long", "never"


@dataclass(frozen=True)
class Entry:
    """One line of the file."""
    row: str        # regular expression of the row's name
    test: str       # part or part:test, or * for the whole row
    when: str       # LONG or NEVER
    why: str

    def covers(self, row: str) -> bool:
        return re.fullmatch(self.row, row) is not None

    def names(self, test: str) -> bool:
        """Whether the line is about this test, or about the part that it belongs to."""
        return self.test in (test, test.split(":")[0])


def entries(path: str = os.path.join(HERE, "left_out")) -> list[Entry]:
    """The lines of the file, each with a reason."""
    found = []
    with open(path) as text:
        for number, line in enumerate(text, 1):
            fields = line.split(None, 3)
            if not fields or fields[0].startswith("#"):
                continue
            if len(fields) != 4 or fields[2] not in (LONG, NEVER):
                raise LabError(f"{path}:{number}: expected a row, a test, {LONG} or {NEVER}, and a reason")
            found.append(Entry(fields[0], fields[1], fields[2], fields[3].strip()))
    return found


def whole(row: str) -> str | None:
    """Why a row as a whole is left to check-long, or None."""
    return next((entry.why for entry in entries() if entry.test == "*" and entry.covers(row)), None)


def split(row: str, tests: Sequence[str], when: str) -> tuple[list[str], list[str]]:
    """The tests (or parts) that a row runs, and those that it leaves out."""
    lines = [entry for entry in entries() if entry.when == when and entry.covers(row)]
    left = [test for test in tests if any(entry.names(test) for entry in lines)]
    return [test for test in tests if test not in left], left
