# SPDX-License-Identifier: GPL-2.0-only
"""Compares an index of a kernel's build tree with one of the installed kernel."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

from lab.host import cache
from lab.host.error import LabError
from lab.make.build import Build
from lab.make.kernel import Kernel

# The values of `symidx stats` that have to be equal.
SAME = ("release", "build_id", "vermagic", "kernel_symbols", "module_symbols", "gpl_symbols",
        "namespace_symbols", "modules", "imports", "crc")


def restore(kernel: Kernel, place: str) -> int:
    """
    The build tree with the modules where make had put them: the kept one has lost them, and
    modules_install copied them unchanged. Returns how many there are.
    """
    cache.remove(place)
    shutil.copytree(os.path.join(kernel.tree(), "out"), place, copy_function=os.link, symlinks=True)
    top, count = os.path.join(kernel.modules(), "kernel"), 0
    for folder, _, files in os.walk(top):
        for name in files:
            if name.endswith(".ko"):
                target = os.path.join(place, os.path.relpath(folder, top))
                os.makedirs(target, exist_ok=True)
                os.link(os.path.join(folder, name), os.path.join(target, name))
                count += 1
    return count


def differences(installed: dict[str, Any], tree: dict[str, Any], modules: int, diff: str) -> list[str]:
    """Differences between two indexes, by their stats, the number of modules, and symidx diff."""
    wrong = [f"{key}: {installed[key]} as installed, {tree[key]} in the build tree"
             for key in SAME if installed[key] != tree[key]]
    if tree["modules"] != modules or not tree["kernel_symbols"] or not tree["module_symbols"]:
        wrong.append(f"{tree['kernel_symbols']} symbols of the kernel and {tree['module_symbols']} "
                     f"of {tree['modules']} modules, of which there are {modules}")
    if not diff.strip().endswith(": 0 removed, 0 added, 0 changed"):
        wrong.append(f"symidx diff: {diff.strip()}")
    return wrong


def compare(kernel: Kernel, made: Build, log: str) -> str:
    """One line about what was compared; LabError if the indexes differ."""
    modules = restore(kernel, os.path.join(made.top, "tree"))
    binds = [(made.top, "/build"), (kernel.tree(), "/cache", "ro")]
    env = {"PATH": "/build/payload/usr/bin:/usr/bin:/bin",
           "LD_LIBRARY_PATH": "/build/payload/usr/lib/x86_64-linux-gnu"}

    def symidx(*words: str) -> str:
        return made.chroot.output(["symidx", *words], f"symidx {words[0]}", binds=binds, env=env)
    symidx("build", "--tree", "/build/tree", "-o", "/build/index.tree")
    symidx("build", "--root", "/cache/root", "--kernel", kernel.release,
           "--image", "/cache/vmlinuz", "-o", "/build/index.installed")
    installed, tree = (json.loads(symidx("stats", "-j", "--index", f"/build/index.{name}"))
                       for name in ("installed", "tree"))
    diff = symidx("diff", "--summary", "/build/index.installed", "/build/index.tree")
    wrong = differences(installed, tree, modules, diff)
    with open(log, "w", encoding="utf-8") as out:
        json.dump({"installed": installed, "tree": tree, "diff": diff}, out, indent=2)
    if wrong:
        raise LabError(f"symidx build --tree: {'; '.join(wrong)}", log)
    return (f"symidx build --tree: {tree['kernel_symbols']} symbols of the kernel and "
            f"{tree['module_symbols']} of {modules} modules, as installed")
