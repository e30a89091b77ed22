# SPDX-License-Identifier: GPL-2.0-only
"""The least of the QEMU Machine Protocol that plugging devices needs."""

import json
import socket
import threading
import time

from lab.host.error import LabError


class Qmp:
    """A connection; commands from one thread at a time, events are kept."""

    def __init__(self, path, timeout=60):
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
        self.events = []
        self.lock = threading.Lock()
        self._read()
        self.command("qmp_capabilities")

    def _read(self):
        line = self.lines.readline()
        try:
            return json.loads(line)
        except ValueError:      # it may die inside a line
            raise LabError("QEMU closed its control socket") from None

    def command(self, name, **arguments):
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

    def ending(self):
        """The reason of the last SHUTDOWN event, as "guest-reset"; "" without one. QEMU has ended."""
        with self.lock:
            try:
                while True:
                    self.events.append(self._read())
            except (LabError, OSError, ValueError):
                pass
        reasons = [event["data"].get("reason", "") for event in self.events
                   if event.get("event") == "SHUTDOWN"]
        return reasons[-1] if reasons else ""

    def close(self):
        self.socket.close()
