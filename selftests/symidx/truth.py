#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
symidx check against finit_module(2) for damaged modules, which damages.py makes.

A guest of the row's stock kernel and one static program (ask_loader.c) is asked
about each, and symidx on the build machine judges the same files. Bases are
small modules of that kernel which need no other. None of their code runs: init
and exit are left out, or return at once.

What takes the kernel down counts apart, and the guest starts again behind it.
What symidx says cannot be known counts apart as well, and is not asked: much of
it takes the kernel down. One thing symidx refuses that the kernel takes: a module
whose init is elsewhere in struct module than the kernel's ("refused on purpose").
The kernel calls it loaded, and runs none of its code.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import errno
import itertools
import json
import lzma
import os
import random
import re
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import damages

BATCH = 2000            # files at a time that symidx judges
SILENCE = 90            # seconds without a verdict: the guest hangs
LARGEST_BASE = 60000    # bytes
UNKNOWN = 0.1           # at most, of what was asked
# No graceful degradation: an oops ends the guest, which starts again.
APPEND = ("console=ttyS0 panic=-1 oops=panic loglevel=1 quiet rcupdate.rcu_expedited=1 mitigations=off "
          "nohz=off highres=off rcupdate.rcu_cpu_stall_timeout=300 watchdog_thresh=60 init=/init")
FEATURES: tuple[Callable[[damages.Module], bool], ...] = (
    lambda m: m.holds("__ksymtab") and not m.relocations(damages.SELF),
    lambda m: m.holds("__ksymtab_gpl") or m.holds("__kflagstab"),
    lambda m: not m.holds("__ksymtab") and len(m.relocations(damages.SELF)) == 2,
    lambda m: m.holds("__param") and m.holds("__bug_table"),
    lambda m: m.holds(".data..percpu"),
    lambda m: any(e.startswith(b"import_ns=") for e in m.infos()),
    lambda m: m.holds("__jump_table") and m.holds("__param"),
    lambda m: m.holds("__tracepoints_ptrs"),
)


def content(path: str) -> bytes:
    """The module's bytes, uncompressed."""
    with open(path, "rb") as data:
        raw = data.read()
    if path.endswith(".xz"):
        return lzma.decompress(raw)
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dqc", path], check=True, stdout=subprocess.PIPE).stdout
    return raw


def independent(folder: str) -> list[str]:
    """Modules that need no other one, the smallest first."""
    paths = []
    with open(f"{folder}/modules.dep", encoding="utf-8") as lines:
        for line in lines:
            path, _, needs = line.partition(":")
            if not needs.strip() and path.startswith("kernel/"):
                paths.append(f"{folder}/{path}")
    return sorted(paths, key=lambda path: (os.path.getsize(path), path))


def bases(folder: str) -> list[damages.Module]:
    """The smallest module of each kind, and one whose init runs."""
    wanted = list(FEATURES)
    found: list[damages.Module] = []
    alive: damages.Module | None = None
    for path in independent(folder):
        data = content(path)
        if len(data) > LARGEST_BASE or not wanted:
            continue
        module = damages.Module(os.path.basename(path).split(".ko")[0], data)
        module.unsigned()
        met = [feature for feature in wanted if feature(module)]
        if not met and (alive or not module.relocations(damages.SELF)):
            continue
        if alive is None and module.relocations(damages.SELF) and not module.holds("__ksymtab"):
            copy = damages.Module("alive", bytes(module.data))
            alive = copy if copy.alive() else None
        if met:
            wanted = [feature for feature in wanted if feature not in met]
            module.harmless()
            found.append(module)
    return found + ([alive] if alive else [])


def make(modules: list[damages.Module], seed: int) -> Iterator[damages.Recipe]:
    """An intact one of each, then damages without an end, of all bases in turn."""
    yield from (damages.Recipe("intact", m.name, len(m.data), []) for m in modules)
    sources = [damages.Damager(m, random.Random(f"{seed} {m.name}")).recipes() for m in modules]
    while True:
        yield from (next(source) for source in sources)


