# SPDX-License-Identifier: GPL-2.0-only
"""A copy of the tree's sources to build in; unchanged files keep their time stamp."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from lab.host import cache, command
from lab.host.error import LabError

LIST = ".waymark-sources"


def sources(tree: str) -> list[str]:
    """All files that are not ignored, committed or not."""
    env = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    try:
        text = command.output(["git", "-C", tree, "ls-files", "-z", "-c", "-o", "--exclude-standard"],
                              "list the sources", env=env)
        names = text.split("\0")
    except LabError:
        names = []
        for folder, folders, files in os.walk(tree):
            folders[:] = [f for f in folders if f not in ("build", ".git", "__pycache__")]
            names += [os.path.relpath(os.path.join(folder, f), tree) for f in files]
    return sorted({name for name in names if name and os.path.lexists(os.path.join(tree, name))})


def same(a: str, b: str) -> bool:
    try:
        return os.stat(a).st_mode == os.stat(b).st_mode and _read(a) == _read(b)
    except OSError:
        return False


def _read(path: str) -> bytes:
    with open(path, "rb") as data:
        return data.read()


def copy(tree: str, target: str) -> None:
    """Make target hold the sources of tree. What a build left there stays."""
    names = sources(tree)
    listing = os.path.join(target, LIST)
    old = []
    if os.path.exists(listing):
        with open(listing) as lines:
            old = lines.read().split("\0")
    for name in set(old) - set(names):
        cache.remove(os.path.join(target, name))
    for name in names:
        origin, goal = os.path.join(tree, name), os.path.join(target, name)
        if same(origin, goal):
            continue
        os.makedirs(os.path.dirname(goal), exist_ok=True)
        cache.remove(goal)
        shutil.copyfile(origin, goal)
        shutil.copymode(origin, goal)
    with open(listing, "w") as out:
        out.write("\0".join(names))


def digest(tree: str, prefixes: Sequence[str]) -> str:
    """A digest of all sources below these prefixes."""
    return cache.key([(name, cache.file_digest(os.path.join(tree, name)))
                      for name in sources(tree) if name.startswith(tuple(prefixes))])
