# SPDX-License-Identifier: GPL-2.0-only
"""
make bench: figures beside their reference, in build/results/bench.json.

selftests/bench/icount runs in a guest in which one instruction takes one
nanosecond, so that ktime differences there count instructions; wall in a normal
guest; host on this machine, in the build chroot.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lab.boot import session
from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import benchmarks, judge, kernellog, verdict
from lab.judge.benchmarks import Figure
from lab.make import build, kernel, matrix
from lab.make.build import Build
from lab.make.chroot import Bind
from lab.rows import stock

if TYPE_CHECKING:
    from lab.laboratory import Lab

ROWS = ("bullseye-5.10", "trixie-6.12", "trixie-7.3")
ICOUNT = ["-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max"]
HOST_ROW = "host"
# What benchmarks of the host find as files: plain modules, compressed modules.
HOST_KERNELS = ("bookworm-6.1", "trixie-6.12")


def programs(user: Build, kind: str) -> list[str]:
    """The executables of a kind as installed."""
    folder = os.path.join(user.staged(), "opt/waymark/bench", kind)
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder)
                  if os.access(os.path.join(folder, name), os.X_OK) and not name.startswith("lib"))


class BenchRow(stock.KernelRow):
    """A target booted once per kind of benchmark."""

    # flex_array: 640 MB of elements, and what leads to them
    memory = "2G"
    # wall: as machines are
    at_once = True
    bench = True

    def __init__(self, lab: Lab, target: matrix.Target, chosen: Sequence[str] = ()) -> None:
        super().__init__(lab, target)
        self.chosen = chosen

    def run_kind(self, kind: str, user: Build) -> list[Figure]:
        self.benchmarks = tuple(p for p in programs(user, kind) if chosen(kind, p, self.chosen))
        if not self.benchmarks:
            return []
        self.pack(user)
        progress.step(self.name, f"{kind}: {' '.join(self.benchmarks)}")
        options: dict[str, Any] = {"accelerator": ICOUNT, "cpus": 1} if kind == "icount" else {}
        logs = os.path.join(self.lab.results, f"bench-{kind}-{self.name}")
        cache.remove(logs)
        evidence = session.boot(self.guest, self.name, "waymark.target waymark.job=bench "
                                f"waymark.kind={kind}", logs, 0, 3600, **options)
        said = verdict.parse(evidence.verdict, evidence.nonce)
        problems = [*judge.ending(evidence), *said.problems,
                    *kernellog.bad_lines(evidence.dmesg + evidence.console)]
        if problems:
            raise LabError(f"bench: {self.name}: {kind}: {problems[0]}", logs)
        with open(os.path.join(logs, "bench")) as text:
            return benchmarks.parse(text.read(), self.name)


def chosen(kind: str, program: str, words: Sequence[str]) -> bool:
    return not words or kind in words or program in words or f"{kind}:{program}" in words


def host(lab: Lab, user: Build, words: Sequence[str]) -> list[Figure]:
    """The benchmarks of tools, with the tools as installed."""
    figures: list[Figure] = []
    for program in programs(user, "host"):
        if not chosen("host", program, words):
            continue
        progress.step("host", program)
        text = user.chroot.output(
            [f"/out/opt/waymark/bench/host/{program}"], f"bench: host/{program}",
            binds=[(user.staged(), "/out"), *kernels(lab)],
            env={"PATH": "/out/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                 "WAYMARK_KERNELS": "/tmp/kernels", "WAYMARK_HEADERS": "/tmp/headers",
                 "LD_LIBRARY_PATH": "/out/usr/lib/x86_64-linux-gnu"})
        figures += benchmarks.parse(text, HOST_ROW)
    return figures


def kernels(lab: Lab) -> list[Bind]:
    """The kernels and headers that they look at."""
    found = [kernel.StockKernel(lab, target) for target in matrix.targets()
             if target.name in HOST_KERNELS]
    binds: list[Bind] = [(each.tree(), f"/tmp/kernels/{each.target.name}") for each in found]
    return binds + [(os.path.dirname(each.symvers(lab.builder(each.target.suite))),
                     f"/tmp/headers/{each.target.name}", "ro") for each in found]


def show(figures: Sequence[Figure]) -> None:
    """The table for people."""
    print(f"\n{'figure':<44} {'row':<14} {'value':>12} {'unit':<14} {'reference':>12} {'ratio':>8}")
    for item in figures:
        beside = f"{item['reference_value']:>12.6g} {item['ratio']:>8.3f}  {item['reference']}" \
            if item["ratio"] is not None else ""
        print(f"{item['name']:<44} {item['row']:<14} {item['value']:>12.6g} {item['unit']:<14} {beside}")


def run(lab: Lab, targets: Sequence[matrix.Target], words: Sequence[str]) -> int:
    """Run the benchmarks of the targets and of the host, record and show them."""
    figures: list[Figure] = []
    for target in targets:
        entry = BenchRow(lab, target, words)
        user = entry.prepare_base()
        for kind in ("icount", "wall"):
            figures += entry.run_kind(kind, user)
            benchmarks.record(lab.results, figures)
    figures += host(lab, build.userspace(lab, build.BENCH_SUITE, []), words)
    benchmarks.record(lab.results, figures)
    if not figures:
        raise LabError("bench: no benchmark was run")
    show(figures)
    return 0
