# SPDX-License-Identifier: GPL-2.0-only
"""
Serves a guest's requests to change its hardware (guest/bin/machine). A request
is a line "SERIAL add ID MODEL BUS [PROPERTY=VALUE]...", "SERIAL del ID..." or
"SERIAL ports"; the answer "SERIAL ok [TEXT]" or "SERIAL error TEXT".
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol

from lab.host.error import LabError

# An emulated guest acknowledges an unplug only when its PCI hot-plug thread runs.
UNPLUG_LIMIT = 300
# Seconds until the request is repeated. The guest carries out every request that it got, even
# if another device sits in the slot by then: so not too often.
ASK_AGAIN = 30
TRY_AGAIN = 1
# A port that is powering up, or that has not answered the last request.
BUSY = re.compile("guest is busy|already in the process of unplug")


class Commands(Protocol):
    """As much of QEMU's machine protocol as plugging needs (qmp.Qmp)."""

    def command(self, name: str, **arguments: object) -> Any:
        ...


class Control(threading.Thread):
    def __init__(self, qmp: Commands, path: str, log: str, ports: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.qmp = qmp
        self.path = path
        self.log = log
        self.ports = ports
        self.stopping = False
        self.count = 0

    def run(self) -> None:
        try:
            with socket.socket(socket.AF_UNIX) as wire:
                self._connect(wire)
                with wire.makefile("rw") as lines, open(self.log, "w") as log:
                    for line in lines:
                        answer = self.serve(line.split())
                        print(f"{line.strip()} -> {answer}", file=log, flush=True)
                        lines.write(answer + "\n")
                        lines.flush()
        except OSError:
            pass    # QEMU is gone, and so is the guest that would ask

    def _connect(self, wire: socket.socket) -> None:
        while not self.stopping:
            try:
                return wire.connect(self.path)
            except OSError:
                time.sleep(0.1)
        raise OSError

    def serve(self, words: Sequence[str]) -> str:
        """The answer to a request of the guest."""
        serial = words[0] if words else "?"
        try:
            text = self.request(words[1:])
        except (LabError, ValueError, OSError) as error:
            return f"{serial} error {error}"
        return f"{serial} ok {text}".rstrip()

    def request(self, words: Sequence[str]) -> str:
        """Do one request; also for callers on the host."""
        verb = words[0] if words else ""
        if verb == "add" and len(words) >= 4:
            return self.add(words[1], words[2], words[3], words[4:])
        if verb == "del" and len(words) >= 2:
            return self.remove(words[1:])
        if verb == "ports" and len(words) == 1:
            return " ".join(self.ports)
        raise LabError(f"unknown request {' '.join(words)}")

    def add(self, name: str, model: str, bus: str, properties: Sequence[str]) -> str:
        if bus not in self.ports:
            raise LabError(f"{bus}: no such port; there are {' '.join(self.ports)}")
        # A new backend each time: the old one may linger after an unplug.
        self.count += 1
        backend = f"plug{self.count}"
        self.qmp.command("netdev_add", type="hubport", id=backend, hubid=0)
        pairs = dict(word.split("=", 1) for word in properties)
        settings = {key: int(value) if key == "acpi-index" else value
                    for key, value in pairs.items()}
        try:
            self.qmp.command("device_add", driver=model, id=name, bus=bus, netdev=backend,
                             romfile="", **settings)
        except LabError:
            self.qmp.command("netdev_del", id=backend)
            raise
        return ""

    def _there(self, names: Sequence[str]) -> list[str]:
        """Those of the names that QEMU still has."""
        known = [entry["name"] for entry in self.qmp.command("qom-list", path="/machine/peripheral")]
        return [name for name in names if name in known]

    def _ask(self, name: str) -> float:
        """Request an unplug; returns the seconds until the next request."""
        try:
            self.qmp.command("device_del", id=name)
        except LabError as error:
            # It can vanish between two looks.
            if not BUSY.search(str(error)) and self._there([name]):
                raise
            return TRY_AGAIN
        return ASK_AGAIN

    def remove(self, names: Sequence[str]) -> str:
        """
        Ask until the guest lets go of all: a port that is still powering up ignores it. The event
        DEVICE_DELETED says more: QEMU has freed the device. It does so when its thread for RCU
        gets to that, which was seen asleep for minutes while nothing else happened (10.0).
        """
        left = self._there(names)
        unknown = [name for name in names if name not in left]
        if unknown:
            raise LabError(f"{' '.join(unknown)}: no such device")
        start = time.monotonic()
        again = dict.fromkeys(left, start)
        while left:
            now = time.monotonic()
            if now - start > UNPLUG_LIMIT:
                raise LabError(f"{' '.join(left)}: the guest did not let go in {UNPLUG_LIMIT} s")
            for name in left:
                if now >= again[name]:
                    again[name] = now + self._ask(name)
            time.sleep(0.1)
            left = self._there(left)
        return ""
