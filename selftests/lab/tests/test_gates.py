# SPDX-License-Identifier: GPL-2.0-only
"""
The gate that fuzzes the tools: each way in which a run is worth nothing must be
a finding. libFuzzer's words are recorded ones; the fuzzers here are scripts. And the
faults that are planted for the other gates.
"""

from __future__ import annotations

import shutil
import tempfile
import unittest
from pathlib import Path

from lab.gates import (GATES, PLANTED, Cache, Finding, Gate, Report, Task, Tree, Workshop,
                       run_gates)
from lab.gates.fuzz import FuzzedTools, judge

GOOD = """INFO: Running with entropic power schedule (0xFF, 100).
INFO: seed corpus: files: 42 min: 261b max: 9928b total: 234397b rss: 33Mb
#43	INITED cov: 1146 ft: 2319 corp: 25/127Kb exec/s: 0 rss: 57Mb
#150000	DONE   cov: 1429 ft: 3866 corp: 374/1479Kb lim: 32768 exec/s: 4838 rss: 247Mb
Done 150000 runs in 31 second(s)
stat::number_of_executed_units: 150000
stat::average_exec_per_sec:     4838
"""
STOPPED = GOOD[:GOOD.index("#150000")]
FIGURES = {"executions": 150000, "edges": 1429, "seeds": 42, "per_second": 4838}

# (what, exit status, words, what must be said)
BAD = (
    ("a run that is too short", 0, GOOD.replace("units: 150000", "units: 149999"),
     "149999 executions, 150000 are needed"),
    ("a run of nothing", 0, "", "0 executions"),
    ("a run without its statistics", 0, STOPPED, "0 executions"),
    ("a run that reaches nothing", 0, GOOD.replace("cov: ", "cov: 0 ft: 0 was: "), "no edge"),
    ("an overflow", 1,
     STOPPED + "==12==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6\n",
     "ERROR: AddressSanitizer: heap-buffer-overflow"),
    ("undefined behaviour", 1,
     STOPPED + "a.cpp:22:15: runtime error: signed integer overflow: 1 + 1\n",
     "a.cpp:22:15: runtime error"),
    ("a leak", 77, STOPPED + "==12==ERROR: LeakSanitizer: detected memory leaks\n",
     "detected memory leaks"),
    ("an abort", 77, STOPPED + "==12== ERROR: libFuzzer: deadly signal\n", "deadly signal"),
    ("an input that takes for ever", 70,
     STOPPED + "==12== ERROR: libFuzzer: timeout after 60 seconds\n", "timeout after 60"),
    ("an input that takes all memory", 71,
     STOPPED + "==12== ERROR: libFuzzer: out-of-memory (used: 2049Mb; limit: 2048Mb)\n",
     "out-of-memory"),
    ("a fuzzer that was killed", -9, STOPPED, "status -9"),
    ("a finding after enough executions", 77,
     GOOD + "==12==ERROR: LeakSanitizer: detected memory leaks\n", "detected memory leaks"),
)


def workshop(folder: str, fuzzer: str, script: str) -> Workshop:
    """A workshop on the host in which the fuzzer is a script."""
    program = Path(folder, "fuzz-build/tests/fuzz", f"{fuzzer}_fuzz")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    program.chmod(0o755)
    return Workshop("/", "/", folder=folder, results=Path(folder, "results"))


class Fuzzing(unittest.TestCase):
    def test_a_good_run(self) -> None:
        self.assertEqual(judge(0, GOOD, 150000), (FIGURES, []))

    def test_bad_runs(self) -> None:
        for what, status, words, reason in BAD:
            with self.subTest(what):
                wrong = judge(status, words, 150000)[1]
                self.assertTrue(any(reason in line for line in wrong), wrong)

    def test_a_crash_is_kept(self) -> None:
        """The input outlives the workshop, and the finding says where it is."""
        script = ('for word; do case $word in\n'
                  '-artifact_prefix=*) printf bad > "${word#*=}crash-1";; esac; done\n'
                  'echo "==12==ERROR: AddressSanitizer: heap-use-after-free" >&2; exit 1\n')
        with tempfile.TemporaryDirectory() as folder:
            shop = workshop(folder, "symidx_index", script)
            found = list(FuzzedTools().fuzz(shop, folder, f"{folder}/fuzz-build", f"{folder}/seeds",
                                            "symidx_index", {}))
            kept = Path(folder, "results/static/symidx_index_fuzz-crash-1")
            self.assertEqual(kept.read_bytes(), b"bad")
        self.assertEqual(len(found), 1)
        self.assertIn("heap-use-after-free", str(found[0]))
        self.assertIn(str(kept), str(found[0]))

    def test_a_silent_canary(self) -> None:
        """Sanitizers that aren't there find nothing, and that is found."""
        with tempfile.TemporaryDirectory() as folder:
            shop = workshop(folder, "canary", "exit 0\n")
            found = list(FuzzedTools().canary(shop, f"{folder}/fuzz-build"))
        self.assertEqual(len(found), len(FuzzedTools.CANARY) + 1)


class _Gate(Gate):
    """Counts how often it looks; blind, it finds nothing."""

    def __init__(self, name: str, blind: bool) -> None:
        self.name = name
        self.blind = blind
        self.looked = 0

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        def work() -> list[Finding]:
            self.looked += 1
            task.figures["thing"] = {"looks": 1}
            task.files["kept.json"] = "{}"
            return [] if self.blind or "canary.py" not in tree.files() else \
                [Finding("canary.py:2", "'os' imported but unused")]
        task = Task(f"selftest {tree.digest(tree.files())}", 1, work)
        return [task]


class Planted(unittest.TestCase):
    def test_planted_faults_are_found(self) -> None:
        """A gate that finds nothing anywhere fails; one that does is not asked again, but remembered."""
        with tempfile.TemporaryDirectory() as folder:
            shop = Workshop("/", "/none", folder=f"{folder}/shop", results=Path(folder, "results"))
            Path(folder, "tree").mkdir()
            Path(folder, "tree/file").write_text("content", encoding="utf-8")
            blind, seeing = _Gate("python", True), _Gate("python", False)
            first, second, again = (self.run_gate(gate, folder, shop) for gate in (blind, seeing, seeing))
            self.assertTrue(Path(folder, "results/kept.json").is_file())
        self.assertFalse(first.passed)
        self.assertIn("goes unnoticed", str(first.findings[0]))
        self.assertEqual((second.findings, again.findings), ([], []))
        self.assertEqual((seeing.looked, again.cached, again.checked), (2, 1, 1))
        self.assertEqual(again.figures, {"thing": {"looks": 1}})

    @staticmethod
    def run_gate(gate: _Gate, folder: str, shop: Workshop) -> Report:
        shutil.rmtree(Path(folder, "results"), ignore_errors=True)
        cache = Cache(Path(folder, f"cache-{gate.blind}"))
        return run_gates([gate], Tree(Path(folder, "tree")), shop, cache, 1)[0]

    def test_every_gate_is_proved(self) -> None:
        """The fuzzers have a canary of their own."""
        self.assertEqual([gate.name for gate in GATES if gate.name not in PLANTED], ["tools-fuzz"])
