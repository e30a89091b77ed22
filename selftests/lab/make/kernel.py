# SPDX-License-Identifier: GPL-2.0-only
"""A target's stock kernel: the image and all its modules, as packaged."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Protocol

from lab.host import cache, progress
from lab.host.error import LabError
from lab.make import archive, matrix
from lab.make.chroot import Bind, Chroot

if TYPE_CHECKING:
    from lab.laboratory import Lab


def image(tree: str, release: str) -> str:
    for path in (f"boot/vmlinuz-{release}", f"usr/lib/modules/{release}/vmlinuz",
                 f"usr/lib/modules/{release}/vmlinuz.unsigned"):
        if os.path.exists(os.path.join(tree, path)):
            return os.path.join(tree, path)
    raise LabError(f"kernel {release}: its packages hold no image")


def _arrange(top: str, release: str) -> None:
    """One layout for all: vmlinuz and root/usr/lib/modules/RELEASE."""
    shutil.copy(image(top, release), os.path.join(top, "vmlinuz"))
    modules = os.path.join(top, "root/usr/lib/modules")
    os.makedirs(modules)
    for base in ("usr/lib/modules", "lib/modules"):
        found = os.path.join(top, base, release)
        if os.path.isdir(found):
            os.rename(found, os.path.join(modules, release))
            break
    for name in ("vmlinuz", "vmlinuz.unsigned", "build", "source"):
        cache.remove(os.path.join(modules, release, name))
    for name in os.listdir(top):
        if name not in ("vmlinuz", "root"):
            cache.remove(os.path.join(top, name))
    os.symlink("usr/lib", os.path.join(top, "root/lib"))


def pack(lab: Lab, top: str, release: str, log: str) -> None:
    """depmod and the image modules.sqfs of top/root/usr/lib/modules/RELEASE."""
    lab.tools().run(["depmod", "-b", "/build/root", release], f"depmod {release}", log,
                    binds=[(top, "/build")])
    lab.tools().run(["mksquashfs", "/build/root/usr", "/build/modules.sqfs", "-comp", "lz4",
                     "-no-progress", "-quiet", "-all-root", "-keep-as-directory"],
                    f"pack the modules of {release}", log, binds=[(top, "/build")])


class Kernel(Protocol):
    """What a row boots and builds modules for."""

    @property
    def release(self) -> str:
        """As uname -r says."""

    @property
    def detectors(self) -> tuple[str, ...]:
        """Those of kernellog.LOST that have to be on at the end of each boot."""

    @property
    def words(self) -> tuple[str, ...]:
        """More words for make when it builds our modules."""

    def tree(self) -> str:
        """The folder with vmlinuz, root/usr/lib/modules/RELEASE and modules.sqfs."""

    def modules(self) -> str:
        """The folder of the kernel's own modules."""

    def kdir(self) -> tuple[str, list[Bind]]:
        """KDIR inside the build chroot, and what to bind for it."""

    def symvers(self, builder: Chroot) -> str:
        """The kernel's Module.symvers."""


class StockKernel:
    """The newest kernel of the suite that a target asks for."""

    detectors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __init__(self, lab: Lab, target: matrix.Target) -> None:
        self.lab = lab
        self.target = target

    @property
    def release(self) -> str:
        return self.lab.kernel(self.target)[0]

    def tree(self) -> str:
        """The folder with vmlinuz, root/usr/lib/modules/RELEASE and modules.sqfs."""
        release, packages = self.lab.kernel(self.target)
        source = archive.of(self.lab, self.target.suite)
        log = self.lab.log(f"kernel-{self.target.name}")

        def make(tmp: str) -> None:
            progress.step(self.target.name, f"fetch the kernel {release}")
            source.unpack(packages, tmp)
            _arrange(tmp, release)
            pack(self.lab, tmp, release, log)
        key = cache.key(release, source.checksums(packages), "layout 1")
        return self.lab.cache.entry("kernel", self.target.name, key, make)

    def modules(self) -> str:
        """The folder of the kernel's own modules."""
        return os.path.join(self.tree(), "root/usr/lib/modules", self.release)

    def kdir(self) -> tuple[str, list[Bind]]:
        """(KDIR inside the build chroot, what to bind for it)."""
        return f"/lib/modules/{self.release}/build", []

    def symvers(self, builder: Chroot) -> str:
        """The kernel's Module.symvers, of its headers in the suite's build chroot."""
        return os.path.join(builder.path, "usr/src", f"linux-headers-{self.release}",
                            "Module.symvers")
