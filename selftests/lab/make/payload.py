# SPDX-License-Identifier: GPL-2.0-only
"""
What this tree brings into the guest, as one image: the modules and tools as
`make install` puts them, depmod's tables that know them, the symbol index that
the hook of the kernel's package makes, the tests, and the unit that runs them.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.host.error import LabError
from lab.make import matrix
from lab.make.build import Build
from lab.make.kernel import Kernel

if TYPE_CHECKING:
    from lab.laboratory import Lab


GUEST = os.path.join(matrix.HERE, "guest")


@dataclass(frozen=True)
class Payload:
    """What the image of a row contains besides the suite itself."""
    name: str                           # of the row, and of the image
    target: matrix.Target
    kernel: Kernel
    groups: Sequence[Sequence[str]]     # "part:test", a run of kselftests each
    benchmarks: Sequence[str] = ()
    # collections from elsewhere than selftests/: {name: folder of scripts}
    extra: Mapping[str, str] = field(default_factory=dict)


KEPT = ("modules.order", "modules.builtin", "modules.builtin.modinfo")
HOOK = "etc/kernel/postinst.d/waymark-symidx"
INDEX = "symbol_index.bin"


def _modules(target: matrix.Target, kernel: Kernel, made: Build, stage: str) -> None:
    """Our modules, and the tables over all modules of the kernel."""
    release = kernel.release
    made.make(["make", "install-modules", "install-test-modules", f"KVER={release}",
               "DESTDIR=/build/payload", "MODDIR=/usr/lib/modules"], f"{target.name}: install modules")
    ours = os.path.join(stage, "usr/lib/modules", release)
    shutil.copytree(_tables(target, kernel, made, stage), ours, dirs_exist_ok=True)
    firmware = os.path.join(stage, "usr/lib/firmware", release)
    os.makedirs(firmware)
    os.symlink(f"/lib/modules/{release}/{INDEX}", os.path.join(firmware, INDEX))


def _tables(target: matrix.Target, kernel: Kernel, made: Build, stage: str) -> str:
    """A folder with depmod's tables and the index for the kernel with our modules in updates."""
    origin, release = kernel.modules(), kernel.release
    updates = os.path.join(stage, "usr/lib/modules", release, "updates")
    digest = cache.key(origin, made.chroot.path, cache.content_digest(updates),
                       *(cache.file_digest(os.path.join(stage, path))
                         for path in (HOOK, "usr/bin/symidx")))
    tables = os.path.join(made.top, "tables")
    if made.fresh("tables-done", digest):
        return tables
    top = os.path.join(made.top, "depmod")
    cache.remove(top)
    place = os.path.join(top, "usr/lib/modules", release)
    os.makedirs(place)
    os.symlink("usr/lib", os.path.join(top, "lib"))
    for name in os.listdir(origin):
        path = os.path.join(origin, name)
        if os.path.isdir(path):
            shutil.copytree(path, os.path.join(place, name), copy_function=_link_or_copy, symlinks=True)
        elif not name.startswith("modules.") or name in KEPT:
            shutil.copy(path, place)
    shutil.copytree(updates, os.path.join(place, "updates"))
    made.chroot.run(["depmod", "-b", "/build/depmod", release], f"{target.name}: depmod", made.log,
                    binds=[(made.top, "/build")])
    _index(target, kernel, made, place)
    cache.remove(tables)
    os.makedirs(tables)
    for name in os.listdir(place):
        if name.startswith("modules.") or name == INDEX:
            shutil.copy(os.path.join(place, name), tables)
    cache.remove(top)
    made.done("tables-done", digest)
    return tables


def _index(target: matrix.Target, kernel: Kernel, made: Build, place: str) -> None:
    """Run our hook as the kernel's package would, with the kernel's modules in their place."""
    release = kernel.release
    firmware = os.path.join(made.top, "firmware")
    cache.remove(firmware)
    os.makedirs(firmware)
    made.chroot.run([f"/build/payload/{HOOK}", release, "/cache/vmlinuz"],
                    f"{target.name}: hook of the kernel's installation", made.log,
                    binds=[(made.top, "/build"), (kernel.tree(), "/cache", "ro"),
                           (place, f"/lib/modules/{release}"), (firmware, "/lib/firmware")],
                    env={"PATH": "/build/payload/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                         "LD_LIBRARY_PATH": "/build/payload/usr/lib/x86_64-linux-gnu"})
    link = os.path.join(firmware, release, INDEX)
    if not os.path.exists(os.path.join(place, INDEX)) or not os.path.islink(link):
        raise LabError(f"{target.name}: the hook of the kernel's installation made no index",
                       made.log)


def _symvers(kernel: Kernel, made: Build, home: str) -> None:
    """Module.symvers of the kernel and of our modules, in one file."""
    with open(os.path.join(home, "Module.symvers"), "wb") as out:
        for path in (kernel.symvers(made.chroot), os.path.join(made.top, "src/Module.symvers")):
            with open(path, "rb") as lines:
                shutil.copyfileobj(lines, out)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def _extra(stage: str, folders: Mapping[str, str]) -> None:
    """Collections from elsewhere than selftests/, listed like the others."""
    home = os.path.join(stage, "opt/waymark/selftests")
    for name, folder in folders.items():
        shutil.copytree(folder, os.path.join(home, name))
        with open(os.path.join(home, "kselftest-list.txt"), "a") as out:
            out.write("".join(f"{test}\n" for test in scripts(name, folder)))


def scripts(name: str, folder: str) -> list[str]:
    """ "name:script" of a folder of scripts."""
    return [f"{name}:{script}" for script in sorted(os.listdir(folder)) if script.endswith(".sh")]


def get(lab: Lab, wanted: Payload, made: Build, user: Build) -> str:
    """The path of a row's image; it is made anew for every run."""
    target, kernel = wanted.target, wanted.kernel
    progress.step(wanted.name, "pack the suite and its tests")
    stage = os.path.join(made.top, "payload")
    with lab.cache.lock(f"build-{cache.key(made.top)}"):
        cache.remove(stage)
        shutil.copytree(user.staged(), stage, symlinks=True)
        _modules(target, kernel, made, stage)
        _extra(stage, wanted.extra)
        home = os.path.join(stage, "opt/waymark")
        shutil.copytree(os.path.join(GUEST, "bin"), os.path.join(home, "bin"))
        os.makedirs(os.path.join(home, "test-modules"), exist_ok=True)
        _symvers(kernel, made, home)
        groups = [" ".join(group) for group in wanted.groups]
        for name, lines in (("tests", groups), ("benchmarks", wanted.benchmarks)):
            with open(os.path.join(home, name), "w") as out:
                out.write("".join(f"{line}\n" for line in lines))
        units = os.path.join(stage, "etc/systemd/system")
        os.makedirs(units, exist_ok=True)
        for name in os.listdir(os.path.join(GUEST, "units")):
            shutil.copy(os.path.join(GUEST, "units", name), units)
        image = os.path.join(made.top, f"{wanted.name}.sqfs")
        cache.remove(image)
        lab.tools().run(["mksquashfs", "/build/payload", f"/build/{wanted.name}.sqfs", "-noI",
                         "-noD", "-noF", "-noX", "-no-progress", "-quiet", "-all-root"],
                        f"{target.name}: pack the payload", made.log, binds=[(made.top, "/build")])
    return image
