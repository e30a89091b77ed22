# SPDX-License-Identifier: GPL-2.0-only
"""
TAP, read strictly. The runner's own plan counts test programs; the lines of a
program come indented by "# " and are a TAP document of their own. Both need a
plan, at least one point, every point numbered, and no more and no less points
than planned.
"""

import re
from dataclasses import dataclass, field

POINT = re.compile(r"^(?P<no>not )?ok (?P<number>\d+)(?P<rest>.*)$")
PLAN = re.compile(r"^1\.\.(?P<count>\d+)\s*(?P<skip># SKIP.*)?$", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*(?P<word>SKIP|TODO|XFAIL)\b", re.IGNORECASE)
HEADER = re.compile(r"^#\s*selftests: (?P<part>[^ ]+): (?P<test>.+?)\s*$")
# What a program says around a failed point, and no more of it than a line has room for.
COMMENT = re.compile(r"^#\s*(?P<text>\S.*)$")
NOISE = re.compile(r"^(RUN|OK|FAIL)\s|^(Starting|PASSED|FAILED|Totals):? ")
COMMENTS = 4


@dataclass
class Document:
    """One plan and its points."""
    name: str
    planned: int = -1
    skipped_all: bool = False
    passed: list = field(default_factory=list)
    failed: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    plans: int = 0
    numbers: list = field(default_factory=list)
    comments: list = field(default_factory=list)    # since the last point
    reasons: dict = field(default_factory=dict)     # of failed points, by title

    def line(self, text):
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

    def point(self, point):
        self.numbers.append(int(point["number"]))
        title = point["rest"].strip(" -") or point["number"]
        directive = DIRECTIVE.search(point["rest"])
        word = directive["word"].upper() if directive else ""
        # The kernel's harness explains itself before the point, scripts do so after it.
        said, self.comments = self.comments, []
        if point["no"]:
            self.failed.append(title)
            self.reasons[title] = (said, self.comments)
        elif word == "SKIP":
            self.skipped.append(title)
        elif word:
            # Nothing here is expected to fail: such a point would pass for ever.
            self.failed.append(title)
        else:
            self.passed.append(title)

    def why(self, title):
        """ ": what the program said" of a failed point, or "" if it said nothing."""
        before, after = self.reasons.get(title, ((), ()))
        # What follows the points of the kernel's harness is about the next one.
        said = before[-COMMENTS:] or after[:COMMENTS]
        return f": {'; '.join(said)}" if said else ""

    def finish(self):
        """Add what is wrong with the document as a whole."""
        if self.plans == 0:
            self.problems.append(f"{self.name}: no plan")
        elif self.plans > 1:
            self.problems.append(f"{self.name}: {self.plans} plans")
        elif self.planned == 0 and not self.skipped_all:
            self.problems.append(f"{self.name}: zero tests planned")
        elif len(self.numbers) != self.planned:
            self.problems.append(f"{self.name}: {len(self.numbers)} of {self.planned} planned points")
        elif self.numbers != list(range(1, self.planned + 1)):
            self.problems.append(f"{self.name}: points are not numbered 1 to {self.planned}")
        return self


@dataclass
class Tap:
    """The runners' documents and those of the programs."""
    runners: list
    programs: list

    @property
    def problems(self):
        return [p for doc in [*self.runners, *self.programs] for p in doc.problems]

    def failures(self):
        """The failed points, with what their programs said of them."""
        return [f"{doc.name}: {title}{doc.why(title)}" for doc in self.programs
                for title in doc.failed]

    def titles(self, kind):
        return [f"{doc.name}: {title}" for doc in self.programs for title in getattr(doc, kind)]


def parse(text):
    """Read the output of run_kselftest.sh, which may have run several times."""
    reports = [part for part in re.split(r"^(?=TAP version 13\r?$)", text, flags=re.MULTILINE) if part]
    taps = [_parse(report) for report in reports or [""]]
    return Tap([runner for tap in taps for runner in tap.runners], [doc for tap in taps for doc in tap.programs])


def _parse(text):
    runner = Document("runner")
    programs = []
    current = None
    for line in text.splitlines():
        line = line.rstrip("\r")
        header = HEADER.match(line)
        if header:
            current = Document(f"{header['part']}:{header['test']}")
            programs.append(current)
        elif line.startswith("# ") and current:
            current.line(line[2:])
        elif not line.startswith("#"):
            if POINT.match(line):
                _close(current, line)
                current = None
            elif line and not PLAN.match(line) and line != "TAP version 13":
                runner.problems.append(f"runner: {line}")
            runner.line(line)
    for document in programs:
        document.finish()
    runner.finish()
    if len(programs) != runner.planned and runner.planned >= 0:
        runner.problems.append(f"runner: {len(programs)} of {runner.planned} programs started")
    return Tap([runner], programs)


def _close(current, line):
    """The runner's word on a program must agree with the program's own points."""
    if current is None:
        return
    point = POINT.match(line)
    skipped = bool(DIRECTIVE.search(point["rest"]))
    if point["no"] and not current.failed:
        current.problems.append(f"{current.name}: {point['rest'].strip()}")
    elif not point["no"] and current.failed:
        current.problems.append(f"{current.name}: exit status 0 in spite of failed points")
    elif skipped and not current.skipped and not current.passed:
        current.skipped.append("all of it")
        if current.plans == 0:
            # A shell test may find out before its plan that the kernel lacks something.
            current.plans, current.planned, current.skipped_all = 1, 0, True
