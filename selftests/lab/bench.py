# SPDX-License-Identifier: GPL-2.0-only
"""
make bench: figures beside their reference, in build/results/bench.json.

selftests/bench/icount runs in a guest in which one instruction takes one
nanosecond, so that ktime differences there count instructions; wall in a normal
guest; host on this machine, in the build chroot.
"""

import json
import os

from lab.host import cache, progress
from lab.host.error import LabError
from lab.judge import judge, kernellog, verdict
from lab.make import build, kernel, matrix
from lab.rows import stock

KINDS = ("icount", "wall", "host")
ROWS = ("bullseye-5.10", "trixie-6.12", "trixie-7.3")
ICOUNT = ["-accel", "tcg", "-icount", "shift=0,sleep=off", "-cpu", "max"]
HOST_ROW = "host"
# What benchmarks of the host find as files: plain modules, compressed modules.
HOST_KERNELS = ("bookworm-6.1", "trixie-6.12")


def programs(user, kind):
    """The executables of a kind as installed."""
    folder = os.path.join(user.stage, "opt/waymark/bench", kind)
    if not os.path.isdir(folder):
        return []
    return sorted(name for name in os.listdir(folder)
                  if os.access(os.path.join(folder, name), os.X_OK) and not name.startswith("lib"))


def figure(name, target, value, unit, reference, reference_value):
    """One entry of bench.json."""
    return {"name": name, "row": target, "value": value, "unit": unit, "reference": reference,
            "reference_value": reference_value,
            "ratio": round(value / reference_value, 4) if reference_value else None}


def parse(text, target):
    """The figures in the JSON lines of a benchmark; a bad line is an error."""
    figures = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            item = json.loads(line)
            figures.append(figure(item["name"], target, item["value"], item["unit"],
                                  item.get("reference", ""), item.get("reference_value")))
        except (ValueError, KeyError, TypeError) as error:
            raise LabError(f"bench: {target}: no figure: {line[:100]} ({error})") from error
    return figures


def merge(path, figures):
    """Replace the figures of the same name and row, keep the others."""
    try:
        with open(path) as text:
            old = json.load(text)["figures"]
    except (OSError, ValueError, KeyError):
        old = []
    fresh = {(item["name"], item["row"]) for item in figures}
    kept = [item for item in old if (item["name"], item["row"]) not in fresh]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    merged = sorted(kept + figures, key=lambda item: (item["name"], item["row"]))
    with open(path + ".tmp", "w") as out:
        json.dump({"figures": merged}, out, indent=2)
        out.write("\n")
    os.rename(path + ".tmp", path)


def record(lab, figures):
    merge(os.path.join(lab.results, "bench.json"), figures)


class BenchRow(stock.KernelRow):
    """A target booted once per kind of benchmark."""

    # flex_array: 640 MB of elements, and what leads to them
    memory = "2G"
    # wall: as machines are
    at_once = True

    def __init__(self, lab, target, words=()):
        super().__init__(lab, target)
        self.wanted = words

    def run_kind(self, kind, user):
        self.benchmarks = tuple(p for p in programs(user, kind) if chosen(kind, p, self.wanted))
        if not self.benchmarks:
            return []
        self.pack(user)
        progress.step(self.name, f"{kind}: {' '.join(self.benchmarks)}")
        options = {"accelerator": ICOUNT, "cpus": 1} if kind == "icount" else {}
        logs = os.path.join(self.lab.results, f"bench-{kind}-{self.name}")
        cache.remove(logs)
        evidence = stock.boot(self.guest, self.name, f"waymark.target waymark.job=bench waymark.kind={kind}",
                            logs, 0, 3600, **options)
        said = verdict.parse(evidence.verdict, evidence.nonce)
        problems = [*judge.ending(evidence), *said.problems,
                    *kernellog.bad_lines(evidence.dmesg + evidence.console)]
        if problems:
            raise LabError(f"bench: {self.name}: {kind}: {problems[0]}", logs)
        with open(os.path.join(logs, "bench")) as text:
            return parse(text.read(), self.name)


def chosen(kind, program, words):
    return not words or kind in words or program in words or f"{kind}:{program}" in words


def host(lab, user, words):
    """The benchmarks of tools, with the tools as installed."""
    figures = []
    for program in programs(user, "host"):
        if not chosen("host", program, words):
            continue
        progress.step("host", program)
        found = [kernel.StockKernel(lab, target) for target in matrix.targets()
                 if target.name in HOST_KERNELS]
        kernels = [(each.tree(), f"/tmp/kernels/{each.target.name}") for each in found]
        kernels += [(os.path.dirname(each.symvers(lab.builder(each.target.suite))),
                     f"/tmp/headers/{each.target.name}", "ro") for each in found]
        text = user.chroot.output(
            [f"/out/opt/waymark/bench/host/{program}"], f"bench: host/{program}",
            binds=[(user.stage, "/out"), *kernels],
            env={"PATH": "/out/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                 "WAYMARK_KERNELS": "/tmp/kernels", "WAYMARK_HEADERS": "/tmp/headers",
                 "LD_LIBRARY_PATH": "/out/usr/lib/x86_64-linux-gnu"})
        figures += parse(text, HOST_ROW)
    return figures


def show(figures):
    """The table for people."""
    print(f"\n{'figure':<44} {'row':<14} {'value':>12} {'unit':<14} {'reference':>12} {'ratio':>8}")
    for item in figures:
        beside = f"{item['reference_value']:>12.6g} {item['ratio']:>8.3f}  {item['reference']}" \
            if item["ratio"] is not None else ""
        print(f"{item['name']:<44} {item['row']:<14} {item['value']:>12.6g} {item['unit']:<14} {beside}")


def run(lab, targets, words):
    """Run the benchmarks of the targets and of the host, record and show them."""
    figures = []
    for target in targets:
        entry = BenchRow(lab, target, words)
        user = entry.prepare_base()
        for kind in ("icount", "wall"):
            figures += entry.run_kind(kind, user)
            record(lab, figures)
    figures += host(lab, build.userspace(lab, "trixie", []), words)
    record(lab, figures)
    if not figures:
        raise LabError("bench: no benchmark was run")
    show(figures)
    return 0
