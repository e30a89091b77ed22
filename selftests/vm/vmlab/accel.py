# SPDX-License-Identifier: GPL-2.0-only
"""
Which accelerator works. A device node proves nothing: there are machines where
/dev/kvm exists and a guest on it hangs. So a tiny guest has to come up first;
the answer holds until the machine boots again.
"""

import os
import subprocess

from . import command, progress

# A boot sector that writes "W" to the debug console and stops the machine.
SECTOR = (b"\xb0\x57\xe6\xe9"           # mov al,'W'; out 0xe9,al
          b"\xb0\x00\xe6\xf4\xf4\xeb\xfd")    # out 0xf4,al (isa-debug-exit); hlt; loop
LIMIT = 10
# What an emulator does slowly and nothing here needs: a fifth level of page tables in every
# walk, the vector instructions that a C library chooses where it finds them, and string
# instructions announced as fast, with which a page is cleared byte by byte. Kernels complain
# of vector instructions for ciphers where the others are not.
CPU = ["-cpu", "max,la57=off,avx=off,avx2=off,f16c=off,fma=off,erms=off,fsrm=off,fzrm=off,"
       "fsrs=off,fsrc=off,vaes=off,vpclmulqdq=off"]
# Virtual processors take turns in one thread, or run at once in a thread each: then every
# atomic instruction costs, and one that waits for a lock whose holder does not run spins.
TCG = {False: ["-accel", "tcg,thread=single", *CPU], True: ["-accel", "tcg,thread=multi", *CPU]}
KVM = ["-accel", "kvm", "-cpu", "host"]


def boot_id():
    with open("/proc/sys/kernel/random/boot_id") as text:
        return text.read().strip()


def sector():
    return SECTOR.ljust(510, b"\0") + b"\x55\xaa"


def works(lab, words):
    """Whether a guest with these arguments reaches its boot sector."""
    folder = lab.workspace("probe")
    with open(os.path.join(folder, "disk"), "wb") as out:
        out.write(sector())
    argv = lab.tools().argv(
        ["qemu-system-x86_64", *words, "-m", "64", "-display", "none", "-nodefaults", "-no-reboot",
         "-drive", "file=/build/disk,format=raw,if=ide", "-debugcon", "file:/build/out",
         "-device", "isa-debug-exit,iobase=0xf4,iosize=1"], binds=[(folder, "/build")])
    seen = os.path.join(folder, "out")
    open(seen, "w").close()
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=command.environment())
    try:
        child.wait(LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    with open(seen) as text:
        return text.read().startswith("W")


def get(lab, at_once=False):
    """The QEMU arguments of the best accelerator that works; emulated CPUs run at once or by turns."""
    return KVM if choose(lab) == "kvm" else TCG[at_once]


def choose(lab):
    """"kvm" or "tcg"; probed once a boot of this machine."""
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
            progress.step("accelerator", f"does a guest on /dev/kvm come up? (at most {LIMIT} s)")
            name = "kvm" if works(lab, KVM) else "tcg"
        progress.step("accelerator", "KVM" if name == "kvm" else "emulation (TCG), KVM does not work here")
        with open(path + ".tmp", "w") as out:
            out.write(f"{now} {name}\n")
        os.rename(path + ".tmp", path)
        return name
