# SPDX-License-Identifier: GPL-2.0-only
"""
What the schedule of rows promises, on rows that do nothing; the order of tests in a row; and
what a row leaves out.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import threading
import time
import unittest
from unittest import mock

from lab import check
from lab.host import progress
from lab.host.error import LabError
from lab.judge.result import Result
from lab.laboratory import TREE
from lab.make import build, matrix
from lab.rows import left_out, stock
from lab.rows.row import Wanted
from lab.schedule import Schedule


class Row:
    """Is prepared when `ready` is set, and fails to be with an error."""

    long_only = False

    def __init__(self, name: str, minutes: int, ready: threading.Event | None = None,
                 error: BaseException | None = None) -> None:
        self.name = name
        self.minutes = minutes
        self.ready = ready
        self.error = error

    def prepare(self) -> None:
        if self.ready and not self.ready.wait(60):
            raise LabError("never ready")
        if self.error:
            raise self.error

    def run(self) -> Result:
        return Result(self.name, passed=1)


def quiet(*_: object) -> None:
    """These rows are nobody's business."""


def taken(order: Schedule, brief: bool = False) -> str:
    """The name of the row that is next, "" if there is none."""
    found = order.take(brief)
    return found[0].name if found else ""


def results(rows: list[Row], jobs: int) -> dict[str, Result]:
    return {row.name: result for row, result in check.work(Schedule(rows, jobs), say=quiet)}


class Order(unittest.TestCase):
    def test_what_is_ready_runs_first(self) -> None:
        late = threading.Event()
        order = Schedule([Row("long", 9, late), Row("next", 4), Row("last", 4)], 2)
        names = [taken(order), taken(order)]
        late.set()
        self.assertEqual([*names, taken(order), taken(order)], ["next", "last", "long", ""])

    def test_short_rows_are_apart(self) -> None:
        order = Schedule([Row("short", 1), Row("long", 9), Row("brief", 1)], 2)
        self.assertEqual([taken(order), taken(order)], ["long", ""])
        self.assertEqual([taken(order, True) for _ in range(3)], ["short", "brief", ""])

    def test_a_row_that_cannot_be_prepared_fails(self) -> None:
        found = results([Row("damaged", 4, error=LabError("no compiler")),
                         Row("unreadable", 4, error=PermissionError(13, "Permission denied", "/x")),
                         Row("good", 4)], 2)
        self.assertEqual(found["damaged"].failures, ["no compiler"])
        self.assertEqual(found["unreadable"].failures, ["/x: Permission denied"])
        self.assertTrue(found["good"].good)

    def test_a_fault_of_the_laboratory_fails_its_row(self) -> None:
        """And no other one."""
        with contextlib.redirect_stderr(io.StringIO()):
            found = results([Row("faulty", 4, error=KeyError("x")), Row("gone", 4, error=SystemExit(3)),
                             Row("good", 4)], 1)
        self.assertIn("KeyError", found["faulty"].failures[0])
        self.assertIn("SystemExit", found["gone"].failures[0])
        self.assertTrue(found["good"].good)

    def test_no_more_are_prepared_than_run(self) -> None:
        rows = [Row(str(number), 4) for number in range(5)]
        order = Schedule(rows, 1)
        with order.changed:
            order.changed.wait_for(lambda: order.prepared, 60)
        time.sleep(0.3)
        self.assertEqual(len(order.prepared), 1)
        self.assertEqual([taken(order) for _ in rows], ["0", "1", "2", "3", "4"])


def groups(tests: tuple[str, ...], long: bool) -> list[list[str]]:
    row = stock.KernelRow(mock.Mock(), matrix.targets()[0], Wanted(long=long))
    row.tests = tests
    return row.groups()


KNOWN = ["churn:churn", "flex_array:api", "symidx:check.sh", "symidx:running.sh"]


def prepared(words: tuple[str, ...] = (), long: bool = False,
             whole: bool = False) -> tuple[tuple[str, ...], list[str]]:
    """(the tests that a row of the matrix runs, the parts that it has built)."""
    row = stock.KernelRow(mock.Mock(), matrix.targets()[0], Wanted(words, long), whole=whole)
    parts = sorted({word.split(":")[0] for word in words or KNOWN})
    built: list[str] = []
    with mock.patch.object(build, "named", lambda _tree, _words: parts), \
            mock.patch.object(build, "tests", lambda _: [test for test in KNOWN if test.split(":")[0] in built]), \
            mock.patch.object(row, "prepare_base", built.extend), mock.patch.object(row, "pack"), \
            mock.patch.object(progress, "step"):
        row.prepare()
    return row.tests, built


class Tests(unittest.TestCase):
    def test_a_row_runs_what_is_not_left_out(self) -> None:
        """Parts that are left out are not built; what TESTS names, and the long form, run all."""
        self.assertEqual(prepared(), (("flex_array:api", "symidx:running.sh"), ["flex_array", "symidx"]))
        self.assertEqual(prepared(("churn", "symidx:check.sh")),
                         (("churn:churn", "symidx:check.sh"), ["churn", "symidx"]))
        every = (tuple(KNOWN), ["churn", "flex_array", "symidx"])
        self.assertEqual((prepared(long=True), prepared(whole=True)), (every, every))

    def test_what_takes_hours_is_last(self) -> None:
        """By runners of their own, and only where it does; and the row has the time for it."""
        tests = ("churn:churn", "faults:faults", "flex_array:api", "fuzz:fuzz", "netdevname:rename.sh")
        self.assertEqual(groups(tests, False), [list(tests)])
        self.assertEqual(groups(tests, True), [["flex_array:api", "netdevname:rename.sh"],
                                               ["churn:churn"], ["faults:faults"], ["fuzz:fuzz"]])
        self.assertEqual(groups(("fuzz:fuzz",), True), [["fuzz:fuzz"]])
        self.assertGreater(stock.KernelRow.long_limit, 4 * 3600)

    def test_parts_and_tests_are_left_out(self) -> None:
        tests = ["fuzz:fuzz", "flex_array:order_test", "symidx:check.sh", "symidx:running.sh"]
        self.assertEqual(left_out.split("forky", tests, left_out.LONG),
                         (["flex_array:order_test", "symidx:running.sh"], ["fuzz:fuzz", "symidx:check.sh"]))
        self.assertEqual(left_out.split("sanitizer", tests, left_out.LONG),
                         (["fuzz:fuzz", "flex_array:order_test"], ["symidx:check.sh", "symidx:running.sh"]))
        self.assertEqual(left_out.split("sanitizer", tests, left_out.NEVER)[1], ["symidx:check.sh"])

    def test_what_is_left_out_exists(self) -> None:
        """A line for a part that is no longer there would say nothing."""
        known = build.parts(TREE)
        for entry in left_out.entries():
            self.assertIn(entry.test.split(":")[0], [*known, "*"])

    def test_a_line_without_a_reason_is_refused(self) -> None:
        with tempfile.NamedTemporaryFile("w") as text:
            text.write("forky fuzz long\n")
            text.flush()
            with self.assertRaisesRegex(LabError, "a reason"):
                left_out.entries(text.name)
