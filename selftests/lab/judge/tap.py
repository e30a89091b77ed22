# SPDX-License-Identifier: GPL-2.0-only
"""
TAP, read strictly and once. The runner's own plan counts test programs; the lines of a
program come indented by "# " and are a TAP document of their own. Both need a
plan, at least one point, every point numbered, and no more and no less points
than planned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

POINT = re.compile(r"^(?P<no>not )?ok (?P<number>\d+)(?P<rest>.*)$")
PLAN = re.compile(r"^1\.\.(?P<count>\d+)\s*(?P<skip># SKIP.*)?$", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*(?P<word>SKIP|TODO|XFAIL)\b", re.IGNORECASE)
HEADER = re.compile(r"^#\s*selftests: (?P<part>[^ ]+): (?P<test>.+?)\s*$")
# Comments of a program around a failed point; so many of them fit into a line.
COMMENT = re.compile(r"^#\s*(?P<text>\S.*)$")
NOISE = re.compile(r"^(RUN|OK|FAIL)\s|^(Starting|PASSED|FAILED|Totals):? ")
COMMENTS = 4

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass
class Point:
    """One point, and what the program said before and after it."""
    number: int
    title: str
    state: str          # PASSED, FAILED or SKIPPED
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def why(self) -> str:
        """ ": what the program said" of a failed point, or "" if it said nothing."""
        # With the kernel's harness, what follows a point is about the next one.
        said = self.before[-COMMENTS:] or self.after[:COMMENTS]
        return f": {'; '.join(said)}" if said else ""


@dataclass
class Document:
    """One plan and its points."""
    name: str                                           # part:test, or "runner"
    lines: list[str] = field(default_factory=list)      # as the program printed them
    points: list[Point] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    plans: int = 0
    planned: int = -1
    skipped_all: bool = False
    closed: bool = False                                # the runner has said how it ended
    comments: list[str] = field(default_factory=list)   # since the last point

    def titles(self, state: str) -> list[str]:
        return [point.title for point in self.points if point.state == state]

    def line(self, text: str) -> None:
        self.lines.append(text)
        plan = PLAN.match(text)
        if plan:
            self.plans += 1
            self.planned = int(plan["count"])
            self.skipped_all = bool(plan["skip"])
            return
        if text.startswith("Bail out!"):
            self.problems.append(f"{self.name}: {text}")
            return
        point = POINT.match(text)
        comment = COMMENT.match(text)
        if point:
            self.point(point)
        elif comment and not NOISE.match(comment["text"]):
            self.comments.append(comment["text"].strip())

    def point(self, said: re.Match[str]) -> None:
        directive = DIRECTIVE.search(said["rest"])
        word = directive["word"].upper() if directive else ""
        # A point with TODO or XFAIL would pass for ever, so it counts as failed.
        failed = said["no"] or word not in ("", "SKIP")
        state = FAILED if failed else SKIPPED if word else PASSED
        # The kernel's harness prints the reason before the point, scripts print it after.
        before, self.comments = self.comments, []
        self.points.append(Point(int(said["number"]), said["rest"].strip(" -") or said["number"],
                                 state, before, self.comments))

    def skip(self) -> None:
        """The runner says that the program skipped itself."""
        if not self.titles(SKIPPED) and not self.titles(PASSED):
            self.points.append(Point(0, "all of it", SKIPPED))
            if self.plans == 0:
                # A shell test may skip before it has printed its plan.
                self.plans, self.planned, self.skipped_all = 1, 0, True

    def finish(self) -> None:
        """Add what is wrong with the document as a whole."""
        numbers = [point.number for point in self.points if point.number]
        if self.plans == 0:
            self.problems.append(f"{self.name}: no plan")
        elif self.plans > 1:
            self.problems.append(f"{self.name}: {self.plans} plans")
        elif self.planned == 0 and not self.skipped_all:
            self.problems.append(f"{self.name}: zero tests planned")
        elif len(numbers) != self.planned:
            self.problems.append(f"{self.name}: {len(numbers)} of {self.planned} planned points")
        elif numbers != list(range(1, self.planned + 1)):
            self.problems.append(f"{self.name}: points are not numbered 1 to {self.planned}")


@dataclass
class Report:
    """The runners' documents and those of the programs."""
    runners: list[Document]
    programs: list[Document]

    @property
    def problems(self) -> list[str]:
        return [problem for doc in [*self.runners, *self.programs] for problem in doc.problems]

    def failures(self) -> list[str]:
        """The failed points, with what their programs said of them."""
        return [f"{doc.name}: {point.title}{point.why()}" for doc in self.programs
                for point in doc.points if point.state == FAILED]

    def titles(self, state: str) -> list[str]:
        return [f"{doc.name}: {title}" for doc in self.programs for title in doc.titles(state)]

    def of(self, name: str) -> list[Document]:
        """Those of one program, which may have run several times."""
        return [doc for doc in self.programs if doc.name == name]

    def lines(self, name: str) -> list[str] | None:
        """What a program printed; None if it did not run."""
        found = self.of(name)
        return [line for doc in found for line in doc.lines] if found else None


def begun(text: str) -> list[str]:
    """ "part: test" of the programs that were started so far."""
    return [f"{header['part']}: {header['test']}" for header in map(HEADER.match, text.splitlines())
            if header]


def parse(text: str) -> Report:
    """Read the output of run_kselftest.sh, which may have run several times."""
    texts = [part for part in re.split(r"^(?=TAP version 13\r?$)", text, flags=re.MULTILINE) if part]
    reports = [_parse(part) for part in texts or [""]]
    return Report([doc for report in reports for doc in report.runners],
                  [doc for report in reports for doc in report.programs])


def _parse(text: str) -> Report:
    runner = Document("runner")
    programs: list[Document] = []
    current: Document | None = None
    for line in text.splitlines():
        line = line.rstrip("\r")
        header = HEADER.match(line)
        if header:
            current = Document(f"{header['part']}:{header['test']}")
            programs.append(current)
        elif line.startswith("# ") and current:
            current.line(line[2:])
        elif not line.startswith("#"):
            point = POINT.match(line)
            if point:
                _close(current, point)
                current = None
            elif line and not PLAN.match(line) and line != "TAP version 13":
                runner.problems.append(f"runner: {line}")
            runner.line(line)
    for document in programs:
        document.finish()
    runner.finish()
    if len(programs) != runner.planned and runner.planned >= 0:
        runner.problems.append(f"runner: {len(programs)} of {runner.planned} programs started")
    return Report([runner], programs)


def _close(current: Document | None, point: re.Match[str]) -> None:
    """The runner's point for a program must agree with the program's own points."""
    if current is None:
        return
    current.closed = True
    failed = current.titles(FAILED)
    if point["no"] and not failed:
        current.problems.append(f"{current.name}: {point['rest'].strip()}")
    elif not point["no"] and failed:
        current.problems.append(f"{current.name}: exit status 0 in spite of failed points")
    elif DIRECTIVE.search(point["rest"]):
        current.skip()
