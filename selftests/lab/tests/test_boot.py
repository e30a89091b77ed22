# SPDX-License-Identifier: GPL-2.0-only
"""A guest while it runs: faults of the emulator, and unplugging."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

from lab.boot import control, nmi, session
from lab.host import progress
from lab.host.error import LabError
from lab.judge import kernellog

STARVED = ("[  303.5] rcu: rcu_preempt kthread starved for 75002 jiffies! g-1151 f0x0 "
           "RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=0\n")
ASSERTED = "qemu-system-x86_64: system/physmem.c:2671: iotlb_to_section: Assertion `x' failed.\n"
INJECTED = ("[  320.2] faults: vmalloc error: size 374208, vm_struct allocation failed\n"
            "[  320.3] Call Trace:\n")


class Emulator(unittest.TestCase):
    def test_a_lost_timer_is_seen(self) -> None:
        """Only of a guest that has not begun; what hangs later is a failure."""
        self.assertTrue(session.lost_timer("", STARVED))
        self.assertFalse(session.lost_timer("begin nonce=0123456789abcdef\n", STARVED))
        self.assertFalse(session.lost_timer("", "[    0.1] rcu: Hierarchical RCU implementation.\n"))

    def test_a_failed_assertion_is_seen(self) -> None:
        """Not every death of QEMU is one."""
        self.assertTrue(session.asserted(-6, ASSERTED))
        self.assertFalse(session.asserted(-9, ASSERTED))
        self.assertFalse(session.asserted(-6, "qemu-system-x86_64: warning: hub 0 is not connected to "
                                          "host network\n"))


class Guest:
    """A guest whose QEMU is a thread that speaks its protocol; it left these texts."""

    def __init__(self, folder: str, texts: dict[str, str], status: int, done: bool) -> None:
        self.folder = folder
        self.texts = texts
        self.ended = status
        self.done = done
        self.machine: list[str] = []

    def start(self) -> None:
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(os.path.join(self.folder, "qmp"))
        self.server.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        wire, _ = self.server.accept()
        with wire, wire.makefile("rw") as lines:
            print('{"QMP": {}}', file=lines, flush=True)
            lines.readline()
            print('{"return": {}}', file=lines, flush=True)
            print(json.dumps({"event": "SHUTDOWN", "data": {"reason": "guest-shutdown"}}), file=lines, flush=True)
        self.server.close()

    def socket(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    def status(self) -> int:
        return self.ended

    def wait(self, _limit: float, poll: Callable[[], None], late: Callable[[], None]) -> bool:
        poll()
        if not self.done:
            late()
        return self.done

    def close(self, keep: str) -> None:
        os.unlink(os.path.join(self.folder, "qmp"))
        os.makedirs(keep, exist_ok=True)
        for name, text in self.texts.items():
            with open(os.path.join(keep, name), "w") as out:
                out.write(text)


Left = tuple[dict[str, str], int]


class Session(unittest.TestCase):
    def boot(self, *guests: Left, done: bool = True) -> tuple[Any, list[str], list[str]]:
        """(evidence, appended words, the files of the logs) of a boot that gets these guests in turn."""
        words: list[str] = []
        rest = list(guests)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(progress, "step"):
            def make(append: str, **_options: Any) -> Any:
                words.append(append)
                return Guest(folder, *rest.pop(0), done)
            logs = os.path.join(folder, "logs")
            evidence = session.boot(make, "row", "waymark.target", logs, 1, 60)
            files = [os.path.relpath(os.path.join(top, name), logs)
                     for top, _, names in os.walk(logs) for name in names if name != "control"]
        self.assertEqual(rest, [])
        return evidence, words, sorted(files)

    def test_all_that_a_guest_left_is_evidence(self) -> None:
        texts = {name: f"this is {name}" for name in ("tap", "dmesg", "console", "verdict", "kmemleak")}
        evidence, words, files = self.boot((texts, 0))
        self.assertEqual({name: getattr(evidence, name) for name in texts}, texts)
        self.assertEqual((evidence.timed_out, evidence.status, evidence.ending), (False, 0, "guest-shutdown"))
        self.assertEqual(words, [f"systemd.unit=waymark.target waymark.nonce={evidence.nonce}"])
        self.assertEqual(files, sorted(texts))

    def test_a_guest_that_hangs(self) -> None:
        with mock.patch.object(nmi, "ask") as ask:
            evidence, _, _ = self.boot(({}, -9), done=False)
        self.assertEqual((evidence.timed_out, evidence.status, ask.call_count), (True, -9, 1))

    def test_a_fault_of_the_emulator_is_repeated_once(self) -> None:
        """Its logs are kept; a second one is evidence."""
        for fault in (({"console": STARVED}, 0), ({"qemu.log": ASSERTED}, -6)):
            evidence, words, files = self.boot(fault, ({"tap": "second"}, 0))
            self.assertEqual((evidence.tap, len(words)), ("second", 2))
            self.assertEqual(files, [f"emulator/{next(iter(fault[0]))}", "tap"])
            self.assertNotEqual(*words)
        evidence, _, _ = self.boot(fault, fault)
        self.assertEqual(evidence.status, -6)


class Ports:
    """As much of QEMU as an unplugging needs: two devices, in ports that are busy at first."""

    def __init__(self, leaves: bool = True) -> None:
        self.leaves = leaves
        self.devices = ["type", "one", "two"]
        self.asked: list[str] = []

    def command(self, name: str, **arguments: object) -> Any:
        if name == "qom-list":
            return [{"name": device} for device in self.devices]
        name = str(arguments["id"])
        self.asked.append(name)
        if self.asked.count(name) == 1:
            raise LabError("Hot-unplug failed: guest is busy (power indicator blinking)")
        if self.leaves and set(self.asked) == {"one", "two"}:
            self.devices.remove(name)
        if name == "two":       # it was just going
            raise LabError("Device 'two' not found")
        return {}


class Unplugging(unittest.TestCase):
    def test_it_ends(self) -> None:
        """When both are gone, of which nothing tells; an unknown one leaves all as it is."""
        ports = Ports()
        requests = control.Control(ports, "", "", [])
        answers = [requests.serve(["1", "del", *names])
                   for names in (["one", "none"], ["one", "two"], ["one"])]
        self.assertEqual(answers, ["1 error none: no such device", "1 ok", "1 error one: no such device"])
        self.assertEqual(ports.asked, ["one", "two", "one", "two"])

    def test_it_is_given_up(self) -> None:
        with mock.patch.object(control, "UNPLUG_LIMIT", 2):
            answer = control.Control(Ports(False), "", "", []).serve(["1", "del", "one"])
        self.assertEqual(answer, "1 error one: the guest did not let go in 2 s")


class KernelLog(unittest.TestCase):
    def test_an_injected_failure_is_known(self) -> None:
        """One stack for each; the next one is somebody else's, and so is that of another program."""
        self.assertEqual(kernellog.bad_lines(INJECTED), [])
        self.assertEqual(len(kernellog.bad_lines(INJECTED + "[  321.0] Call Trace:\n")), 1)
        self.assertEqual(len(kernellog.bad_lines(INJECTED.replace("faults", "udevd"))), 1)
