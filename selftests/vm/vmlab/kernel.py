# SPDX-License-Identifier: GPL-2.0-only
"""A target's stock kernel: the image and all its modules, as packaged."""

import os
import shutil

from . import archive, cache, progress
from .error import LabError


def image(tree, release):
    for path in (f"boot/vmlinuz-{release}", f"usr/lib/modules/{release}/vmlinuz",
                 f"usr/lib/modules/{release}/vmlinuz.unsigned"):
        if os.path.exists(os.path.join(tree, path)):
            return os.path.join(tree, path)
    raise LabError(f"kernel {release}: its packages hold no image")


def _arrange(lab, top, release, log):
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
    lab.tools().run(["depmod", "-b", "/build/root", release], f"depmod {release}", log,
                    binds=[(top, "/build")])
    lab.tools().run(["mksquashfs", "/build/root/usr", "/build/modules.sqfs", "-comp", "lz4",
                     "-no-progress", "-quiet", "-all-root", "-keep-as-directory"],
                    f"pack the modules of {release}", log, binds=[(top, "/build")])


def get(lab, target):
    """The entry with vmlinuz, root/usr/lib/modules/RELEASE and modules.sqfs."""
    release, packages = lab.kernel(target)
    source = archive.of(lab, target.suite)
    log = lab.log(f"kernel-{target.name}")

    def make(tmp):
        progress.step(target.name, f"fetch the kernel {release}")
        source.unpack(packages, tmp)
        _arrange(lab, tmp, release, log)
    key = cache.key(release, source.checksums(packages), "layout 1")
    return lab.cache.entry("kernel", target.name, key, make)
