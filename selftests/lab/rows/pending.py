# SPDX-License-Identifier: GPL-2.0-only
"""What make check does not hold the suite to yet (file `pending`)."""

import os
import re
from dataclasses import dataclass

from lab.host.error import LabError
from lab.make.matrix import HERE


@dataclass(frozen=True)
class Pending:
    """One line of the file."""
    row: str        # regular expression of the row's name
    test: str       # part:test, or * for the whole row
    why: str

    def covers(self, row):
        return re.fullmatch(self.row, row) is not None


def lines(path=os.path.join(HERE, "pending")):
    found = []
    with open(path) as text:
        for number, line in enumerate(text, 1):
            fields = line.split(None, 2)
            if not fields or fields[0].startswith("#"):
                continue
            if len(fields) != 3:
                raise LabError(f"{path}:{number}: expected a row, a test and a reason")
            found.append(Pending(fields[0], fields[1], fields[2].strip()))
    return found


def whole(row):
    """Why a row as a whole is left out, or None."""
    return next((entry.why for entry in lines() if entry.test == "*" and entry.covers(row)), None)


def without(row, tests):
    """The tests that a row is held to, and those that it is not."""
    left = {entry.test for entry in lines() if entry.covers(row)}
    return ([test for test in tests if test not in left], [test for test in tests if test in left])
