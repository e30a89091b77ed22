# SPDX-License-Identifier: GPL-2.0-only
"""The tasks that a hanging guest listed on its console (see boot/nmi.py)."""

from __future__ import annotations

import re

TASK = re.compile(r"\] task:(?P<name>.+?)\s+state:(?P<state>\S+)")
FRAME = re.compile(r"\]\s+(?:\? )?(?P<function>[A-Za-z_][\w.]*)\+0x[0-9a-f]+/0x")
# Frames of every sleeping task; they say nothing.
SLEEP = re.compile(r"(__)?schedule(_\w+)?$|preempt_schedule")
FRAMES = 4
TASKS = 8


def stuck(console: str) -> list[str]:
    """["task: function < caller < ..."] of the tasks that wait and cannot be interrupted."""
    found: list[tuple[str, list[str]]] = []
    frames: list[str] | None = None
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
    return [f"{name}: {' < '.join(stack[:FRAMES]) or 'no stack'}" for name, stack in found]


def report(console: str) -> str:
    """Details for the message that a guest timed out."""
    if "] task:" not in console:
        # 5.10 was seen to stop before it listed them.
        return "; it answered an interrupt, but listed no tasks" if "syncing: NMI" in console else \
            "; it did not even answer an interrupt"
    waiting = stuck(console)
    return f"; waiting in the kernel: {', '.join(waiting)}" if waiting else \
        "; no task waits in the kernel for what cannot be interrupted"
