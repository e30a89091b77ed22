# SPDX-License-Identifier: GPL-2.0-only
"""
Lines that tests reached: how gcov's reports are read, and that the gate which has
the figure of the tools fails without one. What gcov says is written here.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
import tempfile
import unittest
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lab.gates import Task, ToolError, Workshop
from lab.gates.cxx import SanitizedTools, notes
from lab.host.error import LabError
from lab.judge import coverage, gcov

WHERE = "/build/asan"
UNUSED = "b.cpp.gcda:cannot open data file, assuming not executed\n"


def _report(files: Mapping[str, Iterable[tuple[int, int]]]) -> str:
    """A report of {file: ((line, count), ...)}."""
    return json.dumps({"files": [
        {"file": name, "lines": [{"line_number": line, "count": count} for line, count in lines]}
        for name, lines in files.items()]})


# One header in two units, of which one reached line 4; line 9 has two instances.
REPORTS = (
    _report({f"{WHERE}/tools/lib/a.cpp": ((1, 2), (2, 0), (3, 0), (5, 0)),
               f"{WHERE}/tools/lib/../include/h.hpp": ((4, 0), (9, 0), (9, 7)),
               f"{WHERE}/tools/tests/a_test.cpp": ((1, 1),),
               "/usr/include/c++/14/vector": ((1, 1),)}),
    _report({f"{WHERE}/tools/symidx/b.cpp": ((1, 0),),
               f"{WHERE}/tools/include/h.hpp": ((4, 1),)}))
SUMMARY = {"lines": 7, "reached": 3, "percent": 42.9, "files": {
    "tools/include/h.hpp": {"lines": 2, "reached": 2, "not_reached": ""},
    "tools/lib/a.cpp": {"lines": 4, "reached": 1, "not_reached": "2-3 5"},
    "tools/symidx/b.cpp": {"lines": 1, "reached": 0, "not_reached": "1"}}}
FIGURES = {"tools": {"lines": 7, "lines_reached": 3},
           "libraries": {"lines": 4, "lines_reached": 1}}


class _Shop(Workshop):
    """A workshop in which gcov ends with this status and says this."""

    def __init__(self, folder: str, status: int, said: str, complained: str) -> None:
        super().__init__("/", "/", folder=folder, results=Path(folder, "results"))
        self.answer = subprocess.CompletedProcess([], status, said, complained)
        Path(folder, "compile_commands.json").write_text("[]", encoding="utf-8")

    def run(self, *_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return self.answer


def measure(status: int, said: str, complained: str) -> tuple[Any, Any, str]:
    """(figures, what the results get, why the gate failed)"""
    task = Task("", 1, lambda: [])
    with tempfile.TemporaryDirectory() as folder:
        try:
            SanitizedTools().measure(_Shop(folder, status, said, complained), WHERE, folder, task)
        except ToolError as error:
            return task.figures, task.files or None, str(error)
    return task.figures, json.loads(task.files["coverage-tools.json"]), ""


class Coverage(unittest.TestCase):
    def test_reports_are_read(self) -> None:
        self.assertEqual(gcov.summary(gcov.read(REPORTS, f"{WHERE}/", SanitizedTools.counts)), SUMMARY)

    def test_other_words_are_refused(self) -> None:
        for text in ("", "no report", "{}", '{"files": []}', REPORTS[0][:-9]):
            with self.subTest(text), self.assertRaises(LabError):
                gcov.read([text], f"{WHERE}/", SanitizedTools.counts)

    def test_tests_do_not_count(self) -> None:
        units = [{"directory": "/b/lib", "file": f"{WHERE}/tools/{name}",
                  "command": f"c++ -c x -o o/{name}.o"}
                 for name in ("lib/a.cpp", "tests/lib/a_test.cpp")]
        units.append({"directory": "/b/tests/lib", "file": "/b/tests/lib/Unity/unity_0_cxx.cxx",
                      "command": "c++ -c x -o o/unity_0_cxx.cxx.o"})
        self.assertEqual(list(notes(units, WHERE, "/b")), ["/b/lib/o/lib/a.cpp.gcno"])

    def test_the_gate_has_a_figure(self) -> None:
        self.assertEqual(measure(0, "\n".join(REPORTS), UNUSED), (FIGURES, SUMMARY, ""))

    def test_the_gate_fails_without_a_figure(self) -> None:
        """Nothing is written then that could be taken for a result."""
        good = "\n".join(REPORTS)
        unreached = _report({f"{WHERE}/tools/lib/a.cpp": ((1, 0),)})
        for what, status, said, complained, reason in (
                ("gcov that fails", 1, good, "", "gcov: status 1"),
                ("gcov that is killed", -9, good, "", "gcov: status -9"),
                ("counters of another build", 0, good, "a.cpp.gcda:stamp mismatch with notes file\n",
                 "stamp mismatch"),
                ("a build without counters", 0, good, "a.cpp.gcno:cannot open notes file\n",
                 "cannot open notes file"),
                ("gcov that says nothing", 0, "", "", "no line of ours"),
                ("tests that leave no counters", 0, unreached, UNUSED, "no counters")):
            with self.subTest(what):
                figures, kept, error = measure(status, said, complained)
                self.assertIn(reason, error)
                self.assertEqual((figures, kept), ({}, None))


def _archive(*members: tuple[str, bytes | str]) -> bytes:
    """What the guest sends: files with what is in them, and links with where they lead."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, what in members:
            member = tarfile.TarInfo(name)
            if isinstance(what, str):
                member.type, member.linkname = tarfile.SYMTYPE, what
                archive.addfile(member)
            else:
                member.size = len(what)
                archive.addfile(member, io.BytesIO(what))
    return gzip.compress(made.getvalue())


class Counters(unittest.TestCase):
    """The kernel's folder of counters, as the guest packed it."""

    def test_counters_are_unpacked_and_links_are_not(self) -> None:
        blob = _archive(("build/src/modules/a.gcda", b"counts"),
                        ("build/src/modules/a.gcno", "/build/src/modules/a.gcno"),
                        ("build/src/modules/b.gcda", "/etc/passwd"),
                        ("build/src/../../c.gcda", b"elsewhere"))
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(coverage.unpack(blob, folder), 1)
            self.assertEqual([os.path.join(where, name) for where, _, names in os.walk(folder)
                              for name in names], [f"{folder}/modules/a.gcda"])

    def test_what_is_cut_off_is_damaged(self) -> None:
        blob = _archive(("build/src/modules/a.gcda", b"counts" * 1000))
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(LabError):
            coverage.unpack(blob[:len(blob) // 2], folder)
