# SPDX-License-Identifier: GPL-2.0-only
"""Line coverage of the modules: what gcov counted in the guest, per source line."""

from __future__ import annotations

import gzip
import io
import os
import tarfile

from lab.host import cache
from lab.host.error import LabError
from lab.judge import gcov
from lab.judge.gcov import Lines
from lab.make.build import Build

# The path of the tree in the chroot that the modules were built in.
TOP = "/build/src/"


def unpack(blob: bytes, target: str) -> int:
    """The counters that the guest sent; returns how many files there were."""
    found = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(blob))) as archive:
            for member in archive:
                name = os.path.basename(member.name)
                below = os.path.dirname(member.name).partition("/src/")[2]
                # beside each counter the kernel has a link to a file of the build machine
                if not member.isreg() or not name.endswith(".gcda") or ".." in below:
                    continue
                content = archive.extractfile(member)
                if content is None:
                    continue
                place = os.path.join(target, below)
                os.makedirs(place, exist_ok=True)
                with open(os.path.join(place, name), "wb") as out:
                    out.write(content.read())
                found += 1
    except (OSError, EOFError, tarfile.TarError) as error:
        raise LabError(f"coverage: the guest's counters are damaged: {error}") from error
    return found


def _ours(name: str) -> bool:
    """
    Only files of the modules count, not those of test modules. A KUnit suite that compiles a
    file of a module in does run that file.
    """
    return name.startswith("modules/") and "/tests/" not in name


def measure(made: Build, port: str, log: str) -> Lines:
    """{file: {line: count}} from the modules' build and the guest's port."""
    with open(port, "rb") as data:
        blob = data.read()
    if not blob:
        raise LabError("coverage: the guest sent no counters")
    work = os.path.join(made.top, "gcov")
    cache.remove(work)
    os.makedirs(work)
    if not unpack(blob, os.path.join(work, "data")):
        raise LabError("coverage: the guest sent no counters")
    script = ("cd /build/gcov/data && "
              "find modules -name '*_kunit.gcda' -o -name '*.gcda' -not -path '*/tests/*' | sort | "
              "while read -r file; do "
              "cp \"/build/src/${file%.gcda}.gcno\" \"${file%.gcda}.gcno\" || exit 1; "
              "gcov --json-format --stdout \"$file\" || exit 1; done > ../report")
    made.chroot.run(["sh", "-c", script], "coverage", log, binds=[(made.top, "/build")])
    with open(os.path.join(work, "report"), encoding="utf-8") as reports:
        return gcov.read(reports, TOP, _ours)
