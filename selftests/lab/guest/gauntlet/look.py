# SPDX-License-Identifier: GPL-2.0-only
"""What the NICs of this machine are called right now, and where they sit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from typing import Any

NET = "/sys/class/net"
ROOT = "/dev/netdev"
OUT = "/dev/virtio-ports/waymark.bench"
FUNCTION = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:([0-9a-f]{2}\.[0-7])$")
USB_PORT = re.compile(r"[0-9]+-([0-9.]+)$")
LIMIT = 120     # seconds; only a hang reaches it


class Trouble(Exception):
    pass


def run(*words: str, check: bool = True) -> str:
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if check and done.returncode:
        raise Trouble(f"{' '.join(words)}: {(done.stderr or done.stdout).decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace")


def settle() -> None:
    run("udevadm", "settle", "--timeout=300")


def trigger() -> None:
    run("udevadm", "trigger", "--action=change", "--subsystem-match=netdev_naming")
    settle()


def wait_for(what: str, call: Callable[[], object]) -> None:
    """Until call() gives something."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        if call():
            return
        time.sleep(0.2)
    raise Trouble(f"{what}: not there after {LIMIT} s")


def place(name: str) -> str:
    """Slot and function of each bridge on the way, or "" for a virtual NIC."""
    path = os.path.realpath(f"{NET}/{name}")
    device = os.path.realpath(f"{NET}/{name}/device")
    while device != "/" and not FUNCTION.match(os.path.basename(device)):
        device = os.path.dirname(device)
    suffix = ""
    if os.path.exists(f"{device}/physfn"):
        function, device = device, os.path.realpath(f"{device}/physfn")
        for entry in os.listdir(device):
            if entry.startswith("virtfn") and os.path.realpath(f"{device}/{entry}") == function:
                suffix = f"/vf{entry[6:]}"
        path = device
    parts = path.split("/")
    found = [match[1] for match in map(FUNCTION.match, parts) if match]
    usb = [match[1] for match in map(USB_PORT.match, parts) if match]
    return "/".join(found) + ("/usb" + usb[-1] if usb else "") + suffix


def first_names() -> dict[str, str]:
    """The name that the kernel gave: {name now: name at first}."""
    first: dict[str, str] = {}
    for old, new in ((match[2], match[1]) for match in
                     re.finditer(r"(\S+): renamed from (\S+)", run("dmesg"))):
        first[new] = first.pop(old, old)
    return first


def nics() -> list[dict[str, Any]]:
    found = []
    first = first_names()
    for nic in json.loads(run("ip", "-j", "link", "show")):
        name = nic["ifname"]
        where = place(name)
        if where:
            found.append({"place": where, "name": name, "first": first.get(name, name),
                          "ifindex": nic["ifindex"], "altnames": nic.get("altnames", [])})
    return found


def links() -> dict[str, str]:
    found = {}
    for top, _, names in os.walk(ROOT):
        for name in names:
            path = os.path.join(top, name)
            if os.path.islink(path):
                found[os.path.relpath(path, ROOT)] = os.path.basename(os.path.realpath(path))
    return found


def report(label: str) -> None:
    settle()
    text = json.dumps({"look": label, "nics": nics(), "links": links(),
                       "kernel": os.uname().release, "systemd": run("systemctl", "--version").split()[1],
                       "snapshot": json.loads(run("netdevname", "snapshot", "-j"))})
    with open(OUT, "w") as out:
        out.write(text + "\n")


def name_at(where: str) -> str:
    """The name of the NIC that sits there now, or ""."""
    for name in os.listdir(NET):
        try:
            if os.path.islink(f"{NET}/{name}") and place(name) == where:
                return name
        except OSError:
            pass        # gone meanwhile
    return ""
