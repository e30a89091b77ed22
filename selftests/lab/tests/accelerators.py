# SPDX-License-Identifier: GPL-2.0-only
"""Which accelerator is taken, with a script in the place of QEMU: functions that return (good, reason)."""

import contextlib
import os
import shlex
import tempfile
from unittest import mock

from lab.boot import accel


class _Tools:
    """The tools of a lab whose guests do what two shell commands do: a boot sector, a kernel."""

    def __init__(self, folder, sector, kernel):
        self.out = os.path.join(folder, "out")
        self.sector = sector
        self.kernel = kernel

    def argv(self, words, binds=()):
        kernel = "-kernel" in words
        # A kernel that is not there boots nowhere.
        good = not kernel or any(inside == "/build/vmlinuz" for _, inside, *_ in binds)
        script = (self.kernel if kernel else self.sector) if good else "exit 1"
        return ["sh", "-c", f"{{ {script}; }} > {shlex.quote(self.out)}"]


class _Lab:
    def __init__(self, folder, sector, kernel):
        self.folder = folder
        self.made = _Tools(folder, sector, kernel)

    def workspace(self, _name):
        return self.folder

    def tools(self):
        return self.made


ARRIVES = f"echo 'Linux version 6'; echo '[ 1.0] Kernel panic - not syncing: {accel.ARRIVED}'"
# With the time that it takes to start a shell on a busy machine.
HANGS = "echo 'Linux version 6'; exec sleep 60"


def _works(sector, kernel):
    with tempfile.TemporaryDirectory() as folder, \
            mock.patch.object(accel, "SECTOR_LIMIT", 5), mock.patch.object(accel, "KERNEL_LIMIT", 5):
        return accel.works(_Lab(folder, sector, kernel), [], "/dev/null")


def one_that_boots_is_taken():
    return _works("printf W", ARRIVES), "accelerator: one that boots a kernel is not taken"


def one_that_does_not_is_not():
    """Each with what it would take to be believed too early."""
    taken = [what for what, sector, kernel in (
        ("runs no boot sector", ":", ARRIVES),
        ("runs a boot sector and no kernel", "printf W", ":"),
        ("stops in a kernel", "printf W", HANGS)) if _works(sector, kernel)]
    return not taken, f"accelerator: taken, though it {', '.join(taken)}"


def a_kernel_gets_a_second_chance():
    with tempfile.TemporaryDirectory() as folder:
        mark = shlex.quote(os.path.join(folder, "once"))
        later = f"if [ -e {mark} ]; then {ARRIVES}; else touch {mark}; fi"
        return _works("printf W", later), "accelerator: a kernel that was slow once is not tried again"


class _Asked:
    """A lab that is asked for its accelerator, and counts what it took to tell."""

    def __init__(self, folder, works):
        self.cache = mock.Mock(top=folder)
        self.guard = lambda _name: contextlib.nullcontext()
        self.probe = mock.Mock(return_value=works)

    def choose(self, boot="b"):
        with mock.patch.object(accel, "works", self.probe), \
                mock.patch.object(accel, "boot_id", lambda: boot), \
                mock.patch.object(accel.progress, "step"), \
                mock.patch.object(os.path, "exists", lambda path: path == "/dev/kvm" or _exists(path)):
            return accel.choose(self, "/dev/null")


_exists = os.path.exists


def the_answer_holds_for_a_boot():
    wrong = []
    for works, name in ((True, "kvm"), (False, "tcg")):
        with tempfile.TemporaryDirectory() as folder:
            lab = _Asked(folder, works)
            said = [lab.choose(), lab.choose(), lab.choose("another boot")]
            if said != [name] * 3 or lab.probe.call_count != 2:
                wrong.append(f"{said} after {lab.probe.call_count} probes")
    return not wrong, f"accelerator: {'; '.join(wrong)}"


ALL = (one_that_boots_is_taken, one_that_does_not_is_not, a_kernel_gets_a_second_chance,
       the_answer_holds_for_a_boot)
