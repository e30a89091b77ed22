# SPDX-License-Identifier: GPL-2.0-only
"""
What the schedule of rows promises, on rows that do nothing; the order of tests in a row; and
what a report says in the end.
"""

import contextlib
import io
import os
import subprocess
import tempfile
import threading
import time

from lab import check, schedule
from lab.host.error import LabError
from lab.judge import findings, report
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import stock


class Row:
    """Is prepared when `ready` is set, and fails to be with an error."""

    def __init__(self, name, minutes, ready=None, error=None):
        self.name = name
        self.minutes = minutes
        self.ready = ready
        self.error = error

    def prepare(self):
        if self.ready and not self.ready.wait(60):
            raise LabError("never ready")
        if self.error:
            raise self.error

    def run(self):
        return Result(self.name, passed=1)


def quiet(*_):
    """These rows are nobody's business."""


def what_is_ready_runs_first():
    late = threading.Event()
    order = schedule.Schedule([Row("long", 9, late), Row("next", 4), Row("last", 4)], 2)
    names = [order.take()[0].name, order.take()[0].name]
    late.set()
    names.append(order.take()[0].name)
    return (names == ["next", "last", "long"] and order.take() == (None, None),
            f"rows that are ready wait for one that is not: {names}")


def short_rows_are_apart():
    order = schedule.Schedule([Row("short", 1), Row("long", 9), Row("brief", 1)], 2)
    long = [order.take()[0].name, order.take()]
    brief = [order.take(True)[0].name, order.take(True)[0].name, order.take(True)]
    return (long == ["long", (None, None)] and brief == ["short", "brief", (None, None)],
            f"short rows and others are one: {long} {brief}")


def a_row_that_cannot_be_prepared_fails():
    rows = [Row("damaged", 4, error=LabError("no compiler")),
            Row("unreadable", 4, error=PermissionError(13, "Permission denied", "/x")),
            Row("good", 4)]
    done = check.work(schedule.Schedule(rows, 2), say=quiet)
    results = {entry.name: result for entry, result in done}
    return (results["damaged"].failures == ["no compiler"] and results["good"].good and
            results["unreadable"].failures == ["/x: Permission denied"],
            f"rows without a preparation: {[r.failures for r in results.values()]}")


def a_fault_of_the_laboratory_fails_its_row():
    """And no other one."""
    rows = [Row("faulty", 4, error=KeyError("x")), Row("gone", 4, error=SystemExit(3)), Row("good", 4)]
    with contextlib.redirect_stderr(io.StringIO()):
        done = check.work(schedule.Schedule(rows, 1), say=quiet)
    results = {entry.name: result for entry, result in done}
    return (results["good"].good and "KeyError" in results["faulty"].failures[0] and
            "SystemExit" in results["gone"].failures[0],
            f"a fault of the laboratory's own: {[r.failures for r in results.values()]}")


def no_more_are_prepared_than_run():
    rows = [Row(str(number), 4) for number in range(5)]
    order = schedule.Schedule(rows, 1)
    with order.changed:
        order.changed.wait_for(lambda: order.prepared, 60)
    time.sleep(0.3)
    ahead = len(order.prepared)
    names = [order.take()[0].name for _ in rows]
    return (ahead == 1 and names == ["0", "1", "2", "3", "4"],
            f"{ahead} rows were prepared while none was taken: {names}")


def what_takes_hours_is_last():
    """By runners of their own, and only where it does; and the row has the time for it."""
    entry = stock.KernelRow(None, matrix.targets()[0])
    tests = ("churn:churn", "faults:faults", "flex_array:api", "fuzz:fuzz", "netdevname:rename.sh")
    entry.tests = tests
    short = entry.groups()
    entry.everything = True
    long = entry.groups()
    entry.tests = ("fuzz:fuzz",)
    alone = entry.groups()
    return (short == [list(tests)]
            and long == [["flex_array:api", "netdevname:rename.sh"], ["churn:churn"], ["faults:faults"],
                         ["fuzz:fuzz"]]
            and alone == [["fuzz:fuzz"]] and entry.long_limit > 4 * 3600,
            f"order of tests: {short} {long} {alone}, {entry.long_limit} s")


class _Lab:
    """As much as a report needs: what had to be made, and where results go."""

    def __init__(self, results, made):
        self.results = results
        self.cache = self
        self.made = made


def slow_runs_say_so():
    """In the line before the last; neither one that kept its limit nor one that made a part."""
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for made, minutes in (((), 21), ((), 19), (("chroot-lab",), 46), (("chroot-lab",), 44),
                              (("rootfs-trixie",), 99)):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                report.show([Result("x", passed=1)], report.seconds(_Lab(folder, made), minutes * 60))
            lines = out.getvalue().splitlines()
            said[made, minutes] = lines[-2].startswith("slow: ") and lines[-1] == "1 passed, 0 failed"
    slow = [minutes for (_, minutes), is_slow in said.items() if is_slow]
    return slow == [21, 46], f"runs of {slow} minutes are called slow"


def findings_are_listed():
    """All lines of the file, and a fix for each where git knows all of the tree's history."""
    tree = os.path.dirname(os.path.dirname(matrix.HERE))
    entries = findings.entries(tree)
    shallow = subprocess.run(["git", "-c", "safe.directory=*", "-C", tree, "rev-parse",
                              "--is-shallow-repository"], capture_output=True, text=True, check=False)
    known = shallow.stdout.strip() == "false" and findings.subjects(tree)
    with open(os.path.join(tree, findings.FILE), encoding="utf-8") as text:
        lines = sum(line.startswith("| ") for line in text) - 2
    lost = [entry["fixed_by"] for entry in entries if known and not entry["hash"]]
    return len(entries) == lines and not lost, \
        f"findings: {len(entries)} of {lines} lines are read, no commit is called {lost}"


ALL = (slow_runs_say_so, findings_are_listed, what_takes_hours_is_last, what_is_ready_runs_first, short_rows_are_apart, a_row_that_cannot_be_prepared_fails,
       a_fault_of_the_laboratory_fails_its_row, no_more_are_prepared_than_run)
