# SPDX-License-Identifier: GPL-2.0-only
"""A target's stock kernel: the image and all its modules, as packaged."""

import os
import shutil

from lab.host import cache, progress
from lab.host.error import LabError
from lab.make import archive


def image(tree, release):
    for path in (f"boot/vmlinuz-{release}", f"usr/lib/modules/{release}/vmlinuz",
                 f"usr/lib/modules/{release}/vmlinuz.unsigned"):
        if os.path.exists(os.path.join(tree, path)):
            return os.path.join(tree, path)
    raise LabError(f"kernel {release}: its packages hold no image")


def _arrange(top, release):
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


def pack(lab, top, release, log):
    """depmod and the image modules.sqfs of top/root/usr/lib/modules/RELEASE."""
    lab.tools().run(["depmod", "-b", "/build/root", release], f"depmod {release}", log,
                    binds=[(top, "/build")])
    lab.tools().run(["mksquashfs", "/build/root/usr", "/build/modules.sqfs", "-comp", "lz4",
                     "-no-progress", "-quiet", "-all-root", "-keep-as-directory"],
                    f"pack the modules of {release}", log, binds=[(top, "/build")])


class StockKernel:
    """
    The newest kernel of the suite that a target asks for. Another kind of
    kernel (a row of its own making) has the same five members.
    """

    def __init__(self, lab, target):
        self.lab = lab
        self.target = target

    @property
    def release(self):
        return self.lab.kernel(self.target)[0]

    def tree(self):
        """The folder with vmlinuz, root/usr/lib/modules/RELEASE and modules.sqfs."""
        release, packages = self.lab.kernel(self.target)
        source = archive.of(self.lab, self.target.suite)
        log = self.lab.log(f"kernel-{self.target.name}")

        def make(tmp):
            progress.step(self.target.name, f"fetch the kernel {release}")
            source.unpack(packages, tmp)
            _arrange(tmp, release)
            pack(self.lab, tmp, release, log)
        key = cache.key(release, source.checksums(packages), "layout 1")
        return self.lab.cache.entry("kernel", self.target.name, key, make)

    def modules(self):
        """The folder of the kernel's own modules."""
        return os.path.join(self.tree(), "root/usr/lib/modules", self.release)

    def kdir(self):
        """(KDIR inside the build chroot, what to bind for it)."""
        return f"/lib/modules/{self.release}/build", []

    def symvers(self, builder):
        """The kernel's Module.symvers, of its headers in the suite's build chroot."""
        return os.path.join(builder.path, "usr/src", f"linux-headers-{self.release}",
                            "Module.symvers")
