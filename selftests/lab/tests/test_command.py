# SPDX-License-Identifier: GPL-2.0-only
"""Programs that the laboratory runs: how they fail, and what is left of them."""

from __future__ import annotations

import os
import tempfile
import time
import unittest

from lab.host import command
from lab.host.error import LabError

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


class Command(unittest.TestCase):
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
