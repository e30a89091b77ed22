# SPDX-License-Identifier: GPL-2.0-only
"""The KUnit suites as a collection of kselftests."""

import glob
import os
import shutil

from lab.make import matrix

HERE = os.path.join(matrix.HERE, "guest")


def folder(tree, target):
    """Make the folder target: the script that runs the suites, and which modules there must be."""
    shutil.copytree(os.path.join(HERE, "kunit"), target)
    with open(os.path.join(target, "expected"), "w", encoding="utf-8") as out:
        for path in sorted(glob.glob(os.path.join(tree, "modules/*/tests/*_kunit.c"))):
            out.write(os.path.basename(path).removesuffix(".c") + "\n")
