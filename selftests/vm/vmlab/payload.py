# SPDX-License-Identifier: GPL-2.0-only
"""
What this tree brings into the guest, as one image: the modules and tools as
`make install` puts them, depmod's tables that know them, the tests, and the
unit that runs them.
"""

import os
import shutil

from . import cache, matrix, progress

GUEST = os.path.join(matrix.HERE, "guest")


KEPT = ("modules.order", "modules.builtin", "modules.builtin.modinfo")


def _modules(target, kernel, made, stage):
    """Our modules, and the tables over all modules of the kernel."""
    release = kernel.release
    made.make(["make", "install-modules", "install-test-modules", f"KVER={release}",
               "DESTDIR=/build/payload", "MODDIR=/usr/lib/modules"], f"{target.name}: install modules")
    ours = os.path.join(stage, "usr/lib/modules", release)
    shutil.copytree(_tables(target, kernel, made, os.path.join(ours, "updates")), ours,
                    dirs_exist_ok=True)


def _tables(target, kernel, made, updates):
    """The folder with depmod's tables for the kernel with our modules in updates."""
    origin, release = kernel.modules(), kernel.release
    digest = cache.key(origin, made.chroot.path, cache.content_digest(updates))
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
    cache.remove(tables)
    os.makedirs(tables)
    for name in os.listdir(place):
        if name.startswith("modules."):
            shutil.copy(os.path.join(place, name), tables)
    cache.remove(top)
    made.done("tables-done", digest)
    return tables


def _link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def _extra(stage, folders):
    """Collections from elsewhere than selftests/, listed like the others."""
    home = os.path.join(stage, "opt/waymark/selftests")
    for name, folder in folders.items():
        shutil.copytree(folder, os.path.join(home, name))
        with open(os.path.join(home, "kselftest-list.txt"), "a") as out:
            out.write("".join(f"{test}\n" for test in scripts(name, folder)))


def scripts(name, folder):
    """ "name:script" of a folder of scripts."""
    return [f"{name}:{script}" for script in sorted(os.listdir(folder)) if script.endswith(".sh")]


def get(lab, row, made, user):
    """The path of a row's image; it is made anew for every run."""
    target, kernel = row.target, row.kernel
    progress.step(row.name, "pack the suite and its tests")
    stage = os.path.join(made.top, "payload")
    with lab.cache.lock(f"build-{cache.key(made.top)}"):
        cache.remove(stage)
        shutil.copytree(user.stage, stage, symlinks=True)
        _modules(target, kernel, made, stage)
        _extra(stage, row.extra)
        home = os.path.join(stage, "opt/waymark")
        shutil.copytree(os.path.join(GUEST, "bin"), os.path.join(home, "bin"))
        os.makedirs(os.path.join(home, "test-modules"), exist_ok=True)
        for name, lines in (("tests", row.tests), ("benchmarks", row.benchmarks)):
            with open(os.path.join(home, name), "w") as out:
                out.write("".join(f"{line}\n" for line in lines))
        units = os.path.join(stage, "etc/systemd/system")
        os.makedirs(units, exist_ok=True)
        for name in os.listdir(os.path.join(GUEST, "units")):
            shutil.copy(os.path.join(GUEST, "units", name), units)
        image = os.path.join(made.top, f"{row.name}.sqfs")
        cache.remove(image)
        lab.tools().run(["mksquashfs", "/build/payload", f"/build/{row.name}.sqfs", "-noI",
                         "-noD", "-noF", "-noX", "-no-progress", "-quiet", "-all-root"],
                        f"{target.name}: pack the payload", made.log, binds=[(made.top, "/build")])
    return image
