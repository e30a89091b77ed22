# SPDX-License-Identifier: GPL-2.0-only
"""
Find out what a guest that hangs is doing. A non-maskable interrupt makes its kernel list all
tasks on the console and stop; it also wakes a guest that is only asleep.
"""

from __future__ import annotations

import time

from lab.boot.qemu import Guest
from lab.boot.qmp import Qmp
from lab.host.error import LabError

# An emulated guest on a busy machine writes some hundred stacks to its serial port.
LIMIT = 60


def ask(guest: Guest, wire: Qmp) -> None:
    """Make a guest list its tasks on the console; its kernel stops after that."""
    try:
        wire.command("inject-nmi")
    except (LabError, OSError):
        return      # QEMU hangs or is just ending: the console is as complete as it gets
    deadline = time.monotonic() + LIMIT
    while guest.status() is None and time.monotonic() < deadline:
        time.sleep(0.2)
