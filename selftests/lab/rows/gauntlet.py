# SPDX-License-Identifier: GPL-2.0-only
"""
The naming gauntlet as one row: boots of machines that differ, a point for every
boot's own tests and for every scenario. TESTS="gauntlet:WORD ..." selects
scenarios whose name holds a WORD.
"""

import json
import os
import time

from lab.boot import qemu
from lab.gauntlet import scenarios, table, verdict
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import judge, result
from lab.make import matrix
from lab.rows import stock

PART = "gauntlet"
TEST = f"{PART}:gauntlet.sh"


class Station(stock.KernelRow):
    """A target, packed once and booted with many machines."""

    everything = True
    # minutes a boot: none of the tests that take hours is there
    long_limit = stock.LIMIT

    def __init__(self, lab, target):
        super().__init__(lab, target, (TEST,))
        self.name = f"gauntlet-{target.name}"
        self.extra = {PART: os.path.join(matrix.HERE, "guest", PART)}

    def boot(self, boot, snapshot, steps, logs):
        """The Result of a boot that walks the named steps; its looks are in logs/bench."""
        orders = json.dumps({"live": steps, "roles": scenarios.roles(), "snapshot": snapshot})

        def guest(append, **options):
            made = qemu.Guest(self.lab, self.disks, [*boot.machine.words(), "-fw_cfg",
                              "name=opt/waymark/gauntlet,file=/out/orders"], f"{append} {boot.append}",
                              memory=self.memory, **options)
            with open(made.file("orders"), "w") as out:
                out.write(orders)
            return made

        evidence = stock.boot(guest, boot.name, "waymark.target", logs, 1, self.limit)
        return judge.judge(boot.name, evidence, self.expectation())


class Gauntlet:
    name = "gauntlet"
    long = True
    minutes = 60

    def __init__(self, lab, words):
        self.lab = lab
        self.words = words
        self.boots = {boot.name: boot for boot in scenarios.BOOTS}
        self.stations = {}
        self.looks = {}
        self.result = result.Result(self.name)
        self.logs = os.path.join(lab.results, self.name)

    def wanted(self, name):
        return not self.words or any(word in name for word in self.words)

    def needed(self):
        """The boots of the chosen scenarios, each after the one that it remembers."""
        names = [name for scenario in scenarios.SCENARIOS if self.wanted(scenario.name)
                 for name in (scenario.before, scenario.after)]
        if any(self.wanted(scenario.name) for scenario in scenarios.LIVE):
            names += ["live", "live-plain"]
        order = []

        def add(name):
            if self.boots[name].former:
                add(self.boots[name].former)
            if name not in order:
                order.append(name)
        for name in names:
            add(name)
        return order

    def prepare(self):
        targets = {target.name: target for target in matrix.targets()}
        if not self.needed():
            raise LabError(f"TESTS: no scenario holds {' or '.join(self.words)}")
        for name in self.needed():
            target = self.boots[name].target
            if target not in self.stations:
                self.stations[target] = Station(self.lab, targets[target]).prepare()
        return self

    def run(self):
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

    def one_boot(self, boot):
        logs = os.path.join(self.logs, boot.name)
        snapshot = None
        if boot.former:
            earlier = self.looks.get(boot.former, {}).get("boot")
            snapshot = earlier["snapshot"] if earlier else None
        steps = [scenario.name for scenario in scenarios.LIVE if boot.live and self.wanted(scenario.name)]
        found = self.stations[boot.target].boot(boot, snapshot, steps, logs)
        self.result.passed += found.passed
        self.result.skipped += found.skipped
        self.result.fail(*[f"boot {boot.name}: {reason}" for reason in found.failures])
        self.looks[boot.name] = looks = {}
        try:
            with open(os.path.join(logs, "bench")) as lines:
                for line in lines:
                    look = json.loads(line)
                    looks[look["look"]] = look
        except (OSError, ValueError) as error:
            self.result.fail(f"boot {boot.name}: what it reported cannot be read: {error}")

    def look(self, boot, label, more=()):
        """A verdict.Look, or None where the boot did not get that far."""
        found = self.looks.get(boot, {}).get(label)
        places = {**self.boots[boot].machine.places(), **dict(more)}
        return verdict.Look(found, places) if found else None

    def entry(self, name, row_name, expected, looks, plain=None):
        if None in looks or plain and None in plain:
            self.result.fail(f"{name}: a look is missing")
            return None
        entry = verdict.compare(name, row_name, *looks, plain)
        trouble = verdict.problems(entry, expected)
        self.result.fail(*trouble)
        self.result.passed += not trouble
        progress.step(self.name, f"{name}: {'FAILED' if trouble else 'as promised'}")
        return entry

    def boot_entries(self):
        for scenario in scenarios.SCENARIOS:
            if not self.wanted(scenario.name):
                continue
            before, after = self.boots[scenario.before], self.boots[scenario.after]
            row_name = before.target if before.target == after.target else f"{before.target} to {after.target}"
            expected = [port for port in before.machine.nics if port in after.machine.nics]
            looks = [self.look(before.name, "boot"), self.look(after.name, "boot"),
                     self.look(after.name, "former")]
            yield self.entry(scenario.name, row_name, expected, looks)

    def live_entries(self):
        for scenario in scenarios.LIVE:
            if not self.wanted(scenario.name):
                continue
            old, new = f"{scenario.name}:before", f"{scenario.name}:after"
            looks = [self.look("live", old, scenario.before), self.look("live", new, scenario.after)]
            plain = (self.look("live-plain", old, scenario.before),
                     self.look("live-plain", new, scenario.after))
            expected = [*self.boots["live"].machine.nics,
                        *(port for port in scenario.before.values() if port in scenario.after.values())]
            yield self.entry(scenario.name, self.boots["live"].target, expected,
                             [*looks, looks[1]], plain)


def rows(lab, tests):
    words = [word.partition(":")[2] for word in tests if word.split(":")[0] == PART]
    if tests and not words:
        return []
    return [Gauntlet(lab, [word for word in words if word])]
