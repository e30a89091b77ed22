# SPDX-License-Identifier: GPL-2.0-only
"""A guest while it runs: faults of the emulator, and unplugging."""

from __future__ import annotations

import unittest
from typing import Any
from unittest import mock

from lab.boot import control, session
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
