# SPDX-License-Identifier: GPL-2.0-only
"""
Ask a guest that hangs what it does. An interrupt that cannot be masked makes its kernel
list all tasks on the console and stop; a guest that is only asleep wakes for it, too.
"""

from __future__ import annotations

import time

from lab.boot.qemu import Guest
from lab.boot.qmp import Qmp
from lab.host.error import LabError

# An emulated guest on a busy machine writes some hundred stacks to its serial port.
LIMIT = 60


def ask(guest: Guest, wire: Qmp) -> None:
    """Have a guest say what it does, on its console; it ends of that."""
    try:
        wire.command("inject-nmi")
    except (LabError, OSError):
        return      # QEMU hangs, or is just ending: what is there has to do
    deadline = time.monotonic() + LIMIT
    while guest.status() is None and time.monotonic() < deadline:
        time.sleep(0.2)
