# SPDX-License-Identifier: GPL-2.0-only
"""Which accelerator is taken, with a script in the place of QEMU."""

from __future__ import annotations

import contextlib
import os
import shlex
import tempfile
import unittest
from collections.abc import Sequence
from typing import Any
from unittest import mock

from lab.boot import accel
from lab.host import progress
from lab.make.chroot import Binds


class _Tools:
    """The tools of a lab whose guests do what two shell commands do: a boot sector, a kernel."""

    def __init__(self, folder: str, sector: str, kernel: str) -> None:
        self.out = os.path.join(folder, "out")
        self.sector = sector
        self.kernel = kernel

    def argv(self, words: Sequence[str], binds: Binds = ()) -> list[str]:
        kernel = "-kernel" in words
        # A kernel that is not there boots nowhere.
        good = not kernel or any(inside == "/build/vmlinuz" for _, inside, *_ in binds)
        script = (self.kernel if kernel else self.sector) if good else "exit 1"
        return ["sh", "-c", f"{{ {script}; }} > {shlex.quote(self.out)}"]


ARRIVES = f"echo 'Linux version 6'; echo '[ 1.0] Kernel panic - not syncing: {accel.ARRIVED}'"
# With the time that it takes to start a shell on a busy machine.
HANGS = "echo 'Linux version 6'; exec sleep 60"


def works(sector: str, kernel: str) -> bool:
    with tempfile.TemporaryDirectory() as folder, \
            mock.patch.object(accel, "SECTOR_LIMIT", 5), mock.patch.object(accel, "KERNEL_LIMIT", 5):
        lab = mock.Mock(workspace=lambda _name: folder, tools=lambda: _Tools(folder, sector, kernel))
        return accel.works(lab, [], "/dev/null")


_exists = os.path.exists


def choose(lab: Any, boot: str = "b") -> str:
    """What a lab answers in a boot of its machine, which has a /dev/kvm."""
    with mock.patch.object(accel, "works", lab.probe), \
            mock.patch.object(accel, "boot_id", lambda: boot), \
            mock.patch.object(progress, "step"), \
            mock.patch.object(os.path, "exists", lambda path: path == "/dev/kvm" or _exists(path)):
        return accel.choose(lab, "/dev/null")


class Accelerator(unittest.TestCase):
    def test_one_that_boots_a_kernel_is_taken(self) -> None:
        self.assertTrue(works("printf W", ARRIVES))

    def test_one_that_does_not_is_not_taken(self) -> None:
        """Each with what it would take to be believed too early."""
        for what, sector, kernel in (
                ("runs no boot sector", ":", ARRIVES),
                ("runs a boot sector and no kernel", "printf W", ":"),
                ("stops in a kernel", "printf W", HANGS)):
            with self.subTest(what):
                self.assertFalse(works(sector, kernel))

    def test_a_kernel_gets_a_second_chance(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            mark = shlex.quote(os.path.join(folder, "once"))
            self.assertTrue(works("printf W", f"if [ -e {mark} ]; then {ARRIVES}; else touch {mark}; fi"))

    def test_the_answer_holds_for_a_boot(self) -> None:
        for working, name in ((True, "kvm"), (False, "tcg")):
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                lab = mock.Mock(probe=mock.Mock(return_value=working),
                                guard=lambda _name: contextlib.nullcontext())
                lab.cache.top = folder
                said = [choose(lab), choose(lab), choose(lab, "another boot")]
                self.assertEqual((said, lab.probe.call_count), ([name] * 3, 2))
