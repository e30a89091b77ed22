# SPDX-License-Identifier: GPL-2.0-only
"""The guest's own verdict: lines "WORD nonce=N REST" on a serial port of its own."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Verdict:
    begun: bool = False
    ended: bool = False
    status: int = -1
    systemd: str = ""
    kernel: str = ""
    taint: int = -1
    leaks: int | None = None    # None: kmemleak was not asked
    lockdep: str = ""       # debug_locks of /proc/lockdep_stats
    problems: list[str] = field(default_factory=list)


def parse(text: str, nonce: str) -> Verdict:
    """Read the port's bytes; every line must carry the nonce of this boot."""
    verdict = Verdict()
    for line in text.splitlines():
        words = line.strip().split(" ", 2)
        if len(words) < 2:
            continue
        if words[1] != f"nonce={nonce}":
            verdict.problems.append(f"verdict: a line without this boot's nonce: {line.strip()[:80]}")
            continue
        _line(verdict, words[0], words[2].strip() if len(words) > 2 else "")
    if not verdict.begun:
        verdict.problems.append("verdict: the guest never began")
    elif not verdict.ended:
        verdict.problems.append("verdict: missing, the guest died or hung")
    elif verdict.taint < 0:
        verdict.problems.append("verdict: no taint given")
    return verdict


def _line(verdict: Verdict, word: str, rest: str) -> None:
    if word == "begin":
        verdict.begun = True
    elif word == "systemd":
        verdict.systemd = rest
    elif word == "kernel":
        verdict.kernel = rest
    elif word == "taint":
        verdict.taint = int(rest) if rest.isdigit() else -1
    elif word == "kmemleak":
        verdict.leaks = int(rest) if rest.isdigit() else -1
    elif word == "lockdep":
        verdict.lockdep = rest
    elif word == "problem":
        verdict.problems.append(f"guest: {rest}")
    elif word == "end":
        name, _, value = rest.partition("=")
        verdict.ended = name == "status" and value.isdigit()
        verdict.status = int(value) if verdict.ended else -1
    else:
        verdict.problems.append(f"verdict: unknown line {word}")
