# SPDX-License-Identifier: GPL-2.0-only
"""make vm: a row's guest with a shell on this terminal."""

import os
import sys

from lab.boot import control, qmp
from lab.host import progress
from lab.host.error import LabError
from lab.rows import stock


def run(lab, target, tests):
    """Returns when the guest is off; tests: which to bring along, default all."""
    if not sys.stdin.isatty():
        raise LabError("vm: needs a terminal")
    entry = stock.KernelRow(lab, target, tests)
    entry.whole = True
    entry.prepare()
    guest = entry.guest("systemd.unit=waymark-shell.target", console=True, at_once=True)
    try:
        progress.step(target.name, "boot; Ctrl-A X stops the guest")
        guest.start()
        wire = qmp.Qmp(guest.socket("qmp"))
        log = os.path.join(lab.results, "log", "control")
        control.Control(wire, guest.socket("control"), log, stock.free_ports(guest.machine)).start()
        guest.wait(None)
    finally:
        guest.close()
    return 0
