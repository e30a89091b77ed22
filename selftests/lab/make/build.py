# SPDX-License-Identifier: GPL-2.0-only
"""
Builds, each in the chroot of the row's own suite: the modules for a kernel, and
for a suite the tools and the selftests. What did not change is not built again.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.host.error import LabError
from lab.make import matrix, source, sync
from lab.make.chroot import Binds
from lab.make.kernel import Kernel

if TYPE_CHECKING:
    from lab.laboratory import Lab

JOBS = str(os.cpu_count() or 1)
WARNING = re.compile(r"\bwarning:|^WARNING:", re.MULTILINE | re.IGNORECASE)
# Nobody debugs these tools, and writing debug information takes long.
WITHOUT_DEBUG = [f"-DCMAKE_{language}_FLAGS_RELWITHDEBINFO='-O2 -DNDEBUG'" for language in ("C", "CXX")]
# Folders that several collections are built from.
SHARED = ("lib",)
# Benchmarks are built where they are run, and in one suite always: that they compile is tested.
BENCHMARKS = ("icount", "wall", "host")
BENCH_SUITE = "trixie"


def parts(tree: str) -> list[str]:
    """The kselftest folders of the tree."""
    top = os.path.join(tree, "selftests")
    return sorted(name for name in os.listdir(top)
                  if os.path.exists(os.path.join(top, name, "Makefile")))


@contextlib.contextmanager
def whole(top: str, name: str, *made: str) -> Iterator[None]:
    """
    Start over in the folders `made` of top when the last run was killed in
    here: make takes half an object for a whole one. However else a build ends,
    make itself has removed what it did not finish.
    """
    path = os.path.join(top, ".building")
    if os.path.exists(path):
        progress.step(name, "the last build was killed, starting over")
        for folder in made:
            cache.remove(os.path.join(top, folder))
    with open(path, "w"):
        pass
    try:
        yield
    finally:
        cache.remove(path)


class Build:
    """A build directory with a copy of the sources in src/."""

    def __init__(self, lab: Lab, name: str, suite: str) -> None:
        self.lab = lab
        self.name = name
        self.chroot = lab.builder(suite)
        self.top = lab.workspace(name)
        self.log = lab.log(f"build-{name}")
        self.stage: str | None = None       # where userspace() installed to

    def staged(self) -> str:
        """Where userspace() installed to."""
        if self.stage is None:
            raise LabError(f"{self.name}: nothing was installed")
        return self.stage

    def fresh(self, what: str, digest: str) -> bool:
        """Whether `what` was built from the same inputs before."""
        path = os.path.join(self.top, f".{what}")
        return os.path.exists(path) and open(path).read() == digest

    def done(self, what: str, digest: str) -> None:
        with open(os.path.join(self.top, f".{what}"), "w") as out:
            out.write(digest)

    def make(self, words: Sequence[str], what: str, binds: Binds = ()) -> re.Match[str] | None:
        """Run make in src/; the match of a warning in its output, if any."""
        start = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        self.chroot.run(words, what, self.log, cwd="/build/src",
                        binds=[(self.top, "/build"), *binds])
        with open(self.log, errors="replace") as log:
            log.seek(start)
            found = WARNING.search(log.read())
        return found

    def ksft(self) -> tuple[str, str, str]:
        return (source.kselftest(self.lab), "/ksft", "ro")

    def sync(self) -> None:
        target = os.path.join(self.top, "src")
        os.makedirs(target, exist_ok=True)
        sync.copy(self.lab.tree, target)


def modules(lab: Lab, target: matrix.Target, kernel: Kernel) -> Build:
    """Build the modules for a target's kernel; returns the Build."""
    release = kernel.release
    kdir, binds = kernel.kdir()
    extra = kernel.words
    build = Build(lab, target.name, target.suite)
    with lab.cache.lock(f"build-{cache.key(build.top)}"):
        digest = cache.key(release, build.chroot.path, binds, extra,
                           sync.digest(lab.tree, ("modules/", "uapi/", "Kbuild", "Makefile")))
        if build.fresh("modules", digest):
            return build
        progress.step(target.name, f"build the modules for {release}")
        if not build.fresh("release", release + build.chroot.path):
            cache.remove(os.path.join(build.top, "src"))
        build.done("release", release + build.chroot.path)
        with whole(build.top, target.name, "src"):
            build.sync()
            what = f"{target.name}: modules for {release}"
            warned = build.make(["make", "-j", JOBS, "modules", f"KVER={release}", f"KDIR={kdir}",
                                 "W=1", "WAYMARK_TESTS=1", *extra], what, binds)
        if warned:
            cache.remove(os.path.join(build.top, "src"))
            raise LabError(f"{what}: a warning of the compiler or modpost", build.log)
        build.done("modules", digest)
    return build


def named(tree: str, words: Sequence[str]) -> list[str]:
    """The folders that TESTS names, all without it."""
    known = parts(tree)
    folders = {word.split(":")[0] for word in words}
    for folder in folders - set(known):
        raise LabError(f"TESTS: {folder}: no such test; folders: {' '.join(known)}")
    return [part for part in known if not folders or part in folders]


