#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""netdevname roles test on snapshots of 10,000 machines with 8 NICs each, on one core."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

MACHINES = 10000
LIMIT = 2.0     # seconds that the requirement allows
ROLES = ("[Match]\nPath=pci-0000:01:00.*\n[Role]\nName=uplink\n",
         "[Match]\nDriver=ixgbe\nSlot=ens3\n[Role]\nName=storage\n",
         "[Match]\nOnboardIndex=2\n[Role]\nName=management\n")


def nic(machine: int, number: int) -> dict[str, Any]:
    mac = f"02:{machine >> 16:02x}:{machine >> 8 & 255:02x}:{machine & 255:02x}:00:{number:02x}"
    path = f"pci-0000:{number:02x}:00.0"
    return {"name": f"enp{number}s0", "ifindex": number + 1, "driver": "ixgbe", "type": "ether",
            "mac": mac, "port_name": "", "onboard_index": str(number) if number < 3 else "",
            "label": "", "location": f"pci0000:00/0000:00:{number:02x}.0/0000:{number:02x}:00.0",
            "dev_port": 0, "dev_id": 0,
            "links": {"path": path, "port": f"{path}-port-0", "mac": mac, "slot": f"ens{number}"},
            "properties": {"ID_BUS": "pci", "ID_VENDOR_ID": "0x8086", "ID_MODEL_ID": "0x10fb",
                           "ID_NET_NAME_MAC": "enx" + mac.replace(":", ""),
                           "ID_NET_NAME_PATH": f"enp{number}s0", "ID_NET_DRIVER": "ixgbe",
                           "ID_NET_NAME_SLOT": f"ens{number}", "ID_PATH": path,
                           "ID_PATH_TAG": path.replace(":", "_")},
            "former": []}


def write(name: str, text: str) -> None:
    with open(name, "w") as out:
        out.write(text)


def main() -> int:
    tool = shutil.which("netdevname")
    if not tool:
        print("netdevname is not in PATH", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as top:
        os.chdir(top)
        os.mkdir("s")
        os.mkdir("roles")
        for number, text in enumerate(ROLES):
            write(f"roles/{number}.role", text)
        for machine in range(MACHINES):
            write(f"s/{machine}", json.dumps({
                "netdevname_snapshot": 1, "machine": f"m{machine}", "kernel": "6.12",
                "nics": [nic(machine, number) for number in range(1, 9)]}))
        command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), tool, "roles", "test", "--roles",
                   "roles", "--quiet"] + [f"s/{machine}" for machine in range(MACHINES)]
        best = float("inf")
        for _ in range(3):
            start = time.monotonic()
            done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
            took = time.monotonic() - start
            best = min(best, took)
            if done.returncode:
                print(f"netdevname roles test: status {done.returncode}", file=sys.stderr)
                return 1
    print(json.dumps({"name": "netdevname.roles_test_10000", "value": round(best, 3), "unit": "s",
                      "reference": "limit", "reference_value": LIMIT}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
