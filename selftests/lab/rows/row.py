# SPDX-License-Identifier: GPL-2.0-only
"""The protocol of a row, and the request that it is made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lab.judge.result import Result


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""
    tests: tuple[str, ...] = ()     # the words of TESTS: a part, or part:test
    long: bool = False              # the forms that take hours, and the rows that only these have


class Row(Protocol):
    """
    prepare() builds what is needed, run() does the work; either may raise LabError with one
    line for the user, and the row has failed. Rows run in threads: what they share is
    guarded by `with lab.guard("name")`.
    """

    name: str
    minutes: int        # about how long it takes; the longest start first
    long_only: bool     # make check has it only when ROWS names it

    def prepare(self) -> None:
        ...

    def run(self) -> Result:
        ...
