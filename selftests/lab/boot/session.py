# SPDX-License-Identifier: GPL-2.0-only
"""One boot from start to end: what the guest left behind, as Evidence."""

from __future__ import annotations

import os
import re
import secrets
import signal
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from lab.boot import control, nmi, qmp
from lab.boot.qemu import Guest
from lab.host import progress
from lab.judge import tap
from lab.judge.judge import Evidence

LOST_TIMER = re.compile(r"rcu: .*kthread (starved for|timer wakeup didn't happen for) \d+ jiffies")


class MakeGuest(Protocol):
    """Makes a guest; `append` goes to the kernel's command line."""

    def __call__(self, append: str, **options: Any) -> Guest:
        ...


class EmulatorFault(Exception):
    """The boot was lost by a fault of QEMU, not of the guest."""


class Watch:
    """Prints a line for each test program while the guest runs."""

    def __init__(self, guest: Guest, name: str, planned: int) -> None:
        self.guest = guest
        self.name = name
        self.planned = planned
        self.seen = 0
        self.begun = False
        progress.step(name, "boot")

    def __call__(self) -> None:
        if not self.begun and "begin " in self.guest.text("verdict"):
            self.begun = True
            progress.step(self.name, "systemd is up, udev settles")
        for program in tap.begun(self.guest.text("tap"))[self.seen:]:
            self.seen += 1
            progress.step(self.name, f"test {self.seen} of {self.planned}: {program}")


def boot(make: MakeGuest, name: str, unit: str, logs: str, planned: int, limit: float,
         watch: type[Watch] = Watch, **options: Any) -> Evidence:
    """
    Boot a guest into unit and collect the Evidence. A boot that ended by a fault of the
    emulator is repeated once; what it logged stays in the folder "emulator".
    """
    try:
        return Session(make, name, logs, unit, **options).run(planned, limit, watch, True)
    except EmulatorFault as fault:
        progress.step(name, f"{fault}: booting once more")
        kept = os.path.join(logs, "emulator")
        os.makedirs(kept)
        for entry in os.listdir(logs):
            if entry != "emulator":
                os.replace(os.path.join(logs, entry), os.path.join(kept, entry))
        return Session(make, name, logs, unit, **options).run(planned, limit, watch, False)


class Session:
    """A guest, its nonce, and where its logs go."""

    def __init__(self, make: MakeGuest, name: str, logs: str, unit: str, **options: Any) -> None:
        self.name = name
        self.logs = logs
        self.nonce = secrets.token_hex(8)
        self.guest = make(f"systemd.unit={unit} waymark.nonce={self.nonce}", **options)
        self.wire: qmp.Qmp | None = None

    def run(self, planned: int, limit: float, watch: type[Watch], repeatable: bool) -> Evidence:
        """repeatable: a fault of the emulator is an EmulatorFault, not evidence."""
        guest = self.guest
        try:
            guest.start()
            wire = self.wire = self._serve()
            look = watch(guest, self.name, planned)
            done = guest.wait(limit, self._poll(look, repeatable), lambda: nmi.ask(guest, wire))
            look()
            status = guest.status() or 0
            if repeatable and asserted(status, guest.text("qemu.log")):
                raise EmulatorFault("QEMU failed an assertion of its own")
            return Evidence(self.nonce, tap=guest.text("tap"), dmesg=guest.text("dmesg"),
                            console=guest.text("console"), verdict=guest.text("verdict"),
                            kmemleak=guest.text("kmemleak"), timed_out=not done, status=status,
                            ending=wire.ending())
        finally:
            if self.wire:
                self.wire.close()
            guest.close(self.logs)

    def _serve(self) -> qmp.Qmp:
        """Connect to QEMU, and answer the guest's requests by that."""
        wire = qmp.Qmp(self.guest.socket("qmp"))
        os.makedirs(self.logs, exist_ok=True)
        control.Control(wire, self.guest.socket("control"), os.path.join(self.logs, "control"),
                        free_ports(self.guest.machine)).start()
        return wire

    def _poll(self, look: Callable[[], None], repeatable: bool) -> Callable[[], None]:
        def poll() -> None:
            look()
            if repeatable and lost_timer(self.guest.text("verdict"), self.guest.text("console")):
                raise EmulatorFault("the emulator lost the guest's timer")
        return poll


def lost_timer(verdict: str, console: str) -> bool:
    """
    Whether RCU's thread was not woken for minutes before the tests began. Seen on overloaded
    machines in one of about fifty boots, also before the first module was loaded.
    """
    return "begin " not in verdict and LOST_TIMER.search(console) is not None


def asserted(status: int, log: str) -> bool:
    """
    Whether QEMU aborted itself. Seen once in several hundred unplugs: iotlb_to_section(), which
    another virtual CPU reaches while the memory map changes.
    """
    return status == -signal.SIGABRT and re.search(r"^qemu-.*Assertion .* failed", log, re.M) is not None


def free_ports(machine: Sequence[str]) -> list[str]:
    """The root ports of a machine that no device sits on."""
    ports = [m[1] for word in machine if (m := re.match(r"pcie-root-port,id=([^,]+)", word))]
    return [port for port in ports if not any(f"bus={port}," in word + "," for word in machine)]
