# SPDX-License-Identifier: GPL-2.0-only
"""A tree's modules with mutants in them, and which of these the compiler refuses."""

import glob
import os
import re

from . import mutants
from .source import Source

# Which tests are a part's, and how many of a hundred mutants.
PARTS = {"netdev_naming": 42, "symbol_index": 34, "flex_array": 24}
# What all modules link: the part that has most tests of it.
SHARED = {"common": "netdev_naming"}
_ERROR = re.compile(r"^(?:.*/)?(modules/[\w./]+\.c):(\d+):\d+: error:", re.MULTILINE)
# Lines that mutants.apply() puts behind the first one.
_SHIFT = mutants.HEADER.count("\n")


def sources(tree: str) -> list[Source]:
    """The modules' files, without those of tests and of kernel versions."""
    found = []
    for folder in (*PARTS, *SHARED):
        for path in sorted(glob.glob(os.path.join(tree, "modules", folder, "*.c"))):
            with open(path, encoding="utf-8") as text:
                found.append(Source(os.path.relpath(path, tree), text.read()))
    return found


def part(path: str) -> str:
    folder = path.split("/")[1]
    return SHARED.get(folder, folder)


def choose(found: list[Source], count: int, seed: int) -> dict[int, mutants.Mutant]:
    """By number from one."""
    chosen: list[mutants.Mutant] = []
    for name, share in PARTS.items():
        of_part = [source for source in found if part(source.path) == name]
        chosen += mutants.choose(of_part, max(1, count * share // 100), seed)
    return dict(enumerate(chosen, 1))


def write(tree: str, found: list[Source], numbered: dict[int, mutants.Mutant]) -> None:
    """Only what changes: make looks at dates."""
    for source in found:
        text = mutants.apply(source, numbered, "\nmodule_init(" in source.code)
        path = os.path.join(tree, source.path)
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                continue
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def refused(found: list[Source], numbered: dict[int, mutants.Mutant], log: str) -> set[int]:
    """The numbers of those at whose lines the compiler saw an error."""
    lines = {source.path: source for source in found}
    errors = {(match[1], int(match[2]) - _SHIFT) for match in _ERROR.finditer(log)}
    bad = set()
    for number, mutant in numbered.items():
        source = lines[mutant.path]
        for edit in mutant.edits:
            first, last = source.line(edit.start), source.line(edit.end)
            if any(path == mutant.path and first <= line <= last for path, line in errors):
                bad.add(number)
    return bad
