# SPDX-License-Identifier: GPL-2.0-only
"""Figures that tests print beside their points."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lab.judge import tap

FUZZ = "fuzz:fuzz"
CHURN = "churn:churn"

PHASE = re.compile(r"(?:not )?ok \d+ .*: (\d+) operations, \d+ of them succeeded$")
SEED = re.compile(r"# seed (\d+), (\d+) operations$")
BLOCKS = re.compile(r"# coverage all: (\d+) of (\d+) blocks")
CYCLES = re.compile(r"# churn: ((?:\w+=\d+ ?)+)$")
REPLAY = re.compile(r"# replay: (.*)$")


def matches(pattern: re.Pattern[str], lines: Iterable[str]) -> list[re.Match[str]]:
    return [found for found in map(pattern.match, lines) if found]


def fuzzed(report: tap.Report) -> dict[str, Any]:
    """The figures of the fuzzer, over all its phases and rounds; {} if it did not run."""
    lines = report.lines(FUZZ)
    if lines is None:
        return {}
    found = {"operations": sum(int(phase[1]) for phase in matches(PHASE, lines))}
    seeds = matches(SEED, lines)
    if seeds:
        found.update(seed=int(seeds[0][1]), rounds=len(seeds))
    # The coverage only grows, so the last value is that of all rounds.
    blocks = matches(BLOCKS, lines)
    if blocks:
        found.update(blocks_reached=max(int(share[1]) for share in blocks), blocks=int(blocks[-1][2]))
    return found


def churned(report: tap.Report) -> dict[str, Any]:
    """How many loads and unloads there were, and what else happened meanwhile; {} without any."""
    found = matches(CYCLES, report.lines(CHURN) or [])
    if not found:
        return {}
    pairs = [word.split("=") for word in found[-1][1].split()]
    return {"churn": {name: int(count) for name, count in pairs}}


def of(report: tap.Report) -> dict[str, Any]:
    """All of them."""
    return {**fuzzed(report), **churned(report)}


def blind(report: tap.Report) -> str:
    """An error if the fuzzer ran on a kernel with KCOV and printed no coverage, else ""."""
    if not report.of(FUZZ) or fuzzed(report).get("blocks_reached"):
        return ""
    return f"{FUZZ}: ran without saying which share of the modules' basic blocks it reached"
