# SPDX-License-Identifier: GPL-2.0-only
"""
What a guest that hangs was doing. An interrupt that cannot be masked makes its kernel
list all tasks on the console and stop; a guest that is only asleep wakes for it, too.
"""

import re
import time

from lab.host.error import LabError

# Takes the kernel down when such an interrupt comes, and lists the tasks when it goes down.
# Kernels since 6.17 know the second by another name.
APPEND = "unknown_nmi_panic panic_print=1 panic_sys_info=tasks"
# An emulated guest on a busy machine writes some hundred stacks to its serial port.
LIMIT = 60

TASK = re.compile(r"\] task:(?P<name>.+?)\s+state:(?P<state>\S+)")
FRAME = re.compile(r"\]\s+(?:\? )?(?P<function>[A-Za-z_][\w.]*)\+0x[0-9a-f]+/0x")
# How every task sleeps.
SLEEP = re.compile(r"(__)?schedule(_\w+)?$|preempt_schedule")
FRAMES = 4
TASKS = 8


def ask(guest, wire):
    """Have a guest say what it does, on its console; it ends of that."""
    try:
        wire.command("inject-nmi")
    except (LabError, OSError):
        return      # QEMU hangs, or is just ending: what is there has to do
    deadline = time.monotonic() + LIMIT
    while guest.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)


def stuck(console):
    """["task: function < caller < ..."] of the tasks that wait and cannot be interrupted."""
    found, frames = [], None
    for line in console.splitlines():
        task = TASK.search(line)
        if task:
            frames = None
            if task["state"] == "D" and len(found) < TASKS:
                frames = []
                found.append((task["name"], frames))
        elif frames is not None:
            frame = FRAME.search(line)
            if frame and "? " not in line and not SLEEP.match(frame["function"]):
                frames.append(frame["function"])
    return [f"{name}: {' < '.join(frames[:FRAMES]) or 'no stack'}" for name, frames in found]


def report(console):
    """What to add to the word that a guest timed out."""
    if "] task:" not in console:
        # 5.10 was seen to end before it listed them.
        return "; it answered an interrupt, but listed no tasks" if "syncing: NMI" in console else \
            "; it did not even answer an interrupt"
    waiting = stuck(console)
    return f"; waiting in the kernel: {', '.join(waiting)}" if waiting else \
        "; no task waits in the kernel for what cannot be interrupted"
