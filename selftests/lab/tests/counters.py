# SPDX-License-Identifier: GPL-2.0-only
"""
Lines that tests reached: how gcov's reports are read, and that the gate which has
the figure of the tools fails without one. What gcov says is written here.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from lab.gates import Task, ToolError, Workshop
from lab.gates.cxx import notes, SanitizedTools
from lab.host.error import LabError
from lab.judge import gcov


WHERE = "/build/asan"
UNUSED = "b.cpp.gcda:cannot open data file, assuming not executed\n"


def _report(files):
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


def reports_are_read():
    found = gcov.summary(gcov.read(REPORTS, f"{WHERE}/", SanitizedTools._counts))
    return found == SUMMARY, f"coverage: reads {found}"


def other_words_are_refused():
    taken = []
    for text in ("", "no report", "{}", '{"files": []}', REPORTS[0][:-9]):
        try:
            taken.append(gcov.read([text], f"{WHERE}/", SanitizedTools._counts))
        except LabError:
            pass
    return not taken, f"coverage: taken for a report: {taken}"


def tests_do_not_count():
    units = [{"directory": "/b/lib", "file": f"{WHERE}/tools/{name}",
              "command": f"c++ -c x -o o/{name}.o"}
             for name in ("lib/a.cpp", "tests/lib/a_test.cpp")]
    units.append({"directory": "/b/tests/lib", "file": "/b/tests/lib/Unity/unity_0_cxx.cxx",
                  "command": "c++ -c x -o o/unity_0_cxx.cxx.o"})
    found = list(notes(units, WHERE, "/b"))
    return found == ["/b/lib/o/lib/a.cpp.gcno"], f"coverage: units {found}"


class _Shop(Workshop):
    """A workshop in which gcov ends with this status and says this."""

    def __init__(self, folder, status, said, complained):
        super().__init__("/", "/", folder=folder, results=Path(folder, "results"))
        self.answer = subprocess.CompletedProcess([], status, said, complained)
        Path(folder, "compile_commands.json").write_text("[]", encoding="utf-8")

    def run(self, *_, **__):
        return self.answer


def _measure(status, said, complained):
    """(figures, what the results get, why the gate failed)"""
    task = Task("", 1, None)
    with tempfile.TemporaryDirectory() as folder:
        try:
            SanitizedTools()._measure(_Shop(folder, status, said, complained), WHERE, folder, task)
        except ToolError as error:
            return task.figures, bool(task.files), str(error)
    return task.figures, json.loads(task.files["coverage-tools.json"]), ""


def figure_is_there():
    found = _measure(0, "\n".join(REPORTS), UNUSED)
    return found == (FIGURES, SUMMARY, ""), f"coverage: the gate reads {found}"


def missing_figure_fails():
    """Nothing is written then that could be taken for a result."""
    good = "\n".join(REPORTS)
    unreached = _report({f"{WHERE}/tools/lib/a.cpp": ((1, 0),)})
    missed = []
    for what, status, said, complained, reason in (
            ("gcov that fails", 1, good, "", "gcov: status 1"),
            ("gcov that is killed", -9, good, "", "gcov: status -9"),
            ("counters of another build", 0, good, "a.cpp.gcda:stamp mismatch with notes file\n",
             "stamp mismatch"),
            ("a build without counters", 0, good, "a.cpp.gcno:cannot open notes file\n",
             "cannot open notes file"),
            ("gcov that says nothing", 0, "", "", "no line of ours"),
            ("tests that leave no counters", 0, unreached, UNUSED, "no counters")):
        figures, kept, error = _measure(status, said, complained)
        if reason not in error or figures or kept:
            missed.append(f"{what} reads: {error!r} {figures} {kept}")
    return not missed, f"coverage: {'; '.join(missed)}"


ALL = (reports_are_read, other_words_are_refused, tests_do_not_count, figure_is_there,
       missing_figure_fails)
