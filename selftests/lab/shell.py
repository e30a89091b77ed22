# SPDX-License-Identifier: GPL-2.0-only
"""make vm: a row's guest with a shell on this terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.boot import control, qmp, session
from lab.host import progress
from lab.host.error import LabError
from lab.make import matrix
from lab.rows import stock
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab


def run(lab: Lab, target: matrix.Target, tests: Sequence[str]) -> int:
    """Returns when the guest is off; tests: which to bring along, default all."""
    if not sys.stdin.isatty():
        raise LabError("vm: needs a terminal")
    entry = stock.KernelRow(lab, target, Wanted(tuple(tests)), whole=True)
    entry.prepare()
    guest = entry.guest("systemd.unit=waymark-shell.target", console=True, at_once=True)
    try:
        progress.step(target.name, "boot; Ctrl-A X stops the guest")
        guest.start()
        wire = qmp.Qmp(guest.socket("qmp"))
        log = os.path.join(lab.results, "log", "control")
        control.Control(wire, guest.socket("control"), log, session.free_ports(guest.machine)).start()
        guest.wait(None)
    finally:
        guest.close()
    return 0
