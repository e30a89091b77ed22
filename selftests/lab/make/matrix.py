# SPDX-License-Identifier: GPL-2.0-only
"""The matrix: which suites and kernels there are (files `matrix` and `suites`)."""

from __future__ import annotations

import configparser
import os
from collections.abc import Sequence
from dataclasses import dataclass

from lab.host.error import LabError

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@dataclass(frozen=True)
class Target:
    """One line of the matrix."""
    name: str
    suite: str
    kernel: str     # regular expression of the release
    systemd: str    # regular expression that the systemd version starts with
    machine: str    # file in machines/


def targets(path: str = os.path.join(HERE, "matrix")) -> list[Target]:
    rows = []
    with open(path) as lines:
        for number, line in enumerate(lines, 1):
            fields = line.split("#")[0].split()
            if not fields:
                continue
            if len(fields) != 5:
                raise LabError(f"{path}:{number}: expected 5 columns, got {len(fields)}")
            rows.append(Target(*fields))
    return rows


def choose(names: Sequence[str]) -> list[Target]:
    """The targets that ROWS names, all without it, in the order of the matrix."""
    known = {target.name: target for target in targets()}
    for name in names:
        if name not in known:
            raise LabError(f"{name}: no such row; rows: {' '.join(known)}")
    return [target for name, target in known.items() if not names or name in names]


def suites(path: str = os.path.join(HERE, "suites")) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(comment_prefixes=(";",))
    with open(path) as text:
        parser.read_file(text)
    return parser


def pairs(text: str) -> list[tuple[str, str]]:
    """ "a:b c:d" as [(a, b), (c, d)]."""
    return [(left, right) for left, _, right in (word.partition(":") for word in text.split())]


def archives(suite: str) -> list[tuple[str, str]]:
    """[(kind of mirror, release)] of a suite."""
    section = suites()[suite]
    return pairs(section["archives"])


def packages(suite: str, purpose: str) -> list[str]:
    """The packages of a suite's "build" chroot or "guest"."""
    table = suites()
    return table["common"][purpose].split() + table[suite].get(purpose, "").split()


def borrowed(suite: str) -> list[tuple[str, str]]:
    """[(other suite, package)] that a suite takes from another."""
    return pairs(suites()[suite].get("borrow", ""))


def machine(name: str) -> list[str]:
    """The QEMU arguments of a machine file."""
    path = os.path.join(HERE, "machines", name)
    try:
        with open(path) as lines:
            text = [line.strip() for line in lines]
    except OSError as error:
        raise LabError(f"machine {name}: {error.strerror}: {path}") from error
    words = []
    for line in text:
        if line and not line.startswith("#"):
            words += line.split(" ", 1)
    return words
