# SPDX-License-Identifier: GPL-2.0-only
"""
Serves a guest's requests to change its hardware (guest/bin/machine). A request
is a line "SERIAL add ID MODEL BUS [PROPERTY=VALUE]...", "SERIAL del ID" or
"SERIAL ports"; the answer "SERIAL ok [TEXT]" or "SERIAL error TEXT".
"""

import socket
import threading
import time

from .error import LabError

# An emulated guest acknowledges an unplug when its PCI hot-plug thread gets to it.
UNPLUG_LIMIT = 300
# Each question is an order to eject that the guest carries out, if only when something else
# is in the slot.
ASK_AGAIN = 30


class Control(threading.Thread):
    def __init__(self, qmp, path, log, ports):
        super().__init__(daemon=True)
        self.qmp = qmp
        self.path = path
        self.log = log
        self.ports = ports
        self.stopping = False
        self.count = 0
        self.lines = None       # to and from the guest

    def run(self):
        try:
            with socket.socket(socket.AF_UNIX) as wire:
                self._connect(wire)
                with wire.makefile("rw") as lines, open(self.log, "w") as log:
                    self.lines = lines
                    for line in lines:
                        answer = self._serve(line.split())
                        print(f"{line.strip()} -> {answer}", file=log, flush=True)
                        lines.write(answer + "\n")
                        lines.flush()
        except OSError:
            pass    # QEMU is gone, and so is the guest that would ask

    def _connect(self, wire):
        while not self.stopping:
            try:
                return wire.connect(self.path)
            except OSError:
                time.sleep(0.1)
        raise OSError

    def _serve(self, words):
        serial = words[0] if words else "?"
        try:
            text = self.request(words[1:])
        except (LabError, ValueError, OSError) as error:
            return f"{serial} error {error}"
        return f"{serial} ok {text}".rstrip()

    def request(self, words):
        """Do one request; also for callers on the host."""
        verb = words[0] if words else ""
        if verb == "add" and len(words) >= 4:
            return self.add(words[1], words[2], words[3], words[4:])
        if verb == "del" and len(words) == 2:
            return self.remove(words[1])
        if verb == "ports" and len(words) == 1:
            return " ".join(self.ports)
        raise LabError(f"unknown request {' '.join(words)}")

    def add(self, name, model, bus, properties):
        if bus not in self.ports:
            raise LabError(f"{bus}: no such port; there are {' '.join(self.ports)}")
        # A backend of its own each time: the old one may linger after an unplug.
        self.count += 1
        backend = f"plug{self.count}"
        self.qmp.command("netdev_add", type="hubport", id=backend, hubid=0)
        settings = dict(word.split("=", 1) for word in properties)
        settings = {key: int(value) if key == "acpi-index" else value
                    for key, value in settings.items()}
        try:
            self.qmp.command("device_add", driver=model, id=name, bus=bus, netdev=backend,
                             romfile="", **settings)
        except LabError:
            self.qmp.command("netdev_del", id=backend)
            raise
        return ""

    def _wake(self):
        """
        Make an interrupt in the guest, by a line that is no answer. Linux 6.1 with PREEMPT_RT,
        with nothing to do but to end an unplugging, was seen to sleep through its timers for
        200 s, and to go on as soon as something came in.
        """
        if self.lines:
            self.lines.write("\n")
            self.lines.flush()

    def _ask(self, name, again):
        """The time of a question that was understood; None: its port is not up to it yet."""
        try:
            self.qmp.command("device_del", id=name)
        except LabError as error:
            # It may go between two questions.
            if again and "not found" in str(error):
                return time.monotonic()
            if "unplug" not in str(error):
                raise
            return None
        return time.monotonic()

    def remove(self, name):
        """Ask until the guest lets go: a port that is still powering up ignores it."""
        match = {"device": name}
        # The id may have been another device's before.
        self.qmp.forget("DEVICE_DELETED", match)
        start = time.monotonic()
        asked, again = None, False
        while time.monotonic() - start < UNPLUG_LIMIT:
            if asked is None or time.monotonic() - asked > ASK_AGAIN:
                asked = self._ask(name, again)
                again = True
            if self.qmp.wait_event("DEVICE_DELETED", match, 10):
                return ""
            self._wake()
        raise LabError(f"{name}: the guest did not let go in {UNPLUG_LIMIT} s")
