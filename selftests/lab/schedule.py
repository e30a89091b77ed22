# SPDX-License-Identifier: GPL-2.0-only
"""
Which row is run next: some run while others are being prepared. Where nothing is
cached, a row waits for packages and compilers longer than it runs.
"""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Sequence

from lab.rows.row import Row

# Rows of about a minute are run beside the others, one at a time: they wait for something half
# of their time, and at the end they would leave a processor idle.
SHORT = 1       # minutes


def short(entry: Row) -> bool:
    return entry.minutes <= SHORT


class Prepared:
    """How the preparation of a row ended."""

    def __init__(self, seconds: float, error: BaseException | None) -> None:
        self.seconds = seconds
        self.error = error      # the exception, None if it went well


def prepare(entry: Row) -> Prepared:
    """Prepare a row; whatever happens is for who runs it to say."""
    start = time.monotonic()
    error = None
    try:
        entry.prepare()
    except BaseException as failure:     # else who takes rows would wait for this one for ever
        error = failure
    return Prepared(time.monotonic() - start, error)


class Schedule:
    """
    Rows in the order in which they are wanted; `jobs` of them are prepared at a time, unless
    as many that are ready wait for their turn: more would only slow down those that run.
    """

    def __init__(self, entries: Sequence[Row], jobs: int) -> None:
        self.jobs = jobs
        self.waiting = list(entries)    # not handed out
        self.prepared: dict[int, Prepared] = {}              # by id()
        self.changed = threading.Condition()
        self.pools = {brief: concurrent.futures.ThreadPoolExecutor(1 if brief else jobs)
                      for brief in (True, False)}
        for entry in entries:
            self.pools[short(entry)].submit(self._prepare, entry)

    def _ready(self) -> int:
        """How many are ready that are no short ones."""
        return sum(id(entry) in self.prepared and not short(entry) for entry in self.waiting)

    def _prepare(self, entry: Row) -> None:
        with self.changed:
            while not short(entry) and self._ready() >= self.jobs:
                self.changed.wait()
        done = prepare(entry)
        with self.changed:
            self.prepared[id(entry)] = done
            self.changed.notify_all()

    def take(self, brief: bool = False) -> tuple[Row, Prepared] | None:
        """
        The row to be run next, of the short ones or of the others, and its Prepared; None when
        all of those have been handed out.
        """
        with self.changed:
            while mine := [entry for entry in self.waiting if short(entry) == brief]:
                for entry in mine:
                    if id(entry) in self.prepared:
                        self.waiting.remove(entry)
                        self.changed.notify_all()
                        return entry, self.prepared[id(entry)]
                self.changed.wait()
        return None
