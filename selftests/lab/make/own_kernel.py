# SPDX-License-Identifier: GPL-2.0-only
"""The sanitizer kernels: built once per configuration, source and compiler."""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.host import cache, command, progress
from lab.host.error import LabError
from lab.make import archive, kernel, matrix, source
from lab.make.chroot import Bind, Chroot

if TYPE_CHECKING:
    from lab.laboratory import Lab

HERE = os.path.join(matrix.HERE, "kernels")
# The suite of the laboratory's own chroot, by whose compiler these kernels are built.
SUITE = matrix.suites()["lab"]["release"]
TARGET = matrix.Target("sanitizer", SUITE, "", "257", "q35")
KCSAN_TARGET = matrix.Target("kcsan", SUITE, "", "257", "q35")
# slab_debug, page_poison: uninitialised memory of kmalloc() and of pages must be visible in a
# reply. Only kmalloc's caches: debugging every cache would disable all fast paths, and KASAN
# has red zones and owners of its own. kasan_multi_shot: a second report counts, too.
# no5lvl: with five levels of page tables, KASAN reports every access of an interrupt as wild
# while the features of the boot processor are read again. rcu_expedited: removed objects are
# freed sooner, and an emulated guest waits less.
APPEND = ("no5lvl rcupdate.rcu_expedited=1 slab_debug=P,kmalloc-* page_poison=1 "
          "hash_pointers=always kasan_multi_shot kunit.enable=1 kunit.autorun=1 "
          "waymark.slow")
# The kernel's locks are not instrumented, so KCSAN would not see that they order accesses.
KCSAN_APPEND = f"{APPEND} kcsan.weak_memory=0"
# The run collects the kernel log by dmesg, so the journal need not store it. The one test that
# reads the journal is left to check-long.
BRIEF = "systemd.set_credential=journal.storage:none"
# Unlike CONFIG_INIT_STACK_ALL_PATTERN, for our modules only: they make the replies.
PATTERN = "KCFLAGS=-ftrivial-auto-var-init=pattern"
# The folders of the kernel that get memory of our modules: the functions that these call, and
# locks, queues, sysfs and the memory allocators below those. Instrumenting the rest would find
# only bugs of the kernel, and compiling would take a third to a half longer.
WATCHED = """arch/x86/kernel/kprobes drivers/base drivers/base/firmware_loader drivers/char
    fs fs/kernfs fs/sysfs kernel kernel/livepatch kernel/locking kernel/module kernel/printk
    kernel/rcu kernel/sched kernel/time lib lib/crc lib/kunit lib/math mm net net/core
    net/netlink""".split()
# make expands this in each folder that it enters. Our modules are instrumented as a whole.
ONLY_WATCHED = f"$(if $(filter {' '.join(WATCHED)},$(obj)),,n)"
# The compiler's option that proves instrumentation, by option of the configuration.
INSTRUMENTS = {"CONFIG_KASAN": "-fsanitize=kernel-address",
               "CONFIG_UBSAN_SHIFT": "-fsanitize=shift"}
# Tests load these modules, which have exports and no imports. The kernel's configuration offers
# them only together with much larger drivers.
BY_HAND = {"CONFIG_LRU_CACHE": "lib/lru_cache.ko", "CONFIG_CRC8": "lib/crc/crc8.ko"}
SYMVERS = "symvers.sh"
TOOLCHAIN = re.compile(r"(gcc|cpp|binutils|bison|flex|make|libc6-dev|libelf-dev)[-_]")


# {option: value}; None for "is not set"
Orders = dict[str, "str | None"]


def orders(*fragments: str) -> Orders:
    """{option: value} of fragments, the last one wins; None for "is not set"."""
    wanted: Orders = {}
    for fragment in fragments:
        with open(fragment) as lines:
            for line in lines:
                off = re.match(r"# (CONFIG_\w+) is not set$", line.strip())
                on = re.match(r"(CONFIG_\w+)=(.+)$", line.strip())
                if off:
                    wanted[off[1]] = None
                elif on:
                    wanted[on[1]] = on[2]
    return wanted


