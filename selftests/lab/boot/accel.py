# SPDX-License-Identifier: GPL-2.0-only
"""
Which accelerator works. A device node proves nothing: there are machines where
/dev/kvm exists and a guest on it hangs, at once or only where a kernel gets to
long mode and several processors. So a boot sector has to run first, which tells
in a second or two where nothing does, and then a kernel, up to where it misses
its root file system. The answer holds until the machine boots again.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.host import command, progress
from lab.make.chroot import Binds

if TYPE_CHECKING:
    from lab.laboratory import Lab

# A boot sector that writes "W" to the debug console and stops the machine.
SECTOR = (b"\xb0\x57\xe6\xe9"           # mov al,'W'; out 0xe9,al
          b"\xb0\x00\xe6\xf4\xf4\xeb\xfd")    # out 0xf4,al (isa-debug-exit); hlt; loop
SECTOR_LIMIT = 10       # seconds
# With KVM a kernel gets there in two seconds, or in ten beside other guests. If it takes longer
# than this, emulation is as good.
KERNEL_LIMIT = 40
# The message of a kernel that came up and finds no disk.
ARRIVED = "VFS: Unable to mount root fs"
# Features that are slow to emulate and that nothing here needs: a fifth level of page tables,
# the vector instructions that a C library prefers, and fast string instructions, with which a
# kernel clears a page byte by byte. vaes and vpclmulqdq are off because kernels complain about
# them without AVX.
CPU = ["-cpu", "max,la57=off,avx=off,avx2=off,f16c=off,fma=off,erms=off,fsrm=off,fzrm=off,"
       "fsrs=off,fsrc=off,vaes=off,vpclmulqdq=off"]
# Virtual processors take turns in one thread (False), or have a thread each (True). With threads
# every atomic instruction is slow, and a processor spins while the holder of a lock does not run.
TCG = {False: ["-accel", "tcg,thread=single", *CPU], True: ["-accel", "tcg,thread=multi", *CPU]}
KVM = ["-accel", "kvm", "-cpu", "host"]


def boot_id() -> str:
    with open("/proc/sys/kernel/random/boot_id") as text:
        return text.read().strip()


def sector() -> bytes:
    return SECTOR.ljust(510, b"\0") + b"\x55\xaa"


def said(lab: Lab, words: Sequence[str], limit: float, binds: Binds = ()) -> str:
    """What a guest with these arguments writes to /build/out until it ends or the limit is over."""
    folder = lab.workspace("probe")
    with open(os.path.join(folder, "disk"), "wb") as out:
        out.write(sector())
    open(os.path.join(folder, "vmlinuz"), "w").close()      # the mount point
    argv = lab.tools().argv(["qemu-system-x86_64", *words, "-display", "none", "-nodefaults", "-no-reboot"],
                            binds=[(folder, "/build"), *binds])
    seen = os.path.join(folder, "out")
    open(seen, "w").close()
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=command.environment())
    try:
        child.wait(limit)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    with open(seen, errors="replace") as text:
        return text.read()


def runs_sector(lab: Lab, words: Sequence[str]) -> bool:
    return said(lab, [*words, "-m", "64", "-drive", "file=/build/disk,format=raw,if=ide",
                      "-debugcon", "file:/build/out", "-device", "isa-debug-exit,iobase=0xf4,iosize=1"],
                SECTOR_LIMIT).startswith("W")


def runs_kernel(lab: Lab, words: Sequence[str], vmlinuz: str) -> bool:
    """With as many processors as guests have: there are machines where one comes up and two do not."""
    return ARRIVED in said(lab, [*words, "-machine", "q35", "-m", "512", "-smp", "2",
                                 "-kernel", "/build/vmlinuz", "-append", "console=ttyS0 panic=-1",
                                 "-serial", "file:/build/out"],
                           KERNEL_LIMIT, [(vmlinuz, "/build/vmlinuz", "ro")])


def works(lab: Lab, words: Sequence[str], vmlinuz: str) -> bool:
    """
    Whether guests with these arguments come up. A kernel gets a second time, as the answer is
    kept, and what was slow may have been this kernel or the moment.
    """
    return runs_sector(lab, words) and any(runs_kernel(lab, words, vmlinuz) for _ in range(2))


def get(lab: Lab, vmlinuz: str, at_once: bool = False) -> list[str]:
    """The QEMU arguments of the best accelerator that works; emulated CPUs run at once or by turns."""
    return KVM if choose(lab, vmlinuz) == "kvm" else TCG[at_once]


def choose(lab: Lab, vmlinuz: str) -> str:
    """"kvm" or "tcg"; probed once a boot of this machine, with any kernel."""
    with lab.guard("accel"):
        path = os.path.join(lab.cache.top, "accelerator")
        now = boot_id()
        if os.path.exists(path):
            with open(path) as text:
                known, _, name = text.read().strip().partition(" ")
            if known == now and name in ("kvm", "tcg"):
                return name
        name = "tcg"
        if os.path.exists("/dev/kvm"):
            progress.step("accelerator", "does a guest on /dev/kvm come up? "
                          f"(at most {SECTOR_LIMIT + 2 * KERNEL_LIMIT} s)")
            name = "kvm" if works(lab, KVM, vmlinuz) else "tcg"
        progress.step("accelerator", "KVM" if name == "kvm" else "emulation (TCG), KVM does not work here")
        with open(path + ".tmp", "w") as out:
            out.write(f"{now} {name}\n")
        os.rename(path + ".tmp", path)
        return name
