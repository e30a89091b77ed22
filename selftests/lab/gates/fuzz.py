# SPDX-License-Identifier: GPL-2.0-only
"""Hostile index files and modules: libFuzzer on what reads them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from lab.gates.core import Finding, Gate, Task, ToolError, Tree, Workshop
from lab.gates.cxx import all_inputs, configure


Figures = dict[str, int]


def number(pattern: str, text: str) -> int:
    """The last number that the pattern finds; 0 without one."""
    found = re.findall(pattern, text, re.M)
    return int(found[-1]) if found else 0


def judge(status: int, text: str, least: int) -> tuple[Figures, list[str]]:
    """(figures, what is wrong) of libFuzzer's exit status and words."""
    figures = {"executions": number(r"^stat::number_of_executed_units:\s+(\d+)", text),
               "edges": number(r"\bcov: (\d+) ft: ", text),
               "seeds": number(r"INFO: seed corpus: files: (\d+)", text),
               "per_second": number(r"^stat::average_exec_per_sec:\s+(\d+)", text)}
    said = re.findall(r"^.*(?:ERROR: (?:\w+Sanitizer|libFuzzer)|: runtime error:).*$", text, re.M)
    wrong = [re.sub(r"^==\d+==\s*", "", line) for line in dict.fromkeys(said)]
    if status and not wrong:
        wrong.append(f"status {status}: {(text.strip().splitlines() or ['no word'])[-1]}")
    if not status and figures["executions"] < least:
        wrong.append(f"{figures['executions']} executions, {least} are needed")
    if not status and not figures["edges"]:
        wrong.append("reached no edge: built without coverage?")
    return figures, wrong


class FuzzedTools(Gate):
    """Never taken from the cache: each run has its own figures."""
    name = "tools-fuzz"
    proves = "a million mutated indexes and modules each under ASan, LSan and UBSan"
    weight = 8
    # some minutes, on two processors
    long = True

    EXECUTIONS = 1000000
    # the same every time; another one finds other inputs
    SEED = 20260101
    # the limit of make_seeds.sh; the smallest real modules have 10 KiB
    MAX_LEN = 32 << 10
    PROGRAMS = ("symidx_index", "symidx_module")
    LIMITS = ("-timeout=60", "-rss_limit_mb=2048", "-detect_leaks=1", "-reload=0",
              "-print_final_stats=1")
    ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=1:halt_on_error=1",
                   "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
    # (input of the canary, the report that it must cause)
    CANARY = (("address", "ERROR: AddressSanitizer: heap-buffer-overflow"),
              ("undefined", "runtime error: signed integer overflow"),
              ("leak", "ERROR: LeakSanitizer: detected memory leaks"))

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("clang", "clang++", "cmake", "make", "ld", "xz")
        where = shop.sync(tree, "fuzz", all_inputs(tree))
        build = f"{shop.folder}/fuzz-build"
        self._build(shop, where, build)
        seeds = self._seeds(shop, where, build)
        yield Task("", 1, lambda: self.canary(shop, build))
        for program in self.PROGRAMS:
            figures: dict[str, Figures] = {}
            yield Task("", 1, functools.partial(self.fuzz, shop, where, build, seeds, program, figures),
                       figures)

    def _build(self, shop: Workshop, where: str, build: str) -> None:
        configure(shop, where, build, "-DCMAKE_C_COMPILER=clang", "-DCMAKE_CXX_COMPILER=clang++",
                  "-DWAYMARK_SANITIZE=ON", "-DWAYMARK_FUZZ=ON", "-DBUILD_TESTING=ON",
                  "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g1",
                  "-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_UNITY_BUILD_BATCH_SIZE=0")
        targets = [f"{program}_fuzz" for program in (*self.PROGRAMS, "canary")]
        made = shop.run(["make", "-s", "-j2", "-C", build, "symidx", *targets])
        if made.returncode:
            raise ToolError(f"the fuzzers: {made.stderr.strip()[-800:]}")

    @staticmethod
    def _seeds(shop: Workshop, where: str, build: str) -> str:
        """The stock modules that the headers of 6.12 bring along, and what make_seeds.sh makes."""
        kernels = sorted(shop.outside("/lib/modules").glob("6.12.*/kernel"))
        if not kernels:
            raise ToolError("no modules of 6.12 in the workshop")
        release = kernels[-1].parent.name
        seeds = f"{shop.folder}/fuzz-seeds"
        made = shop.run([f"{where}/tools/tests/fuzz/make_seeds.sh", build,
                         f"/lib/modules/{release}/kernel",
                         f"/usr/src/linux-headers-{release}/Module.symvers", seeds])
        if made.returncode:
            raise ToolError(f"make_seeds.sh: {made.stderr.strip()[-600:]}")
        return seeds

    def _run(self, shop: Workshop, build: str, program: str,
             *arguments: str) -> tuple[int, str, dict[str, bytes]]:
        """Runs a fuzzer; (status, words, {name: contents of what it left})."""
        left = f"{shop.folder}/fuzz-left/{program}"
        start = f"rm -rf {left} && mkdir -p {left}/new {left}/found && exec \"$@\""
        ran = shop.run(["sh", "-c", start, "sh", f"{build}/tests/fuzz/{program}_fuzz",
                        *self.LIMITS, f"-seed={self.SEED}", f"-max_len={self.MAX_LEN}",
                        f"-artifact_prefix={left}/found/", *arguments],
                       env=self.ENVIRONMENT, timeout=7200)
        found = {path.name: path.read_bytes()
                 for path in sorted(shop.outside(f"{left}/found").iterdir())}
        return ran.returncode, ran.stdout + ran.stderr, found

    def fuzz(self, shop: Workshop, where: str, build: str, seeds: str, program: str,
              figures: dict[str, Figures]) -> Iterator[Finding]:
        fuzzer = f"tools/tests/fuzz/{program}_fuzz"
        dictionary = f"{where}/{fuzzer.removesuffix('_fuzz')}.dict"
        words = [f"-dict={dictionary}"] if shop.outside(dictionary).is_file() else []
        status, text, found = self._run(shop, build, program, f"-runs={self.EXECUTIONS}", *words,
                                        f"{shop.folder}/fuzz-left/{program}/new",
                                        f"{seeds}/{program.removeprefix('symidx_')}")
        figures[program], wrong = judge(status, text, self.EXECUTIONS)
        if not wrong:
            return
        log = shop.keep(f"static/{program}_fuzz.log", text.encode())
        inputs = [str(shop.keep(f"static/{program}_fuzz-{name}", content))
                  for name, content in found.items()]
        for reason in wrong:
            yield Finding(fuzzer, f"{reason}; input: {' '.join(inputs) or 'none'}, log: {log}, "
                          f"seed {self.SEED}")

    def canary(self, shop: Workshop, build: str) -> Iterator[Finding]:
        """A program with three bugs: each must be found, and the first by fuzzing, too."""
        for word, wanted in self.CANARY:
            path = f"{shop.folder}/fuzz-{word}"
            shop.outside(path).write_text(word, encoding="utf-8")
            status, text, _ = self._run(shop, build, "canary", path)
            if not status or wanted not in text:
                yield Finding("tools/tests/fuzz/canary_fuzz", f"{word}: not found, status {status}")
        status, text, found = self._run(shop, build, "canary", "-runs=1000000")
        if not status or not judge(status, text, 1)[1] or not found:
            yield Finding("tools/tests/fuzz/canary_fuzz", f"fuzzing found nothing, status {status}")
