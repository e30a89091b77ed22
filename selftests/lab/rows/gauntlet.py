# SPDX-License-Identifier: GPL-2.0-only
"""
The naming gauntlet as one row: boots of machines that differ, a point for every
boot's own tests and for every scenario. TESTS="gauntlet:WORD ..." selects
scenarios whose name holds a WORD.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lab.boot import qemu, session
from lab.gauntlet import scenarios, table, verdict
from lab.gauntlet.verdict import Entry, Look
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import judge
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import stock
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

PART = "gauntlet"
TEST = f"{PART}:gauntlet.sh"


class Station(stock.KernelRow):
    """A target, packed once and booted with many machines."""

    # A boot takes minutes: the gauntlet has no test that takes hours.
    long_limit = stock.LIMIT

    def __init__(self, lab: Lab, target: matrix.Target) -> None:
        super().__init__(lab, target, Wanted((TEST,), long=True), name=f"gauntlet-{target.name}")

    def extra(self) -> Mapping[str, str]:
        return {PART: os.path.join(matrix.HERE, "guest", PART)}

    def look(self, boot: scenarios.Boot, snapshot: object, steps: Sequence[str], logs: str) -> Result:
        """The Result of a boot that walks the named steps; its looks are in logs/bench."""
        orders = json.dumps({"live": steps, "roles": scenarios.roles(), "snapshot": snapshot})

        def guest(append: str, **options: Any) -> qemu.Guest:
            made = qemu.Guest(self.lab, self.disks, [*boot.machine.words(), "-fw_cfg",
                              "name=opt/waymark/gauntlet,file=/out/orders"], f"{append} {boot.append}",
                              memory=self.memory, **options)
            with open(made.file("orders"), "w") as out:
                out.write(orders)
            return made

        evidence = session.boot(guest, boot.name, "waymark.target", logs, 1, self.limit)
        return judge.judge(boot.name, evidence, self.expectation())


class Gauntlet:
    name = "gauntlet"
    long_only = True
    minutes = 60

    def __init__(self, lab: Lab, words: Sequence[str]) -> None:
        self.lab = lab
        self.words = words
        self.boots = {boot.name: boot for boot in scenarios.BOOTS}
        self.stations: dict[str, Station] = {}
        self.looks: dict[str, dict[str, Any]] = {}
        self.result = Result(self.name)
        self.logs = os.path.join(lab.results, self.name)

    def wanted(self, name: str) -> bool:
        return not self.words or any(word in name for word in self.words)

    def needed(self) -> list[str]:
        """The boots of the chosen scenarios, each after the one that it remembers."""
        names = [name for scenario in scenarios.SCENARIOS if self.wanted(scenario.name)
                 for name in (scenario.before, scenario.after)]
        if any(self.wanted(scenario.name) for scenario in scenarios.LIVE):
            names += ["live", "live-plain"]
        order: list[str] = []

        def add(name: str) -> None:
            if self.boots[name].former:
                add(self.boots[name].former)
            if name not in order:
                order.append(name)
        for name in names:
            add(name)
        return order

    def prepare(self) -> None:
        targets = {target.name: target for target in matrix.targets()}
        if not self.needed():
            raise LabError(f"TESTS: no scenario holds {' or '.join(self.words)}")
        for name in self.needed():
            target = self.boots[name].target
            if target not in self.stations:
                self.stations[target] = Station(self.lab, targets[target])
                self.stations[target].prepare()

    def run(self) -> Result:
        start = time.monotonic()
        cache.remove(self.logs)
        for name in self.needed():
            self.one_boot(self.boots[name])
        entries = [entry for entry in [*self.boot_entries(), *self.live_entries()] if entry]
        path = os.path.join(self.lab.results, "gauntlet.json")
        table.write(path, entries)
        print("\n".join(table.lines(entries)), flush=True)
        self.result.seconds = round(time.monotonic() - start, 1)
        self.result.logs = os.path.relpath(self.logs, self.lab.tree)
        return self.result

    def one_boot(self, boot: scenarios.Boot) -> None:
        logs = os.path.join(self.logs, boot.name)
        snapshot = None
        if boot.former:
            earlier = self.looks.get(boot.former, {}).get("boot")
            snapshot = earlier["snapshot"] if earlier else None
        steps = [scenario.name for scenario in scenarios.LIVE if boot.live and self.wanted(scenario.name)]
        found = self.stations[boot.target].look(boot, snapshot, steps, logs)
        self.result.passed += found.passed
        self.result.skipped += found.skipped
        self.result.fail(*[f"boot {boot.name}: {reason}" for reason in found.failures])
        looks: dict[str, Any] = {}
        self.looks[boot.name] = looks
        try:
            with open(os.path.join(logs, "bench")) as lines:
                for line in lines:
                    look = json.loads(line)
                    looks[look["look"]] = look
        except (OSError, ValueError) as error:
            self.result.fail(f"boot {boot.name}: what it reported cannot be read: {error}")

    def look(self, boot: str, label: str, more: Mapping[str, str] | None = None) -> Look | None:
        """None where the boot did not get that far."""
        found = self.looks.get(boot, {}).get(label)
        places = {**self.boots[boot].machine.places(), **(more or {})}
        return Look(found, places) if found else None

    def entry(self, name: str, row_name: str, expected: Sequence[str], looks: Sequence[Look | None],
              plain: Sequence[Look | None] = ()) -> Entry | None:
        """looks: before, after, and what was remembered; plain: where udev renames nothing."""
        before, after, former = looks
        old, new = plain or (None, None)
        if not (before and after and former) or plain and not (old and new):
            self.result.fail(f"{name}: a look is missing")
            return None
        entry = verdict.compare(name, row_name, before, after, former, (old, new) if old and new else None)
        trouble = verdict.problems(entry, expected)
        self.result.fail(*trouble)
        self.result.passed += not trouble
        progress.step(self.name, f"{name}: {'FAILED' if trouble else 'as promised'}")
        return entry

    def boot_entries(self) -> Iterator[Entry | None]:
        for scenario in scenarios.SCENARIOS:
            if not self.wanted(scenario.name):
                continue
            before, after = self.boots[scenario.before], self.boots[scenario.after]
            row_name = before.target if before.target == after.target else f"{before.target} to {after.target}"
            expected = [port for port in before.machine.nics if port in after.machine.nics]
            looks = [self.look(before.name, "boot"), self.look(after.name, "boot"),
                     self.look(after.name, "former")]
            yield self.entry(scenario.name, row_name, expected, looks)

    def live_entries(self) -> Iterator[Entry | None]:
        for scenario in scenarios.LIVE:
            if not self.wanted(scenario.name):
                continue
            old, new = f"{scenario.name}:before", f"{scenario.name}:after"
            before, after = (self.look("live", old, scenario.before), self.look("live", new, scenario.after))
            plain = (self.look("live-plain", old, scenario.before),
                     self.look("live-plain", new, scenario.after))
            expected = [*self.boots["live"].machine.nics,
                        *(port for port in scenario.before.values() if port in scenario.after.values())]
            yield self.entry(scenario.name, self.boots["live"].target, expected,
                             [before, after, after], plain)


def rows(lab: Lab, wanted: Wanted) -> list[Gauntlet]:
    words = [word.partition(":")[2] for word in wanted.tests if word.split(":")[0] == PART]
    if wanted.tests and not words:
        return []
    return [Gauntlet(lab, [word for word in words if word])]
