#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
What /dev/netdev must look like, worked out from sysfs, ethtool's ioctl and udev's
records of the network devices (not of the nodes), compared with what is there.

Status 0 when both are equal; else 1 and one line a difference. With the argument
"-" each line of standard input is a question, and after the differences the answer
is "right" or "wrong".
"""

from __future__ import annotations

import array
import fcntl
import os
import re
import socket
import stat
import struct
import sys
import traceback
from collections.abc import Iterator

NET = "/sys/class/net"
ROOT = "/dev/netdev"
PLAIN = re.compile(rb"[A-Za-z0-9#+.:=@_-]")
SIOCETHTOOL = 0x8946
ETHTOOL_GPERMADDR = 0x20
FUNCTION = re.compile(r"[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")


def read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def line(path: str) -> bytes:
    return read(path).rstrip(b"\n")


def escape(text: bytes) -> str:
    if text in (b".", b".."):
        return "".join(f"\\x{byte:02x}" for byte in text)
    return "".join(chr(byte) if PLAIN.match(bytes([byte])) else f"\\x{byte:02x}" for byte in text)


def record(ifindex: int) -> dict[str, bytes]:
    """udev's properties of a network device."""
    found = {}
    for entry in read(f"/run/udev/data/n{ifindex}").split(b"\n"):
        if entry.startswith(b"E:") and b"=" in entry:
            key, value = entry[2:].split(b"=", 1)
            found[key.decode()] = value
    return found


def permanent_mac(name: bytes) -> bytes:
    """From the driver through ethtool, not from what the kernel shows as current."""
    command = array.array("B", struct.pack("=II32x", ETHTOOL_GPERMADDR, 32))
    request = struct.pack("16sP16x", name, command.buffer_info()[0])
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anything:
            fcntl.ioctl(anything, SIOCETHTOOL, request)
    except OSError:
        return b""
    size, = struct.unpack_from("=I", command, 4)
    mac = b":".join(b"%02x" % byte for byte in command[8:8 + size])
    useless = (b"00:00:00:00:00:00", b"ff:ff:ff:ff:ff:ff")
    return mac if len(mac) == 17 and mac not in useless else b""


def serial(device: str) -> str:
    """The Device Serial Number of a PCI Express function."""
    config = read(f"{device}/config")
    at = 0x100
    seen: set[int] = set()
    while 0x100 <= at <= len(config) - 12 and at not in seen:
        seen.add(at)
        header = int.from_bytes(config[at:at + 4], "little")
        if header in (0, 0xffffffff):
            break
        if header & 0xffff == 3:
            number = int.from_bytes(config[at + 4:at + 12], "little")
            digits = f"{number:016x}"
            return digits if len(set(digits)) > 1 else ""
        at = header >> 20
    return ""


def made_of(number: str, mac: bytes) -> bool:
    digits = mac.decode().replace(":", "")
    return (len(digits) == 12 and number[:6] == digits[:6]
            and abs(int(number[10:], 16) - int(digits[6:], 16)) < 64)


