# SPDX-License-Identifier: GPL-2.0-only
"""
From two looks at a machine to a row of the table. A look is what guest/look.py
wrote; what a place is called there comes from the machine's definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lab.gauntlet.scenarios import ROLES

KINDS = ("path", "port", "mac", "label", "onboard", "slot", "id", "role")
OURS = tuple(f"by_{kind}" for kind in KINDS) + ("by_former",)
COLUMNS = ("kernel", "udev", "by_name") + OURS

KEPT, LOST, WRONG, NONE = "kept", "lost", "wrong", "none"


# A row of the table: what became of each port's names.
Entry = dict[str, Any]


class Look:
    """The names of each port in one look, and the port that each name leads to."""

    def __init__(self, look: dict[str, Any], places: dict[str, str]) -> None:
        self.kernel = look["kernel"]
        self.systemd = look["systemd"]
        self.snapshot = look["snapshot"]
        self.ports = {}
        nodes = {}
        for nic in look["nics"]:
            port = places.get(nic["place"])
            if port:
                self.ports[port] = nic
            nodes[f"if{nic['ifindex']}"] = port or nic["place"]
        self.links: dict[str, dict[str, str]] = {}
        for link, node in look["links"].items():
            kind, _, name = link.partition("/")
            # A virtual NIC is a wrong port, too.
            self.links.setdefault(kind, {})[name] = nodes.get(node, node)
        self.first = {nic["first"]: nodes[f"if{nic['ifindex']}"] for nic in look["nics"]}
        self.names = {nic["name"]: nodes[f"if{nic['ifindex']}"] for nic in look["nics"]}
        self.reached = dict(self.names)
        for nic in look["nics"]:
            for name in nic["altnames"]:
                self.reached.setdefault(name, nodes[f"if{nic['ifindex']}"])

    def names_of(self, port: str, table: dict[str, str]) -> list[str]:
        return [name for name, owner in table.items() if owner == port]


def cell(names: Iterable[str], table: dict[str, str], port: str) -> str:
    """One port: what became of each of its names."""
    found = [table.get(name) for name in names]
    if not found:
        return NONE
    if any(owner not in (None, port) for owner in found):
        return WRONG
    return LOST if None in found else KEPT


def cells(port: str, before: Look, after: Look, former: Look,
          plain: tuple[Look, Look] | None = None) -> dict[str, str]:
    """{column: cell} of a port. `plain`: looks at a machine where udev renames nothing."""
    name = before.ports[port]["name"]
    if plain:
        old, new = plain
        kernel = cell([old.ports[port]["name"]], new.names, port)
    else:
        kernel = cell([before.ports[port]["first"]], after.first, port)
    found = {"kernel": kernel, "udev": cell([name], after.reached, port),
             "by_name": cell([name], after.links.get("by-name", {}), port)}
    for kind in KINDS:
        links = before.links.get(f"by-{kind}", {})
        found[f"by_{kind}"] = cell(before.names_of(port, links), after.links.get(f"by-{kind}", {}), port)
    # The old name itself, as long as it is in use, else the link of that name.
    remembered = {**former.links.get("by-former", {}), **former.names}
    found["by_former"] = cell([name], remembered, port)
    return found


def astray(before: Look, after: Look, former: Look) -> list[str]:
    """
    Names that lead to another port than the one that they mean. Never right for a role,
    which is called like its port, for its alternative name, for what identifies a card
    and for a former name. What else changes with a slot or with the firmware is no fault.
    """
    found = set()
    for look in (after, former):
        for name, owner in look.links.get("by-role", {}).items():
            if owner != name:
                found.add(f"by-role/{name}")
        for name, owner in look.reached.items():
            if name in ROLES and owner != name:
                found.add(name)
    for kind in ("by-mac", "by-id"):
        for name, owner in after.links.get(kind, {}).items():
            port = before.links.get(kind, {}).get(name)
            if port in after.ports and owner != port:
                found.add(f"{kind}/{name}")
    for port, nic in before.ports.items():
        if former.links.get("by-former", {}).get(nic["name"], port) != port:
            found.add(f"by-former/{nic['name']}")
    return sorted(found)


def together(ports: dict[str, dict[str, str]], column: str) -> str:
    """A column of a scenario: the worst that happened to one of its ports."""
    found = {entry[column] for entry in ports.values()}
    return next((state for state in (WRONG, LOST, KEPT) if state in found), NONE)


def compare(scenario: str, row: str, before: Look, after: Look, former: Look,
            plain: tuple[Look, Look] | None = None) -> Entry:
    """The entry of gauntlet.json."""
    both = [port for port in before.ports if port in after.ports
            and (not plain or all(port in look.ports for look in plain))]
    ports = {port: cells(port, before, after, former, plain) for port in both}
    entry: Entry = {"name": scenario, "row": row}
    states = {column: together(ports, column) for column in COLUMNS}
    entry.update({column: state == KEPT for column, state in states.items()})
    entry["cells"] = states
    entry["ports"] = ports
    entry["wrong"] = astray(before, after, former)
    return entry


def problems(entry: Entry, expected: Sequence[str]) -> list[str]:
    """What the suite promises and this entry breaks."""
    name = entry["name"]
    found = [f"{name}: {port}: not on the machine before and after"
             for port in expected if port not in entry["ports"]]
    for port, states in entry["ports"].items():
        if not any(states[column] == KEPT for column in OURS if column != "by_role"):
            found.append(f"{name}: {port}: no name of its own survived")
        if states["by_role"] != KEPT:
            found.append(f"{name}: {port}: by-role is {states['by_role']}")
    found += [f"{name}: {wrong} leads to another port" for wrong in entry["wrong"]]
    return found
