# SPDX-License-Identifier: GPL-2.0-only
"""The modules that are broken on purpose (guest/defects), built for a kernel of our own."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.make import build, matrix, own_kernel
from lab.make.kernel import Kernel

if TYPE_CHECKING:
    from lab.laboratory import Lab

FOLDER = "src/selftests/lab/guest/defects"


class Defects(build.Build):
    """The broken modules and the program that reads a broken reply."""

    def __init__(self, lab: Lab, row_name: str, target: matrix.Target, kernel: Kernel) -> None:
        super().__init__(lab, f"defects-{row_name}", target.suite)
        self.kernel = kernel
        self.row_name = row_name

    def build(self, script: str) -> str:
        """A folder with all of them and the script that loads them."""
        progress.step(self.row_name, "build the broken modules")
        kdir, binds = self.kernel.kdir()
        self.sync()
        folder = f"/build/{FOLDER}"
        self.make(["make", "-s", "-C", kdir, f"M={folder}", own_kernel.PATTERN, "modules"],
                  "broken modules", binds)
        self.make(["gcc", "-O2", "-Wall", "-I/build/src/selftests/lib", "-o", f"{folder}/reply",
                   f"{folder}/reply.c"], "reply")
        source = os.path.join(self.top, FOLDER)
        target = os.path.join(self.top, "defects")
        cache.remove(target)
        os.makedirs(target)
        for name in os.listdir(source):
            if name.endswith(".ko") or name in ("reply", script):
                shutil.copy(os.path.join(source, name), target)
        return target
