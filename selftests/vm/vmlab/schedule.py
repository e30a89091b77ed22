# SPDX-License-Identifier: GPL-2.0-only
"""
Which row is run next: some run while others are being prepared. Where nothing is
cached, a row waits for packages and compilers longer than it runs.
"""

import concurrent.futures
import threading
import time

# Rows of about a minute fill the gaps at the end: longer ones are waited for, so many seconds.
PATIENCE = 60
SHORT = 1       # minutes


class Prepared:
    """How the preparation of a row ended."""

    def __init__(self, seconds, error):
        self.seconds = seconds
        self.error = error      # the exception, None if it went well


def prepare(entry):
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

    def __init__(self, entries, jobs):
        self.jobs = jobs
        self.waiting = list(entries)    # not handed out
        self.prepared = {}              # by id()
        self.changed = threading.Condition()
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)
        for entry in entries:
            self.pool.submit(self._prepare, entry)

    def _ready(self):
        """How many are ready that are no short ones, which wait for the others."""
        return sum(id(entry) in self.prepared and entry.minutes > SHORT for entry in self.waiting)

    def _prepare(self, entry):
        with self.changed:
            while self._ready() >= self.jobs:
                self.changed.wait()
        done = prepare(entry)
        with self.changed:
            self.prepared[id(entry)] = done
            self.changed.notify_all()

    def _best(self, patient):
        """The first row that is ready, unless it is a short one and a longer one may be soon."""
        longer = False
        for entry in self.waiting:
            if id(entry) not in self.prepared:
                longer = longer or entry.minutes > SHORT
            elif entry.minutes > SHORT or not (longer and patient):
                return entry
        return None

    def take(self):
        """(row, Prepared) to be run next; (None, None) when all have been handed out."""
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while self.waiting:
                entry = self._best(time.monotonic() < deadline)
                if entry:
                    self.waiting.remove(entry)
                    self.changed.notify_all()
                    return entry, self.prepared[id(entry)]
                self.changed.wait(1)
        return None, None
