# SPDX-License-Identifier: GPL-2.0-only
"""Programs that the laboratory runs: how they fail, and what is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from lab.host import command
from lab.host.error import LabError
from lab.make.matrix import HERE

# What apt and dpkg are to mmdebstrap: a mount, and a child with a session of its own.
MOUNTS = ("mount -t tmpfs tmpfs place && { setsid sh -c 'touch begun; exec sleep 300' > alive & } && "
          "sleep 300")


def ends(pipe: int, limit: float) -> bool:
    """Whether the last writer of a pipe goes, in so many seconds."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            if not os.read(pipe, 1):
                return True
        except BlockingIOError:
            time.sleep(0.1)
    return False


# A run of one row that waits for something for ever.
ENDLESS = """
import signal, sys, threading, types
from lab import check, cli
class Row:
    name, minutes, long_only = "endless", 4, False
    def prepare(self): pass
    def run(self):
        print("runs", flush=True)
        threading.Event().wait()
signal.signal(signal.SIGINT, signal.default_int_handler)    # which a shell may have set to be ignored
cli.Lab = lambda: types.SimpleNamespace(tree="/none")
check.rows = lambda *_: [Row()]
sys.argv = ["lab", "check"]
sys.exit(cli.main())
"""


class Command(unittest.TestCase):
    def test_an_interrupted_run_ends(self) -> None:
        """At once: it does not wait for the rows that it is in."""
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number), subprocess.Popen(
                    [sys.executable, "-c", ENDLESS], cwd=os.path.dirname(HERE), stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
                assert child.stdout and child.stderr
                self.assertEqual(child.stdout.readline(), "runs\n")
                child.send_signal(number)
                try:
                    self.assertEqual(child.wait(60), 130)
                finally:
                    child.kill()
                self.assertIn("lab: interrupted", child.stderr.read())

    def test_a_full_disk_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(LabError, "no space left"):
            command.run(["sh", "-c", "cat /dev/zero > /dev/full"], "fill", os.path.join(folder, "log"))

    def test_a_hung_program_is_not_waited_for(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(LabError, "not done after"):
            command.run(["sleep", "60"], "sleep", os.path.join(folder, "log"), timeout=0.2)

    def test_a_killed_program_leaves_nothing(self) -> None:
        """Neither a mount nor a process, once it has begun; a busy machine gets more time for that."""
        with tempfile.TemporaryDirectory() as folder:
            place, begun = os.path.join(folder, "place"), os.path.join(folder, "begun")
            os.mkdir(place)
            os.mkfifo(os.path.join(folder, "alive"))
            alive = os.open(os.path.join(folder, "alive"), os.O_RDONLY | os.O_NONBLOCK)
            for limit in (1, 10, 100):
                with self.assertRaises(LabError):
                    command.run(command.contained(["sh", "-c", MOUNTS]), "mount",
                                os.path.join(folder, "log"), cwd=folder, timeout=limit)
                if os.path.exists(begun):
                    break
            mounted = os.path.ismount(place)
            if mounted:
                command.output(["umount", place], "umount")
            ended = ends(alive, 60)
            os.close(alive)
            self.assertEqual((os.path.exists(begun), ended, mounted), (True, True, False))
