# SPDX-License-Identifier: GPL-2.0-only
"""The matrix: which suites and kernels there are (files `matrix` and `suites`)."""

import configparser
import os
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


def targets(path=os.path.join(HERE, "matrix")):
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


def suites(path=os.path.join(HERE, "suites")):
    parser = configparser.ConfigParser(comment_prefixes=(";",))
    with open(path) as text:
        parser.read_file(text)
    return parser


def archives(suite):
    """[(kind of mirror, release)] of a suite."""
    section = suites()[suite]
    return [tuple(word.split(":")) for word in section["archives"].split()]


def packages(suite, purpose):
    """The packages of a suite's "build" chroot or "guest"."""
    table = suites()
    return table["common"][purpose].split() + table[suite].get(purpose, "").split()


def borrowed(suite):
    """[(other suite, package)] that a suite takes from another."""
    return [tuple(word.split(":")) for word in suites()[suite].get("borrow", "").split()]


def machine(name):
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
