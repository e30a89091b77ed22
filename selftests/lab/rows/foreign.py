# SPDX-License-Identifier: GPL-2.0-only
"""
Kernels that no guest boots, those of other architectures before all: an index of each is built
on this machine, and symidx check has to let all of the kernel's own modules pass, and to refuse
one that needs a symbol which no kernel has. No foreign code runs.
"""

from __future__ import annotations

import json
import lzma
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge.result import Result
from lab.make import archive, build
from lab.rows.row import Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

BUILDER = "trixie"      # whose symidx it is
ATTEMPTS = 4            # ports keep packages in their lists that are gone
ENOUGH = 1000           # modules that the smallest of these kernels has
NEEDED, NOWHERE = b"_printk\0", b"_printq\0"
LIMIT = 900


@dataclass(frozen=True)
class Stock:
    """A kernel of Debian's."""
    name: str
    architecture: str
    suite: str
    kernel: str         # regular expression of the release


STOCKS = (
    Stock("arm64", "arm64", "bookworm", r"6\.1\.0-[0-9]+-arm64"),
    Stock("armhf", "armhf", "bookworm", r"6\.1\.0-[0-9]+-armmp"),
    Stock("i386", "i386", "bookworm", r"6\.1\.0-[0-9]+-686-pae"),
    Stock("ppc64el", "ppc64el", "bookworm", r"6\.1\.0-[0-9]+-powerpc64le"),
    Stock("s390x", "s390x", "bookworm", r"6\.1\.0-[0-9]+-s390x"),
    # An architecture of Debian's from trixie on.
    Stock("riscv64", "riscv64", "trixie", r"6\.12\.[0-9]+\+deb13(\.[0-9]+)?-riscv64"),
    # Its image is compressed with LZ4.
    Stock("cloud", "amd64", "bookworm", r"6\.1\.0-[0-9]+-cloud-amd64"),
)


def content(path: str) -> bytes:
    """A module's bytes, uncompressed."""
    with open(path, "rb") as data:
        raw = data.read()
    return lzma.decompress(raw) if path.endswith(".xz") else raw


def damaged(paths: Sequence[str]) -> bytes:
    """The first module that prints, made to need a symbol that is nowhere."""
    for path in paths:
        data = content(path)
        if NEEDED in data:
            return data.replace(NEEDED, NOWHERE)
    raise LabError(f"none of {len(paths)} modules needs {NEEDED[:-1].decode()}")


def faults(report: dict[str, Any], count: int) -> Iterator[str]:
    """What is wrong with the verdicts on so many modules of a kernel."""
    modules = report["modules"]
    if len(modules) != count or count < ENOUGH:
        yield f"{len(modules)} verdicts on {count} modules"
    for one in modules:
        for problem in one["problems"]:
            yield f"{one['module']} is refused: {problem.get('symbol', '')} {problem['reason']}"
    # A stack without dependences would mean that imports were not looked at.
    if sum(bool(one["needs"]) for one in modules) < count // 2:
        yield "most modules need no other one"


def is_missed(report: dict[str, Any]) -> bool:
    """Whether the one verdict is that the symbol is missing."""
    return any(problem["kind"] == "missing-symbol" and problem.get("symbol") == NOWHERE[:-1].decode()
               for problem in report["modules"][0]["problems"])


class Foreign:
    """One kernel: its packages are cached, what is unpacked goes with the run."""

    minutes = 1
    long_only = True

    def __init__(self, lab: Lab, stock: Stock) -> None:
        self.lab = lab
        self.stock = stock
        self.name = f"foreign-{stock.name}"
        self.log = lab.log(self.name)
        self.release = ""
        self.packages = ""      # the folder of its packages
        self.tools: build.Build

    def prepare(self) -> None:
        self.release, self.packages = self.fetch()
        # The tools alone, as rows do that select no test.
        self.tools = build.userspace(self.lab, BUILDER, [], harness=False)

    def fetch(self) -> tuple[str, str]:
        """The newest release whose packages can be had, and where they are."""
        source = archive.of(self.lab, self.stock.suite, self.stock.architecture)
        gone: LabError | None = None
        for release, packages in list(source.kernels(self.stock.kernel))[:ATTEMPTS]:
            wanted = [*packages, f"linux-headers-{release}"]

            def make(tmp: str, release: str = release, wanted: Sequence[str] = wanted) -> None:
                progress.step(self.name, f"fetch the kernel {release}")
                source.download(wanted, tmp)
            try:
                return release, self.lab.cache.entry("packages", self.name,
                                                     cache.key(source.checksums(wanted)), make)
            except LabError as error:
                progress.step(self.name, f"{release}: in the lists, and not to be had")
                gone = error
        raise gone or LabError(f"{source.name}: no kernel matches {self.stock.kernel}")

    def run(self) -> Result:
        start = time.monotonic()
        found = Result(self.name, kernel=self.release, logs=os.path.relpath(self.log, self.lab.tree))
        top = os.path.join(self.lab.workspace(self.name), "kernel")
        cache.remove(top)
        try:
            self.judge(top, found)
        finally:
            cache.remove(top)
        found.seconds = round(time.monotonic() - start, 1)
        return found

    def judge(self, top: str, found: Result) -> None:
        archive.unpack(self.packages, top, self.log)
        if not os.path.lexists(f"{top}/lib"):
            os.symlink("usr/lib", f"{top}/lib")
        made = self.ask(top, f"symidx build -j --root /build --kernel {self.release} -o index")
        found.figures["build_id"] = made["build_id"]
        paths = [os.path.join(folder, name) for folder, _, names in
                 os.walk(f"{top}/lib/modules/{self.release}/") for name in sorted(names) if ".ko" in name]
        found.point(made["modules"] == len(paths), f"{made['modules']} of {len(paths)} modules in the index")
        report = self.check(top, f"$(find lib/modules/{self.release}/ -name '*.ko*')")
        found.figures["modules"] = len(report["modules"])
        wrong = list(faults(report, len(paths)))
        found.point(not wrong, f"{len(wrong)} false alarms; {'; '.join(wrong[:5])}")
        with open(f"{top}/damaged.ko", "wb") as out:
            out.write(damaged(paths))
        found.point(is_missed(self.check(top, "damaged.ko")), "a symbol that is nowhere is not missed")
        progress.step(self.name, f"{self.release}: {len(report['modules'])} modules, "
                                 f"{len(wrong)} false alarms")

    def check(self, top: str, files: str) -> dict[str, Any]:
        # Files that are given together would take the place of what the index says.
        return self.ask(top, f"symidx check -j --separately --index index {files}", 1)

    def ask(self, top: str, words: str, worst: int = 0) -> dict[str, Any]:
        """What symidx answers in JSON, with an exit status of at most `worst`."""
        stage = os.path.join(self.tools.staged(), "usr/bin")
        script = f"PATH=/src:$PATH; {words} > answer; test $? -le {worst}"
        self.tools.chroot.run(["sh", "-c", script], f"{self.name}: {words.split(' -')[0]}", self.log,
                              [(stage, "/src", "ro"), (top, "/build")], cwd="/build", timeout=LIMIT)
        with open(f"{top}/answer", encoding="utf-8") as answer:
            found: dict[str, Any] = json.load(answer)
        return found


def rows(lab: Lab, wanted: Wanted) -> list[Foreign]:
    """One a kernel; TESTS selects tests of guests, of which there are none here."""
    return [] if wanted.tests else [Foreign(lab, stock) for stock in STOCKS]