def userspace(lab: Lab, suite: str, chosen: Sequence[str], bench: bool = False,
              harness: bool = True) -> Build:
    """
    Build the tools, the selftests of the chosen parts, and benchmarks; returns the Build.
    Without the harness, whose kernel source takes minutes to unpack, it is the tools alone.
    """
    build = Build(lab, suite, suite)
    kinds = BENCHMARKS if bench or harness and suite == BENCH_SUITE else ()
    with lab.cache.lock(f"build-{cache.key(build.top)}"):
        wanted = [f"selftests/{part}/" for part in [*chosen, *SHARED, *(f"bench/{kind}" for kind in kinds)]]
        digest = cache.key(build.chroot.path, harness and build.ksft()[0], chosen, WITHOUT_DEBUG,
                           sync.digest(lab.tree, ("tools/", "uapi/", "Makefile", "dkms.conf",
                                                "Documentation/ABI/", *wanted)))
        # A folder per selection: rows of one suite may select different tests at the same time.
        name = f"stage-{cache.key(chosen, kinds, harness)}"
        build.stage = os.path.join(build.top, name)
        if build.fresh(name, digest):
            return build
        progress.step(suite, "build the tools" +
                      (f" and selftests/{{{','.join(chosen)}}}" if chosen else ""))
        with whole(build.top, suite, "tools", "ksft"):
            _userspace(build, suite, name)
            if harness:
                _selftests(build, suite, chosen)
            else:
                _no_selftests(build)
            for kind in kinds:
                _install(build, f"bench/{kind}", f"/build/{name}/opt/waymark/bench/{kind}")
        build.done(name, digest)
    return build


def _userspace(build: Build, suite: str, name: str) -> None:
    """Build in the folders tools and ksft, install into the folder `name`."""
    build.sync()
    if not build.fresh("chroot", build.chroot.path):
        cache.remove(os.path.join(build.top, "tools"))
        cache.remove(os.path.join(build.top, "ksft"))
        build.done("chroot", build.chroot.path)
    if build.make(["make", "-j", JOBS, "tools", "TOOLS_BUILD=/build/tools",
                   f"TOOLS_OPTIONS={' '.join(WITHOUT_DEBUG)}"], f"{suite}: tools"):
        cache.remove(os.path.join(build.top, "tools"))
        raise LabError(f"{suite}: tools: a warning of the compiler", build.log)
    cache.remove(build.staged())
    build.make(["make", "install-tools", "TOOLS_BUILD=/build/tools", f"DESTDIR=/build/{name}"],
               f"{suite}: install the tools")


KERNEL = "/ksft/tools/testing/selftests"


def _install(build: Build, folder: str, home: str) -> list[str]:
    """Build a kselftest folder and install it below home; returns the make words."""
    name = folder.replace("/", "-")
    common = ["make", "-s", "-j", JOBS, "-C", f"/build/src/selftests/{folder}", f"KSFT_DIR={KERNEL}",
              f"OUTPUT=/build/ksft/{name}",
              # Tests of an installed library are built against its installed files; those of a
              # library that is not installed, against the build folder.
              f"TOOLS_STAGE=/build/{os.path.basename(build.staged())}", "TOOLS_BUILD=/build/tools"]
    os.makedirs(os.path.join(build.top, "ksft", name), exist_ok=True)
    os.makedirs(os.path.join(build.top, home[len("/build/"):]), exist_ok=True)
    if build.make([*common, "install", f"INSTALL_PATH={home}", f"SRC_PATH={KERNEL}",
                   f"OBJ_PATH={os.path.dirname(home)}"], f"{build.name}: selftests/{folder}",
                  [build.ksft()]):
        raise LabError(f"{build.name}: selftests/{folder}: a warning of the compiler", build.log)
    return common


def _no_selftests(build: Build) -> None:
    """An empty list of tests, in its place."""
    home = os.path.join(build.staged(), "opt/waymark/selftests")
    os.makedirs(home)
    with open(os.path.join(home, "kselftest-list.txt"), "w"):
        pass


def _selftests(build: Build, suite: str, chosen: Sequence[str]) -> None:
    """Install the kselftests as the kernel's own `make install` lays them out."""
    home = f"/build/{os.path.basename(build.staged())}/opt/waymark/selftests"
    os.makedirs(os.path.join(build.staged(), "opt/waymark/selftests/kselftest"))
    binds = [(build.top, "/build"), build.ksft()]
    build.chroot.run(["sh", "-c", f"cp -r {KERNEL}/kselftest/. {home}/kselftest/ && "
                      f"cp {KERNEL}/run_kselftest.sh {home}/ && chmod -R a+x {home}"],
                     f"{suite}: the kselftest runner", build.log, binds=binds)
    listed = ""
    for part in chosen:
        common = _install(build, part, f"{home}/{part}")
        listed += build.chroot.output([*common, f"COLLECTION={part}", "emit_tests"],
                                      f"{suite}: list selftests/{part}", binds=binds)
    if chosen and not listed.strip():
        raise LabError(f"selftests/: no test found in {' '.join(chosen)}")
    with open(os.path.join(build.staged(), "opt/waymark/selftests/kselftest-list.txt"), "w") as out:
        out.write(listed)


def tests(build: Build) -> list[str]:
    """["part:test"] as installed."""
    path = os.path.join(build.staged(), "opt/waymark/selftests/kselftest-list.txt")
    with open(path) as lines:
        return lines.read().split()


def select(available: list[str], words: Sequence[str]) -> list[str]:
    """The tests that TESTS names: a folder, or folder:test."""
    chosen = []
    for word in words:
        match = [test for test in available if test == word or test.split(":")[0] == word]
        if not match:
            known = " ".join(sorted({test.split(":")[0] for test in available}))
            raise LabError(f"TESTS: {word}: no such test; folders: {known}")
        chosen += [test for test in match if test not in chosen]
    return chosen or available
