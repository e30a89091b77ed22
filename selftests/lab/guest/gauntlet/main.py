# SPDX-License-Identifier: GPL-2.0-only
"""One boot of the gauntlet. The host's orders come by fw_cfg, the looks go to a port."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import live
import look

ORDERS = "/sys/firmware/qemu_fw_cfg/by_name/opt/waymark/gauntlet/raw"
ROLES = "/run/netdev-naming/roles.d"
KEPT = "/var/lib/netdev-naming/snapshot.json"


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


class Plan:
    """The test points; a step's exception is its failure."""

    def __init__(self, count: int) -> None:
        self.count = 0
        self.failed = 0
        print(f"TAP version 13\n1..{count}", flush=True)

    def point(self, text: str, call: Callable[..., None], *words: Any) -> None:
        self.count += 1
        try:
            call(*words)
        except (look.Trouble, OSError) as error:
            self.failed += 1
            print(f"not ok {self.count} {text}\n# {error}", flush=True)
        else:
            print(f"ok {self.count} {text}", flush=True)


def apply_roles(roles: dict[str, str]) -> None:
    for name, text in roles.items():
        write(f"{ROLES}/{name}", text)
    look.trigger()
    look.report("boot")


def remember(snapshot: object) -> None:
    """As after an upgrade: the kept snapshot is there, and is kept anew."""
    if snapshot:
        write(KEPT, json.dumps(snapshot))
    look.run("netdevname", "snapshot", "--save")
    look.settle()
    look.report("former")


def main() -> int:
    look.run("modprobe", "qemu_fw_cfg")
    with open(ORDERS) as text:
        orders = json.load(text)
    steps = [step for step in live.STEPS if step.name in orders["live"]]
    plan = Plan(2 + len(steps))
    plan.point("names after the boot", apply_roles, orders["roles"])
    plan.point("names after the snapshot was kept", remember, orders["snapshot"])
    for step in steps:
        plan.point(step.name, step.walk)
    return 1 if plan.failed else 0


if __name__ == "__main__":
    sys.exit(main())