class Nic:
    def __init__(self, name: bytes) -> None:
        self.name = name
        self.dir = os.path.realpath(os.path.join(NET, os.fsdecode(name)))
        self.ifindex = int(line(f"{self.dir}/ifindex"))
        self.virtual = self.dir.startswith("/sys/devices/virtual/")
        functions = [part for part in self.dir.split("/") if FUNCTION.match(part)]
        self.order = [tuple(int(word, 16) for word in re.split("[:.]", part)) for part in functions]
        self.order.append((int(line(f"{self.dir}/dev_port") or 0),))
        self.pci = os.path.join(self.dir.split(functions[-1])[0], functions[-1]) if functions else ""

    def claims(self) -> Iterator[tuple[str, str]]:
        yield "by-name", escape(self.name)
        if self.virtual:
            return
        udev = record(self.ifindex)
        path = udev.get("ID_PATH", b"")
        if path:
            yield "by-path", escape(path)
            for port in (line(f"{self.dir}/phys_port_name"), line(f"{self.dir}/dev_port")):
                if port:
                    yield "by-port", escape(path + b"-port-" + port)
        stacked = any(entry.startswith("lower_") for entry in os.listdir(self.dir))
        if line(f"{self.dir}/type") == b"1" and not stacked:
            yield "by-mac", escape(permanent_mac(self.name))
        yield "by-label", escape(udev.get("ID_NET_LABEL_ONBOARD", b""))
        yield "by-onboard", escape(udev.get("ID_NET_NAME_ONBOARD", b""))
        yield "by-slot", escape(udev.get("ID_NET_NAME_SLOT", b""))
        number = serial(self.pci) if self.pci and udev.get("ID_BUS") == b"pci" else ""
        # Only root reads it; what the permanent address tells as well is no secret.
        if number and made_of(number, permanent_mac(self.name)):
            vendor, model = (line(f"{self.pci}/{name}").decode()[2:] for name in ("vendor", "device"))
            yield "by-id", f"pci-{vendor}-{model}-{number}-f{self.pci[-1]}"


HELD: dict[str, int] = {}   # the answer before this one: who has a link keeps it


def expected() -> tuple[dict[str, int], set[int]]:
    """
    {"by-x/name": ifindex}; of two claimants the one that had it when this was asked before,
    else the one that is plugged in first in bus order.
    """
    links: dict[str, int] = {}
    nics = [Nic(name) for name in os.listdir(os.fsencode(NET))
            if os.path.isdir(os.path.join(os.fsencode(NET), name))]
    for nic in sorted(nics, key=lambda nic: (nic.virtual, nic.order)):
        for directory, name in nic.claims():
            if name and len(name) <= 255:
                link = f"{directory}/{name}"
                links.setdefault(link, nic.ifindex)
                if HELD.get(link) == nic.ifindex and directory != "by-name":
                    links[link] = nic.ifindex
    HELD.clear()
    HELD.update(links)
    return links, {nic.ifindex for nic in nics}


def actual() -> tuple[dict[str, str], set[int]]:
    links: dict[str, str] = {}
    nodes: set[int] = set()
    for top, _, names in os.walk(ROOT):
        for name in names:
            path = os.path.join(top, name)
            below = os.path.relpath(path, ROOT)
            if os.path.islink(path):
                target = os.path.realpath(path)
                links[below] = target
            elif stat.S_ISCHR(os.lstat(path).st_mode) and re.match(r"if[0-9]+$", below):
                nodes.add(int(below[2:]))
    return links, nodes


def right() -> bool:
    """Prints the differences; True if there are none."""
    wanted, indexes = expected()
    found, nodes = actual()
    wrong = [f"{ROOT}/if{index}: missing" for index in indexes - nodes]
    wrong += [f"{ROOT}/if{index}: no such NIC" for index in nodes - indexes]
    for link, index in wanted.items():
        node = f"{ROOT}/if{index}"
        if link not in found:
            wrong.append(f"{ROOT}/{link}: missing, should lead to {node}")
        elif found[link] != node:
            wrong.append(f"{ROOT}/{link}: leads to {found[link]}, not to {node}")
    for link in found:
        if link.startswith(("by-role/", "by-former/")):
            continue
        if link not in wanted:
            wrong.append(f"{ROOT}/{link}: nobody claims it (leads to {found[link]})")
    for text in sorted(wrong):
        print(text)
    if not wrong and "-v" in sys.argv:
        print(f"{len(found)} links, {len(nodes)} nodes")
    return not wrong


def main() -> int:
    if "-" not in sys.argv:
        return 0 if right() else 1
    for _ in sys.stdin:
        try:
            answer = right()
        except (OSError, ValueError):  # a NIC that went meanwhile: this answer alone is lost
            traceback.print_exc(file=sys.stdout)
            answer = False
        print("right" if answer else "wrong", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
