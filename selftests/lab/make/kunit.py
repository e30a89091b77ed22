# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites as a collection of kselftests."""

from __future__ import annotations

import glob
import os
import shutil

from lab.make.matrix import HERE


def modules(tree: str) -> list[str]:
    """The modules with suites that there have to be."""
    return [os.path.basename(path).removesuffix(".c")
            for path in sorted(glob.glob(os.path.join(tree, "modules/*/tests/*_kunit.c")))]


def folder(tree: str, target: str) -> None:
    """Make the folder target: the script that runs the suites, and which modules there must be."""
    shutil.copytree(os.path.join(HERE, "guest", "kunit"), target)
    with open(os.path.join(target, "expected"), "w", encoding="utf-8") as out:
        out.writelines(f"{name}\n" for name in modules(tree))
