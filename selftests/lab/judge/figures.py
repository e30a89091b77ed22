# SPDX-License-Identifier: GPL-2.0-only
"""What tests say of themselves beside their points; it goes into the report as figures."""

import re

from lab.judge import tap as report

FUZZ = "fuzz:fuzz"
CHURN = "churn:churn"

PHASE = re.compile(r"(?:not )?ok \d+ .*: (\d+) operations, \d+ of them succeeded$")
SEED = re.compile(r"# seed (\d+), (\d+) operations$")
BLOCKS = re.compile(r"# coverage all: (\d+) of (\d+) blocks")
CYCLES = re.compile(r"# churn: ((?:\w+=\d+ ?)+)$")
REPLAY = re.compile(r"# replay: (.*)$")


def said(tap, test):
    """The lines of a program, as it printed them; None if it did not run."""
    lines = None
    inside = False
    for line in tap.splitlines():
        line = line.rstrip("\r")
        header = report.HEADER.match(line)
        if header:
            inside = f"{header['part']}:{header['test']}" == test
            lines = [] if inside and lines is None else lines
        elif inside and line.startswith("# "):
            lines.append(line[2:])
        elif not line.startswith("#"):
            inside = False
    return lines


def matches(pattern, lines):
    return [found for found in map(pattern.match, lines) if found]


def fuzzed(tap):
    """The fuzzer's: of all its phases and rounds, not of the first; {} if it did not run."""
    lines = said(tap, FUZZ)
    if lines is None:
        return {}
    found = {"operations": sum(int(phase[1]) for phase in matches(PHASE, lines))}
    seeds = matches(SEED, lines)
    if seeds:
        found.update(seed=int(seeds[0][1]), rounds=len(seeds))
    # What was reached only grows.
    blocks = matches(BLOCKS, lines)
    if blocks:
        found.update(blocks_reached=max(int(share[1]) for share in blocks), blocks=int(blocks[-1][2]))
    return found


def churned(tap):
    """How many loads and unloads there were, and what else happened meanwhile; {} without any."""
    found = matches(CYCLES, said(tap, CHURN) or [])
    if not found:
        return {}
    return {"churn": {name: int(count) for name, count in (word.split("=") for word in found[-1][1].split())}}


def of(tap):
    """All of them."""
    return {**fuzzed(tap), **churned(tap)}


def blind(tap):
    """What is wrong with a fuzzer on a kernel with KCOV; "" if nothing is."""
    if said(tap, FUZZ) is None or fuzzed(tap).get("blocks_reached"):
        return ""
    return f"{FUZZ}: ran without saying which share of the modules' basic blocks it reached"
