# SPDX-License-Identifier: GPL-2.0-only
"""A guest's QEMU command line and the running process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lab.boot import accel
from lab.host import command
from lab.host.command import Child
from lab.host.error import LabError
from lab.make.chroot import Bind

if TYPE_CHECKING:
    from lab.laboratory import Lab

PORTS = ("tap", "dmesg", "kmemleak", "bench", "screen", "gcov")
# Under emulation on a busy machine, time-based detectors cry wolf.
PATIENCE = "rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 sysctl.kernel.hung_task_timeout_secs=480"
# When the emulator loses a one-shot timer or a wake-up, an idle CPU sleeps for minutes; with
# periodic ticks it sleeps for one tick.
TICKS = "nohz=off highres=off"
# An emulated processor has no vulnerabilities to mitigate.
UNMITIGATED = "mitigations=off"

# An interrupt that cannot be masked takes the kernel down, which then lists the tasks (nmi.py).
# Kernels since 6.17 know the second by another name.
NMI = "unknown_nmi_panic panic_print=1 panic_sys_info=tasks"

# A short path: sockets are in it.
PLACE = "/run"
WORK = "waymark-guest-"


def sweep() -> None:
    """Remove the folders of interrupted runs; the name of a folder contains the process id."""
    for name in os.listdir(PLACE):
        if name.startswith(WORK):
            owner = name[len(WORK):].split("-")[0]
            if owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
                shutil.rmtree(os.path.join(PLACE, name), ignore_errors=True)


class Disks:
    """What is booted: kernel, initramfs and the three images."""

    def __init__(self, vmlinuz: str, initramfs: str, rootfs: str, modules: str, payload: str) -> None:
        self.vmlinuz = vmlinuz
        self.initramfs = initramfs
        self.images = (rootfs, modules, payload)


def split_append(machine: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments without -append, of which QEMU takes one, and what these append."""
    words, appended = [], []
    rest = iter(machine)
    for word in rest:
        if word == "-append":
            appended.append(next(rest))
        else:
            words.append(word)
    return words, appended


class Guest:
    """One boot. Files of its ports are in `work` until close()."""

    def __init__(self, lab: Lab, disks: Disks, machine: Sequence[str], append: str, memory: str = "1G",
                 cpus: int = 2, accelerator: Sequence[str] | None = None, console: bool = False,
                 at_once: bool = False) -> None:
        self.lab = lab
        sweep()
        self.work = tempfile.mkdtemp(prefix=f"{WORK}{os.getpid()}-", dir=PLACE)
        self.disks = disks
        self.machine, appended = split_append(machine)
        self.append = " ".join([append, *appended])
        self.memory = memory
        self.cpus = cpus
        self.accelerator = accelerator or accel.get(lab, disks.vmlinuz, at_once)
        self.console = console
        self.process: Child | None = None
        self.binds: list[Bind] = [(self.work, "/out")]

    def file(self, name: str) -> str:
        return os.path.join(self.work, name)

    def text(self, name: str) -> str:
        try:
            with open(self.file(name), errors="replace") as data:
                return data.read()
        except OSError:
            return ""

    def argv(self) -> list[str]:
        """Images are bound one by one: they lie in different cache entries."""
        words = ["qemu-system-x86_64", *self.machine, *self.accelerator, "-smp", str(self.cpus),
                 "-m", self.memory, "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot",
                 # The watchdog of q35 runs once its driver was loaded, and tests that unload every
                 # module unload the driver that pings it.
                 "-action", "watchdog=none",
                 "-kernel", "/out/vmlinuz", "-initrd", "/out/initramfs", "-append", self.cmdline(),
                 "-qmp", "unix:/out/qmp,server=on,wait=off",
                 "-device", "virtio-rng-pci", "-device", "virtio-serial-pci"]
        for number, name in enumerate(("rootfs", "modules", "payload")):
            words += ["-drive", f"file=/out/{name},format=raw,if=none,readonly=on,id=disk{number}",
                      "-device", f"virtio-blk-pci,drive=disk{number}"]
        if self.console:
            words += ["-chardev", "stdio,id=console,mux=on,signal=off"]
        else:
            words += ["-chardev", "file,id=console,path=/out/console"]
        words += ["-serial", "chardev:console", "-chardev", "file,id=verdict,path=/out/verdict",
                  "-serial", "chardev:verdict",
                  "-chardev", "socket,id=control,path=/out/control,server=on,wait=off",
                  "-device", "virtserialport,chardev=control,name=waymark.control"]
        for port in PORTS:
            words += ["-chardev", f"file,id={port},path=/out/{port}",
                      "-device", f"virtserialport,chardev={port},name=waymark.{port}"]
        return words

    def cmdline(self) -> str:
        words = ["console=ttyS0", "panic=-1", "oops=panic", "log_buf_len=8M", "net.ifnames=1",
                 "systemd.show_status=0", "systemd.firstboot=off", "loglevel=5", NMI]
        if "kvm" not in " ".join(self.accelerator):
            words.append(PATIENCE)
            if "-icount" not in self.accelerator:
                words += [TICKS, UNMITIGATED]
        return " ".join([*words, self.append])

    def start(self) -> Guest:
        """Start QEMU in the lab chroot with the images bound beside its ports."""
        names = ("vmlinuz", "initramfs", "rootfs", "modules", "payload")
        paths = (self.disks.vmlinuz, self.disks.initramfs, *self.disks.images)
        for name, path in zip(names, paths):
            open(self.file(name), "w").close()
            self.binds.append((path, f"/out/{name}", "ro"))
        argv = self.lab.tools().argv(self.argv(), binds=self.binds)
        with open(self.file("qemu.log"), "w") as log:
            self.process = subprocess.Popen(
                argv, stdin=None if self.console else subprocess.DEVNULL,
                stdout=None if self.console else log, stderr=None if self.console else log,
                env=command.environment(), start_new_session=not self.console)
        command.live.add(self.process)
        return self

    def wait(self, limit: float | None, poll: Callable[[], None] | None = None,
             late: Callable[[], None] | None = None) -> bool:
        """Whether QEMU ended by itself within limit seconds. If not, late() is called and QEMU is killed."""
        deadline = time.monotonic() + limit if limit else None
        while self.status() is None:
            if deadline and time.monotonic() > deadline:
                try:
                    if late:
                        late()
                finally:
                    self.stop()
                return False
            if poll:
                poll()
            time.sleep(0.2)
        return True

    def status(self) -> int | None:
        """How QEMU ended; None while it runs."""
        return self._child().poll()

    def _child(self) -> Child:
        if self.process is None:
            raise LabError("this guest was not started")
        return self.process

    def stop(self) -> None:
        if self.process:
            command.kill(self.process)

    def close(self, keep: str | None = None) -> None:
        """Stop QEMU, copy the files of the ports to `keep`, and remove the folder."""
        self.stop()
        if keep:
            os.makedirs(keep, exist_ok=True)
            for name in ("console", "verdict", "qemu.log", *PORTS):
                if os.path.exists(self.file(name)):
                    shutil.copyfile(self.file(name), os.path.join(keep, name))
        shutil.rmtree(self.work, ignore_errors=True)

    def socket(self, name: str) -> str:
        """The path of a socket; waits until QEMU has made it."""
        deadline = time.monotonic() + 30
        while not os.path.exists(self.file(name)):
            if self.status() is not None or time.monotonic() > deadline:
                raise LabError(f"QEMU did not start: {self.text('qemu.log').strip()[-300:]}")
            time.sleep(0.05)
        return self.file(name)
