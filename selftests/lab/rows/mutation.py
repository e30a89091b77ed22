# SPDX-License-Identifier: GPL-2.0-only
"""
Whether the tests would notice: faults are put into the modules, one alive at a time, and each
is held to the tests of its part. TESTS="mutation:NUMBER ..." tries those numbers alone.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab import lengths
from lab.boot import qemu, session
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge.judge import Evidence
from lab.judge.result import Result
from lab.make import build, matrix
from lab.mutation import mutants, tree
from lab.rows import stock
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

PART = "mutation"
TEST = f"{PART}:mutation.sh"
ROW = "trixie-6.12"
SEED = 20261130
SHARE = 90              # of a hundred that have to be found
TEST_SECONDS = 240      # for one test; on an emulated machine they take a tenth of it
BOOT_SECONDS = 3600
ROUNDS = 8              # of builds, each without those that the last one refused
# Whoever survives has a line here that says why.
SURVIVORS = os.path.join(os.path.dirname(tree.__file__), "survivors")
# Tests that say nothing of a part's code, or take long: renames and loads in their hundreds.
NOT = ("netdev_naming:renames.sh", "symbol_index:adopt.sh")
# What ends soonest, first.
FIRST = ("netdev_naming:ioctls", "netdev_naming:info", "netdev_naming:events", "symbol_index:uapi",
         "symbol_index:list")
_SAID = re.compile(r"^(?:# )*#mutation (\{.*\})$", re.MULTILINE)


@dataclass
class Outcome:
    """found: by what; empty for a survivor."""
    found: str
    seconds: float = 0


def reasons() -> dict[str, str]:
    """The file `survivors`: a mutant's key and, indented in the next line, why nothing finds it."""
    found: dict[str, str] = {}
    key = ""
    if os.path.exists(SURVIVORS):
        with open(SURVIVORS, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("\t"):
                    found[key] = line.strip()
                elif line.strip() and not line.startswith("#"):
                    key = line.strip()
    return found


def said(tap: str) -> list[dict[str, object]]:
    return [json.loads(text) for text in _SAID.findall(tap)]


def outcomes(orders: list[int], evidence: Evidence) -> dict[int, Outcome]:
    """Of a boot. A guest that ended in the middle was ended by the mutant that was alive."""
    found: dict[int, Outcome] = {}
    alive = None
    for line in said(evidence.tap):
        number = int(str(line["mutant"]))
        if "begins" in line:
            alive = number
        elif "found" in line:
            found[number] = Outcome(str(line["found"]))
            alive = None
    if alive is not None and alive in orders:
        how = "hangs" if evidence.timed_out else "crashes"
        found[alive] = Outcome(f"the guest {how}")
    return found


class Watch(session.Watch):
    """A line for each mutant whose fate is known, while the guest works."""

    def __call__(self) -> None:
        lines = [line for line in said(self.guest.text("tap")) if "found" in line]
        for line in lines[self.seen:]:
            progress.step(self.name, f"mutant {line['mutant']}: {line['found'] or 'SURVIVES'}")
        self.seen = len(lines)


class Station(stock.KernelRow):
    """The target with all mutants in its modules."""

    def __init__(self, lab: Lab, target: matrix.Target, count: int) -> None:
        super().__init__(lab, target, Wanted((TEST, *tree.PARTS)), name=PART)
        self.count = count
        self.numbered: dict[int, mutants.Mutant] = {}
        self.known: list[str] = []

    def extra(self) -> Mapping[str, str]:
        return {PART: os.path.join(matrix.HERE, "guest", PART)}

    def prepare_base(self, chosen: Sequence[str] = ()) -> build.Build:
        user = super().prepare_base(chosen)
        self.known = build.tests(user)
        self.made = self.build()
        return user

    def build(self) -> build.Build:
        """Our modules with all the mutants that compile."""
        made = build.Build(self.lab, PART, self.target.suite)
        release = self.kernel.release
        kdir, binds = self.kernel.kdir()
        found = tree.sources(self.lab.tree)
        self.numbered = tree.choose(found, self.count, SEED)
        made.sync()
        for _ in range(ROUNDS):
            tree.write(os.path.join(made.top, "src"), found, self.numbered)
            start = os.path.getsize(made.log) if os.path.exists(made.log) else 0
            progress.step(PART, f"build the modules with {len(self.numbered)} mutants")
            try:
                made.make(["make", "-k", "-j", build.JOBS, "modules", f"KVER={release}",
                           f"KDIR={kdir}", "WAYMARK_TESTS=1"], f"{PART}: modules", binds)
                return made
            except LabError:
                with open(made.log, encoding="utf-8", errors="replace") as log:
                    log.seek(start)
                    bad = tree.refused(found, self.numbered, log.read())
                if not bad:
                    raise
                self.numbered = {number: mutant for number, mutant in self.numbered.items()
                                 if number not in bad}
        raise LabError(f"{PART}: mutants do not compile", made.log)

    def tests_of(self, number: int) -> list[str]:
        """Of none, all."""
        parts = [tree.part(self.numbered[number].path)] if number else [*tree.PARTS]
        fit = [test for test in self.known if test.split(":")[0] in parts and test not in NOT]
        return sorted(fit, key=lambda test: test not in FIRST)

    def attempt(self, numbers: list[int], logs: str) -> Evidence:
        orders = [{"mutant": number, "tests": self.tests_of(number), "limit": TEST_SECONDS}
                  for number in numbers]

        def guest(append: str, **options: Any) -> qemu.Guest:
            made = qemu.Guest(self.lab, self.disks, [*matrix.machine(self.target.machine), "-fw_cfg",
                              "name=opt/waymark/mutants,file=/out/orders"], append,
                              memory=self.memory, **options)
            with open(made.file("orders"), "w", encoding="ascii") as out:
                json.dump(orders, out)
            return made

        return session.boot(guest, self.name, "waymark.target", logs, 1, BOOT_SECONDS, Watch)

    def groups(self) -> list[list[str]]:
        """The guest starts the others itself."""
        return [[TEST]]


class Mutation:
    name = PART
    long_only = True
    minutes = 120

    def __init__(self, lab: Lab, words: list[str]) -> None:
        self.lab = lab
        self.words = words
        self.logs = os.path.join(lab.results, self.name)
        target = next(target for target in matrix.targets() if target.name == ROW)
        self.station = Station(lab, target, lengths.mutants())
        self.outcomes: dict[int, Outcome] = {}

    def prepare(self) -> None:
        self.station.prepare()

    def wanted(self) -> list[int]:
        numbers = list(self.station.numbered)
        return [number for number in numbers if str(number) in self.words] if self.words else numbers

    def run(self) -> Result:
        start = time.monotonic()
        cache.remove(self.logs)
        result = Result(self.name)
        # First none: a test that fails by itself would find every mutant.
        left = [0, *self.wanted()]
        boots = 0
        while left:
            boots += 1
            evidence = self.station.attempt(left, os.path.join(self.logs, str(boots)))
            found = outcomes(left, evidence)
            if 0 in left and found.get(0, Outcome("nothing ran")).found:
                return result.fail(f"without a mutant: {found.get(0, Outcome('nothing ran')).found}")
            if not found:
                return result.fail(f"boot {boots}: the guest tried no mutant")
            self.outcomes.update(found)
            left = [number for number in left if number not in found]
            progress.step(self.name, f"{len(self.outcomes) - 1} tried, {len(left)} left")
        self.report(result)
        result.seconds = round(time.monotonic() - start, 1)
        result.logs = os.path.relpath(self.logs, self.lab.tree)
        return result

    def report(self, result: Result) -> None:
        known = reasons()
        entries = []
        tried = self.wanted()
        for number in tried:
            mutant, found = self.station.numbered[number], self.outcomes[number].found
            entries.append({"mutant": number, "key": mutant.key, "line": mutant.line, "found": found,
                            "reason": "" if found else known.get(mutant.key, "")})
            if found:
                result.passed += 1
            elif mutant.key not in known:
                result.fail(f"mutant {number} survives: line {mutant.line} of {mutant.key}")
        if result.passed * 100 < SHARE * len(tried):
            result.fail(f"{result.passed} of {len(tried)} mutants were found, less than {SHARE} %")
        result.figures["mutants"] = {"tried": len(tried), "found": result.passed, "seed": SEED}
        with open(os.path.join(self.lab.results, "mutation.json"), "w", encoding="utf-8") as out:
            json.dump(entries, out, indent=2)
            out.write("\n")
        progress.step(self.name, f"{result.passed} of {len(tried)} mutants found")


def rows(lab: Lab, wanted: Wanted) -> list[Mutation]:
    words = [word.partition(":")[2] for word in wanted.tests if word.split(":")[0] == PART]
    if wanted.tests and not words:
        return []
    return [Mutation(lab, [word for word in words if word])]