def write_orders(path: str, wanted: Orders) -> None:
    """Orders as a fragment."""
    with open(path, "w") as out:
        for option, value in wanted.items():
            out.write(f"# {option} is not set\n" if value is None else f"{option}={value}\n")


def missing(wanted: Orders, config: str) -> list[str]:
    """The orders that the final configuration does not follow."""
    final = orders(config)
    wrong = []
    for option, value in wanted.items():
        if final.get(option) != value:
            wrong.append(f"{option} is {final.get(option) or 'not set'}, not {value or 'unset'}")
    return wrong


def not_watched(out: str, wanted: Orders) -> list[str]:
    """
    The folders of WATCHED in a build tree that are not instrumented. In each, at least one
    object has to be compiled with the option (the kernel exempts some objects).
    """
    words = [word for option, word in INSTRUMENTS.items() if wanted.get(option) == "y"]
    wrong = []
    for folder in WATCHED:
        commands = []
        for path in glob.glob(os.path.join(out, folder, ".*.o.cmd")):
            with open(path) as text:
                commands.append(text.read())
        if not commands:
            wrong.append(f"{folder} has no objects")
        else:
            wrong += [f"{folder} has no object with {word}" for word in words
                      if not any(word in command for command in commands)]
    return wrong


def toolchain(lab: Lab) -> list[str]:
    """The packages of the laboratory's chroot that decide how a kernel turns out; QEMU does not."""
    section = matrix.suites()["lab"]
    packages = archive.of(lab, section["release"]).resolved(section["packages"].split())
    return [package for package in packages if TOOLCHAIN.match(package)]


