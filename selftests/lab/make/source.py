# SPDX-License-Identifier: GPL-2.0-only
"""
The kernel source package: the kselftest harness, checkpatch and the semantic
patches are used from there and never copied into the tree.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.make import archive, matrix

if TYPE_CHECKING:
    from lab.laboratory import Lab

PARTS = ("tools/testing/selftests/lib.mk", "tools/testing/selftests/*.h",
         "tools/testing/selftests/*.sh", "tools/testing/selftests/kselftest",
         "tools/include", "tools/scripts", "scripts")


def _fetch(lab: Lab, name: str, members: Sequence[str]) -> str:
    section = matrix.suites()["source"]
    origin = archive.of(lab, section["release"])
    package = section["package"]
    log = lab.log("source")

    def make(tmp: str) -> None:
        progress.step(package, "unpack the kernel source" if not members else
                      "take the kselftest harness out of the kernel source")
        origin.unpack([package], tmp)
        tar = glob.glob(os.path.join(tmp, "usr/src", f"{package}.tar.*"))[0]
        # The host may have no xz.
        argv = ["tar", "-xf", "/build/" + os.path.relpath(tar, tmp), "-C", "/build",
                "--strip-components=1"]
        if members:
            argv += ["--wildcards", *[f"{package}/{part}" for part in members]]
        lab.tools().run(argv, f"unpack {package}", log, binds=[(tmp, "/build")])
        for extra in ("usr/src", "usr/share"):
            cache.remove(os.path.join(tmp, extra))
    return lab.cache.entry(name, package, cache.key(origin.checksums([package]), members), make)


def kselftest(lab: Lab) -> str:
    """The kernel tree as far as tests and checks need it (KSFT_DIR is below)."""
    with lab.guard("source"):
        return _fetch(lab, "source", list(PARTS))


def whole(lab: Lab) -> str:
    """The whole kernel tree, to build a kernel from."""
    with lab.guard("source"):
        return _fetch(lab, "fullsource", [])
