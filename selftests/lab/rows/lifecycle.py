# SPDX-License-Identifier: GPL-2.0-only
"""
What users do with packages and with the tree, in chroots of each suite: a point is a point of
the scripts in selftests/lifecycle. They belong to make check-long: building the packages with
their unit tests takes longer than make check has room for.
"""

from __future__ import annotations

import functools
import os
import re
import time
from typing import TYPE_CHECKING

from lab.host import cache, command, progress
from lab.host.error import LabError
from lab.judge import result, tap
from lab.make import archive, chroot, matrix
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

SCRIPTS = ("packages.sh", "tree.sh")
EXTRA = ("build-essential", "dkms", "lintian", "fakeroot", "kmod", "udev", "pkg-config", "python3-minimal",
         "bash-completion", "zsh", "fish", "mandoc")
LIMIT = 3600


def build_dependencies(tree: str, suite: str) -> list[str]:
    """The packages that debian/control asks for, the first of alternatives."""
    with open(os.path.join(tree, "debian/control"), encoding="utf-8") as control:
        text = control.read()
    found: list[str] = []
    for field in re.findall(r"^Build-Depends(?:-Indep)?:(.*?)^(?=\S)", text, re.MULTILINE | re.DOTALL):
        for entry in field.split(","):
            name = re.sub(r"[(<|].*", "", entry, flags=re.DOTALL).strip()
            if name:
                found.append(name)
    if len(found) < 8:
        raise LabError(f"debian/control: only {len(found)} build dependencies found: {' '.join(found)}")
    borrowed = [package for _, package in matrix.borrowed(suite)]
    # It is a virtual package of debhelper's; apt wants a name.
    names = ["debhelper" if name == "debhelper-compat" else name for name in found]
    return [name for name in names if name not in borrowed]


def kernel_of(lab: Lab, suite: str) -> str:
    """The release of the suite's first kernel in the matrix."""
    target = next(target for target in matrix.targets() if target.suite == suite)
    return str(lab.kernel(target)[0])


class Lifecycle:
    """All scripts in copies of one suite's chroot."""

    minutes = 3

    def __init__(self, lab: Lab, suite: str) -> None:
        self.lab = lab
        self.suite = suite
        self.name = f"lifecycle-{suite}"
        self.long_only = True
        self.root = ""
        self.kernel = ""

    def prepare(self) -> None:
        """The chroot: Debian's, with the build dependencies, DKMS, headers and the shells."""
        self.kernel = kernel_of(self.lab, self.suite)
        source = archive.of(self.lab, self.suite)
        packages = sorted({*build_dependencies(self.lab.tree, self.suite), *EXTRA,
                           f"linux-headers-{self.kernel}"})
        log = self.lab.log(self.name)
        extra: list[str] = []
        for other, package in matrix.borrowed(self.suite):
            origin = archive.of(self.lab, other)
            entry = self.lab.cache.entry("deb", package, cache.key(origin.resolved([package])),
                                         functools.partial(origin.download, [package]))
            extra += [os.path.join(entry, name) for name in os.listdir(entry) if name.endswith(".deb")]

        def make(tmp: str) -> None:
            progress.step(self.name, f"make the chroot ({len(packages)} packages)")
            root = os.path.join(tmp, "root")
            chroot.bootstrap(self.lab, self.suite, packages, root, log, f"{self.name}: chroot")
            for deb in extra:
                command.run(["cp", deb, os.path.join(root, "tmp")], f"{self.name}: copy", log)
                command.run(["chroot", root, "dpkg", "-i", f"/tmp/{os.path.basename(deb)}"],
                            f"{self.name}: {os.path.basename(deb)}", log)
            for point in ("src", "build"):
                os.makedirs(os.path.join(root, point), exist_ok=True)
        key = cache.key(packages, chroot.TRIM, source.resolved(packages), extra)
        entry = self.lab.cache.entry("chroot", self.name, key, make)
        self.root = os.path.join(entry, "root")

    def run(self) -> result.Result:
        start = time.monotonic()
        found = result.Result(self.name, kernel=self.kernel, logs=f"build/results/{self.name}")
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        os.makedirs(logs)
        upper = os.path.join(self.lab.workspace(self.name), "system")
        try:
            for script in SCRIPTS:
                progress.step(self.name, script)
                self.script(script, upper, logs, found)
        finally:
            cache.remove(upper)
        found.seconds = round(time.monotonic() - start, 1)
        return found

    def script(self, script: str, upper: str, logs: str, found: result.Result) -> None:
        """Run one script, count its points. The second one meets what the first has built."""
        here = os.path.join(self.lab.tree, "selftests/lifecycle")
        path = os.path.join(logs, f"{script}.tap")
        command.run(["env", f"KEEP={'' if script == SCRIPTS[0] else 'yes'}", os.path.join(here, "enter"),
                     self.root, upper, self.lab.tree, "env", f"KERNEL={self.kernel}",
                     "bash", f"/src/selftests/lifecycle/{script}"],
                    f"{self.name}: {script}", path, timeout=LIMIT)
        document = tap.Document(script)
        with open(path, encoding="utf-8", errors="replace") as lines:
            # The first is the command.
            for line in lines.readlines()[1:]:
                document.line(line.rstrip("\n"))
        document.finish()
        found.passed += len(document.titles(tap.PASSED))
        found.fail(*(f"{script}: {point.title}{point.why()}" for point in document.points
                     if point.state == tap.FAILED), *document.problems)
        for name in ("log", "build.log", "lintian"):
            kept = os.path.join(upper, "up/build", name)
            if os.path.exists(kept):
                command.run(["cp", kept, os.path.join(logs, name)], f"{self.name}: keep {name}",
                            self.lab.log(self.name))


def rows(lab: Lab, wanted: Wanted) -> list[Lifecycle]:
    """One row a suite; TESTS selects tests of guests, of which there are none here."""
    suites = list(dict.fromkeys(target.suite for target in matrix.targets()))
    return [] if wanted.tests else [Lifecycle(lab, suite) for suite in suites]