class SanitizerKernel:
    """Another kernel for a KernelRow, like lab.make.kernel.StockKernel."""

    fragments: tuple[str, ...] = ("kernel.config",)
    # They have to be on at the end of each boot (lab.judge.kernellog.LOST). Listed here, so that
    # a change of the configuration cannot lose them.
    detectors: tuple[str, ...] = ("kmemleak", "lockdep")
    # KCOV is for the fuzzer, gcov for the coverage of lines.
    words: tuple[str, ...] = ("KCOV_INSTRUMENT=y", "GCOV_PROFILE=y", PATTERN)
    nice = command.URGENT
    # For the kernel only, not for modules.
    kernel_words: tuple[str, ...] = (f"KASAN_SANITIZE={ONLY_WATCHED}", f"UBSAN_SANITIZE={ONLY_WATCHED}",
                    *(f"{option}=m" for option in BY_HAND),
                    *(f"cmd_gensymtypes_{kind}=/out/{SYMVERS} $@" for kind in "cS"))

    def __init__(self, lab: Lab, target: matrix.Target) -> None:
        self.lab = lab
        self.target = target
        self.wanted = orders(*(os.path.join(HERE, name) for name in self.fragments))
        self.log = lab.log(f"kernel-{target.name}")

    @property
    def release(self) -> str:
        with open(os.path.join(self.tree(), "release")) as text:
            return text.read().strip()

    def key(self) -> str:
        options = []
        for name in self.fragments:
            with open(os.path.join(HERE, name)) as text:
                # comments may change without a new kernel
                options += [line for line in text if re.match(r"(# )?CONFIG_", line)]
        return cache.key(options, source.whole(self.lab), toolchain(self.lab),
                         "layout 1", cache.file_digest(os.path.join(HERE, SYMVERS)), *self.kernel_words)

    def tree(self) -> str:
        """The folder with vmlinuz, root/usr/lib/modules/RELEASE, modules.sqfs and
        out/, the build tree that modules are built against."""
        return self.lab.cache.entry("kernel", self.target.name, self.key(), self._make)

    def modules(self) -> str:
        return os.path.join(self.tree(), "root/usr/lib/modules", self.release)

    def kdir(self) -> tuple[str, list[Bind]]:
        binds: list[Bind] = [(os.path.join(self.tree(), "out"), "/out", "ro"), (source.whole(self.lab), "/src", "ro")]
        return "/out", binds

    def symvers(self, builder: Chroot) -> str:
        return os.path.join(self.tree(), "out/Module.symvers")

    def _run(self, words: Sequence[str], what: str, top: str) -> None:
        binds = [(top, "/out"), (source.whole(self.lab), "/src", "ro")]
        # Not in the chroot that builds modules: that one has headers and checkers and is ready
        # minutes later, and nothing takes longer than this kernel.
        self.lab.tools().run(words, f"{self.target.name}: {what}", self.log, binds, nice=self.nice)

    def _make(self, tmp: str) -> None:
        out = os.path.join(tmp, "out")
        os.makedirs(out)
        make = ["make", "-s", "-C", "/src", "O=/out", f"-j{os.cpu_count() or 1}", *self.kernel_words]
        stamp = ["KBUILD_BUILD_TIMESTAMP=1970-01-01", "KBUILD_BUILD_USER=waymark",
                 "KBUILD_BUILD_HOST=sanitizer"]
        progress.step(self.target.name, "configure the kernel")
        write_orders(os.path.join(out, "fragment"), self.wanted)
        shutil.copy(os.path.join(HERE, SYMVERS), out)
        self._run([*make, "KCONFIG_ALLCONFIG=/out/fragment", "allnoconfig"], "configure", out)
        wrong = missing(self.wanted, os.path.join(out, ".config"))
        if wrong:
            raise LabError(f"{self.target.name}: the kernel's configuration lacks what was ordered: "
                           f"{'; '.join(wrong)}", self.log)
        progress.step(self.target.name, "build the kernel (minutes, once)")
        self._run([*make, *stamp, "bzImage", "modules"], "build the kernel", out)
        for path in BY_HAND.values():
            if not os.path.exists(os.path.join(out, path)):
                raise LabError(f"{self.target.name}: the kernel's build made no {path}", self.log)
        wrong = not_watched(out, self.wanted)
        if wrong:
            raise LabError(f"{self.target.name}: the kernel is not instrumented as ordered: "
                           f"{'; '.join(wrong)}", self.log)
        os.makedirs(os.path.join(out, "stage"))
        self._run([*make, *stamp, "modules_install", "INSTALL_MOD_PATH=/out/stage"], "modules_install", out)
        self._arrange(tmp, out)

    def _arrange(self, tmp: str, out: str) -> None:
        with open(os.path.join(out, "include/config/kernel.release")) as text:
            release = text.read().strip()
        with open(os.path.join(tmp, "release"), "w") as text:
            text.write(release + "\n")
        shutil.copy(os.path.join(out, "arch/x86/boot/bzImage"), os.path.join(tmp, "vmlinuz"))
        modules = os.path.join(tmp, "root/usr/lib/modules")
        os.makedirs(modules)
        os.rename(os.path.join(out, "stage/lib/modules", release), os.path.join(modules, release))
        os.symlink("usr/lib", os.path.join(tmp, "root/lib"))
        for name in ("build", "source"):
            cache.remove(os.path.join(modules, release, name))
        cache.remove(os.path.join(out, "stage"))
        _trim(out)
        kernel.pack(self.lab, tmp, release, self.log)


class KcsanKernel(SanitizerKernel):
    """The kernel that looks for data races of our modules only."""

    fragments: tuple[str, ...] = ("kernel.config", "kcsan.config")
    detectors: tuple[str, ...] = ("lockdep",)
    words = ()
    nice = command.NICE
    kernel_words = (*SanitizerKernel.kernel_words, "KCSAN_SANITIZE=n")


def _trim(out: str) -> None:
    """Keep only what building modules needs: headers, tools, symbols."""
    for folder, below, files in os.walk(out):
        inside = os.path.relpath(folder, out)
        if inside.split("/")[0] in ("scripts", "tools", "include") or inside.startswith("arch/x86/include"):
            below[:] = []
            continue
        for name in files:
            if name.endswith((".o", ".a", ".ko", ".mod", ".mod.c", ".cmd", ".s", ".bin", ".relocs",
                              ".unstripped", ".order")) and name != "module.lds":
                os.unlink(os.path.join(folder, name))
