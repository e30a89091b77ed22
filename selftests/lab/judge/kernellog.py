# SPDX-License-Identifier: GPL-2.0-only
"""Finds reports in a kernel's log, and taints that nothing explains."""

from __future__ import annotations

import re
from collections.abc import Sequence

BAD = re.compile("|".join((
    r"WARNING: ", r"\bBUG: ", r"\bOops\b", r"Kernel panic", r"general protection fault",
    r"unable to handle", r"Call Trace:", r"INFO: task .* blocked", r"self-detected stall",
    r"detected stalls", r"possible circular locking", r"possible recursive locking",
    r"possible irq lock inversion", r"suspicious RCU usage", r"inconsistent lock state",
    r"sleeping function called", r"scheduling while atomic", r"UBSAN:", r"KASAN:", r"KCSAN:",
    r"KMSAN:", r"refcount_t: ", r"list_(add|del) corruption", r"ODEBUG:", r"unreferenced object",
    r"new suspected memory leaks", r"detected buffer overflow", r"memory leak(?! detector)", r"soft lockup",
    r"hard LOCKUP", r"usercopy: ", r"unregister_netdevice: waiting", r"double fault",
    r"stack segment", r"invalid opcode", r"kernel stack overflow", r"locking bug", r"module .* leaked")))

# Messages of a detector that switches itself off: later bugs go unseen. kmemleak does so when it
# cannot allocate an object of its own; when it cannot allocate a scan area, it scans the whole
# object instead (the test `faults` provokes that). A kernel without lockdep also prints that a
# taint disabled lock debugging.
LOST = {
    "kmemleak": re.compile("|".join((
        r"Kernel memory leak detector disabled", r"Kmemleak disabled",
        r"kmemleak: Cannot allocate a kmemleak_object", r"kmemleak: Memory pool empty",
        r"kmemleak: Cannot insert"))),
    "lockdep": re.compile("|".join((
        r"Disabling lock debugging due to kernel taint",
        r"turning off the locking correctness validator"))),
}

TAINT_LETTERS = "PFSRMBUDAWCIOELKXTNJ"
PROPRIETARY = 1 << 0
STAGING = 1 << 10
OUT_OF_TREE = 1 << 12
UNSIGNED = 1 << 13
LIVEPATCH = 1 << 15
TEST = 1 << 18


# The kernel's message about an allocation that the test `faults` made fail; a stack follows.
INJECTED = re.compile(r"\bfaults: (vmalloc error: size|page allocation failure: order)")


def bad_lines(text: str, detectors: Sequence[str] = ()) -> list[str]:
    """Lines that no run may log. detectors: names in LOST; these have to stay on."""
    found, injected = [], False
    for line in text.splitlines():
        injected = injected or INJECTED.search(line) is not None
        if not BAD.search(line):
            if any(LOST[name].search(line) for name in detectors):
                found.append(line.strip())
            continue
        if injected and "Call Trace:" in line:
            injected = False
        else:
            found.append(line.strip())
    return found


def letters(taint: int) -> str:
    return "".join(letter for bit, letter in enumerate(TAINT_LETTERS) if taint & 1 << bit) or "none"


def unexpected_taint(taint: int, log: str, allowed: int = 0) -> int:
    """The bits that loading our unsigned modules does not explain."""
    expected = OUT_OF_TREE | UNSIGNED | allowed
    if "livepatch: enabling patch" in log:
        expected |= LIVEPATCH
    # The kernel's own modules; selftests/symidx loads them all.
    if "is from the staging directory" in log:
        expected |= STAGING
    # selftests/symidx damages licences; no other module says XPL.
    if "module license 'XPL" in log:
        expected |= PROPRIETARY
    return taint & ~expected
