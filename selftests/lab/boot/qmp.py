# SPDX-License-Identifier: GPL-2.0-only
"""The least of the QEMU Machine Protocol that plugging devices needs."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

from lab.host.error import LabError


class Qmp:
    """A connection; commands from one thread at a time, events are kept."""

    def __init__(self, path: str, timeout: float = 60) -> None:
        deadline = time.monotonic() + timeout
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise LabError(f"QEMU does not answer: {error.strerror}") from error
                time.sleep(0.05)
        self.socket.settimeout(timeout)
        self.lines = self.socket.makefile("rw")
        self.events: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self._read()
        self.command("qmp_capabilities")

    def _read(self) -> dict[str, Any]:
        line = self.lines.readline()
        try:
            answer: dict[str, Any] = json.loads(line)
            return answer
        except ValueError:      # it may die inside a line
            raise LabError("QEMU closed its control socket") from None

    def command(self, name: str, **arguments: object) -> Any:
        """Run a command; its error becomes a LabError."""
        with self.lock:
            self.lines.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
            self.lines.flush()
            while True:
                answer = self._read()
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise LabError(answer["error"]["desc"])
                self.events.append(answer)

    def ending(self) -> str:
        """The reason of the last SHUTDOWN event, as "guest-reset"; "" without one. QEMU has ended."""
        with self.lock:
            try:
                while True:
                    self.events.append(self._read())
            except (LabError, OSError, ValueError):
                pass
        reasons = [event["data"].get("reason", "") for event in self.events
                   if event.get("event") == "SHUTDOWN"]
        return str(reasons[-1]) if reasons else ""

    def close(self) -> None:
        self.socket.close()
