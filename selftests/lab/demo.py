# SPDX-License-Identifier: GPL-2.0-only
"""make demo: a guest with five NICs takes the tour, its screen is shown here."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING

from lab.boot import session
from lab.boot.qemu import Guest
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import kernellog, verdict
from lab.make import matrix
from lab.rows import stock

if TYPE_CHECKING:
    from lab.laboratory import Lab

LIMIT = 600
# What an empty cache needs: the chroots of QEMU and of the build, a root file system, a kernel.
ROOM_AT_FIRST = 7 << 29


class Screen(session.Watch):
    """Copies what the guest shows as it comes."""

    def __init__(self, guest: Guest, name: str, planned: int) -> None:
        super().__init__(guest, name, planned)
        self.shown = 0

    def __call__(self) -> None:
        text = self.guest.text("screen")
        sys.stdout.write(text[self.shown:])
        sys.stdout.flush()
        self.shown = len(text)


def run(lab: Lab, target: matrix.Target) -> int:
    """0 when every step of the tour did what it shows."""
    progress.step("demo", f"build the suite for {target.name} and boot it, five NICs")
    entry = stock.KernelRow(lab, dataclasses.replace(target, machine="demo"), name="demo")
    entry.harness = False
    entry.pack(entry.prepare_base())
    logs = os.path.join(lab.results, "demo")
    cache.remove(logs)
    evidence = session.boot(entry.guest, "demo", "waymark.target waymark.job=demo", logs, 0, LIMIT,
                            watch=Screen)
    said = verdict.parse(evidence.verdict, evidence.nonce)
    problems = said.problems + kernellog.bad_lines(evidence.dmesg + evidence.console)
    if evidence.timed_out:
        problems.insert(0, "the guest was not done in time")
    if said.status > 0:
        problems.append("a step failed, see above")
    if problems:
        raise LabError(f"demo: {problems[0]}", logs)
    print(f"\nThat was {target.name}. Next: a shell in such a guest (make vm ROW={target.name}), "
          "or this machine:\n"
          "make && sudo make install && sudo modprobe netdev_naming && netdevname list")
    return 0