def cpio(files: dict[str, tuple[int, bytes]]) -> bytes:
    """An initramfs, in the newc format."""
    blob = bytearray()

    def add(name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        fields = (len(blob) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        blob.extend(b"070701" + b"".join(b"%08X" % (field & 0xffffffff) for field in fields))
        blob.extend(name.encode() + b"\0")
        blob.extend(b"\0" * (-len(blob) % 4) + data)
        blob.extend(b"\0" * (-len(blob) % 4))
    for folder in ("base", "dev", "proc", "sys"):
        add(folder, stat.S_IFDIR | 0o755)
    add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    for path, (mode, data) in files.items():
        add(path, mode, data)
    add("TRAILER!!!", 0)
    return bytes(blob)


@dataclasses.dataclass
class Answer:
    """What a kernel said: 0 or an errno; None where it was taken down."""

    error: int | None
    words: str


@dataclasses.dataclass
class Question:
    """A damaged module, and what symidx says of it."""

    recipe: damages.Recipe
    loads: bool
    known: bool
    why: str            # it does not load
    kinds: set[str]     # of the problems


class Guest:
    """Boots as often as it takes."""

    def __init__(self, qemu: list[str], vmlinuz: str, initramfs: str, log: str) -> None:
        self.words = [*qemu, "-m", "1G", "-smp", "1", "-display", "none", "-nodefaults", "-no-user-config",
                      "-no-reboot", "-kernel", vmlinuz, "-initrd", initramfs, "-serial", "stdio"]
        self.log = log
        self.answers: dict[int, Answer] = {}
        self.asked = -1     # the last one that it began with
        self.boots = 0

    def ask(self, numbers: list[int]) -> None:
        """Until there is an answer to each of these questions, which are in ascending order."""
        start = numbers[0]
        while True:
            ended = self.boot(start)
            if ended == "down" and self.asked not in self.answers and self.asked >= start:
                self.answers[self.asked] = Answer(None, "the kernel went down")
            if not any(answer.error is not None for answer in self.answers.values()):
                raise SystemExit(f"Bail out! the guest does not come up, see {self.log}")
            if self.asked >= numbers[-1]:
                return
            start = self.asked + 1

    def boot(self, start: int) -> str:
        """How it ended: done, dirty or down."""
        self.boots += 1
        with open(self.log, "ab") as log, subprocess.Popen(
                [*self.words, "-append", f"{APPEND} start={start}"], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=log) as child:
            try:
                return self.listen(child, log.write)
            finally:
                child.kill()

    def listen(self, child: subprocess.Popen[bytes], keep: Callable[[bytes], int]) -> str:
        """Take its lines, as long as there are any."""
        assert child.stdout
        ended, rest, last = "down", b"", time.monotonic()
        os.set_blocking(child.stdout.fileno(), False)
        while time.monotonic() - last < SILENCE:
            data = child.stdout.read()
            if data is None:
                time.sleep(0.05)
                continue
            if not data:
                break
            last = time.monotonic()
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                word = line.strip().decode(errors="replace")
                found = re.match(r"(asking|verdict) (\d+) ?(\d*) ?(.*)", word)
                if found and found[1] == "asking":
                    self.asked = int(found[2])
                elif found:
                    self.answers[int(found[2])] = Answer(int(found[3]), found[4])
                elif word in ("done", "dirty"):
                    ended = word
                else:
                    keep(line + b"\n")
        return ended


def judge(symidx: str, index: str, recipes: list[damages.Recipe],
          modules: dict[str, damages.Module]) -> list[Question]:
    """What symidx says of each file by itself."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as top:
        paths = []
        for number, recipe in enumerate(recipes):
            paths.append(f"{top}/{number}.ko")
            with open(paths[-1], "wb") as out:
                out.write(recipe.apply(bytes(modules[recipe.base].data)))
        run = subprocess.run([symidx, "check", "-j", "--separately", "--index", index, *paths],
                             stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        raise SystemExit(f"Bail out! symidx check: status {run.returncode}")
    found = {one["file"]: one for one in json.loads(run.stdout)["modules"]}
    questions = []
    for path, recipe in zip(paths, recipes):
        one = found[path]
        why = "; ".join(f"{p['kind']}: {p['reason']}" for p in one["problems"][:3])
        doubts = [p["reason"] for p in one["warnings"] if p["kind"] == "not-known"]
        # A doubt does not weaken a reason that is certain.
        questions.append(Question(recipe, one["loads"], not (one["loads"] and doubts),
                                  "; ".join(doubts) if one["loads"] else why,
                                  {p["kind"] for p in one["problems"]}))
    return questions


def known(wanted: argparse.Namespace, modules: list[damages.Module]) -> list[Question]:
    """Questions, so many of which have an answer that symidx knows."""
    by_name = {m.name: m for m in modules}
    recipes = make(modules, wanted.seed)
    found: list[Question] = []
    left = wanted.count
    while left > 0:
        batch = list(itertools.islice(recipes, min(BATCH, left)))
        found += judge(wanted.symidx, wanted.index, batch, by_name)
        left = wanted.count - sum(question.known for question in found)
        if len(found) > 2 * wanted.count:
            raise SystemExit("Bail out! symidx knows the answer to less than half")
    return found


def pack(folder: str, program: str, modules: list[damages.Module], questions: list[Question]) -> str:
    """The path of the initramfs."""
    regular = stat.S_IFREG | 0o755
    files = {f"base/{m.name}": (regular, bytes(m.data)) for m in modules}
    with open(program, "rb") as data:
        files["init"] = (regular, data.read())
    files["recipes"] = (regular, "".join(q.recipe.line(i) for i, q in enumerate(questions)
                                        if q.known).encode())
    path = os.path.join(folder, "initramfs")
    with open(path, "wb") as out:
        out.write(cpio(files))
    return path


def compare(questions: list[Question], theirs: dict[int, Answer]) -> collections.Counter[str]:
    """Count, and print what differs, and what symidx lets pass that took the kernel down."""
    counts: collections.Counter[str] = collections.Counter()
    for number, question in enumerate(questions):
        if not question.known:
            counts["not known"] += 1
            counts["intact, but not known"] += question.recipe.what == "intact"
            continue
        answer = theirs[number]
        if answer.error is None:
            counts["took the kernel down"] += 1
            if not question.loads:
                continue
            kind = "passes, but takes the kernel down"
        else:
            counts["taken" if answer.error == 0 else "refused"] += 1
            if question.loads == (answer.error == 0):
                continue
            if question.kinds == {"module-layout"}:
                counts["refused on purpose"] += 1
                continue
            kind = "passes, but the kernel refuses" if question.loads else \
                "refuses, but the kernel takes"
        counts[kind] += 1
        show(number, question, answer)
    return counts


def show(number: int, question: Question, answer: Answer) -> None:
    """One that is worth a look."""
    recipe = question.recipe
    edits = " ".join(f"{at}:{data.hex()[:32]}" for at, data in recipe.edits)
    verdict = "loads"
    if answer.error is None:
        verdict = "nothing"
    elif answer.error:
        verdict = errno.errorcode.get(answer.error, str(answer.error))
    print(f"# {number} {recipe.base}: {recipe.what} ({edits}, {recipe.size}): symidx says "
          f"{question.why or 'loads'}; the kernel says {verdict} {answer.words}", flush=True)


def options() -> argparse.Namespace:
    """What to ask whom."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vmlinuz", required=True)
    parser.add_argument("--modules", required=True, help="/lib/modules/RELEASE of that kernel")
    parser.add_argument("--index", required=True, help="its index, with its configuration")
    parser.add_argument("--symidx", default="symidx")
    parser.add_argument("--program", required=True, help="ask_loader, linked statically")
    parser.add_argument("--qemu", default="qemu-system-x86_64 -accel tcg -cpu max,la57=off")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", help="where the guest's log goes")
    return parser.parse_args()


def main() -> None:
    """One row."""
    wanted = options()
    print("TAP version 13\n1..4", flush=True)
    with tempfile.TemporaryDirectory() as top:
        folder = wanted.work or top
        modules = bases(wanted.modules)
        questions = known(wanted, modules)
        initramfs = pack(folder, wanted.program, modules, questions)
        guest = Guest(wanted.qemu.split(), wanted.vmlinuz, initramfs, os.path.join(folder, "console"))
        guest.ask([i for i, question in enumerate(questions) if question.known])
        if wanted.work:
            with open(os.path.join(folder, "answers"), "w", encoding="utf-8") as out:
                json.dump({n: dataclasses.astuple(a) for n, a in guest.answers.items()}, out)
    counts = compare(questions, guest.answers)
    print(f"# {len(questions)} of {len(modules)} bases, seed {wanted.seed}, {guest.boots} boots: " +
          ", ".join(f"{count} {what}" for what, count in sorted(counts.items()) if count))
    for why, count in collections.Counter(q.why for q in questions if not q.known).most_common():
        print(f"# not known, {count}: {why}")
    sys.exit(report(counts, len(modules)))


def report(counts: collections.Counter[str], bases_there: int) -> int:
    """The exit status; four points."""
    asked = counts["taken"] + counts["refused"]
    results = {
        "the kernel took some and refused many":
            counts["taken"] >= bases_there and counts["refused"] > asked // 5,
        "what is intact and most of the rest is known to symidx":
            not counts["intact, but not known"] and counts["not known"] < asked * UNKNOWN,
        "the kernel takes what symidx lets pass": not counts["passes, but the kernel refuses"],
        "the kernel refuses what symidx refuses": not counts["refuses, but the kernel takes"],
    }
    for number, (name, good) in enumerate(results.items(), 1):
        print(f"{'ok' if good else 'not ok'} {number} {name}", flush=True)
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    main()
