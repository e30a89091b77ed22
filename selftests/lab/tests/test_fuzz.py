# SPDX-License-Identifier: GPL-2.0-only
"""
What the fuzzer of the kernel's interfaces and the churn say, what becomes of it, and how
long the user lets them go on.
"""

from __future__ import annotations

import json
import os
import tempfile
import unittest

from lab import lengths
from lab.host.error import LabError
from lab.judge import fuzz_findings, judge, measurements, tap

# Two rounds, of which the second one goes on for longer than its share.
TAP = """TAP version 13
1..2
# timeout set to 0
# selftests: churn: churn
# TAP version 13
# 1..1
# # churn: cycles=812 least=300 seconds=7200 added=9000 loaded=900
# ok 1 812 loads and unloads under use
ok 1 selftests: churn: churn
# timeout set to 0
# selftests: fuzz: fuzz
# TAP version 13
# # seed 20261, 100 operations
# ok 1 one thread: 50 operations, 20 of them succeeded
# # 32 changes of NICs, 0 reloads
# ok 2 threads and NICs: 400 operations, 1 of them succeeded
# # coverage all: 70 of 100 blocks, 70 %
# ok 3 threads and reloads: 50 operations, 1 of them succeeded
# # seed 7, 100 operations
# ok 4 one thread: 50 operations, 20 of them succeeded
# ok 5 threads and NICs: 500 operations, 1 of them succeeded
# # coverage all: 72 of 100 blocks, 72 %
# ok 6 threads and reloads: 10 operations, 1 of them succeeded
# 1..6
ok 2 selftests: fuzz: fuzz
"""
FUZZED = {"operations": 1060, "seed": 20261, "rounds": 2, "blocks_reached": 72, "blocks": 100}


def fuzzed(text: str) -> dict[str, object]:
    return measurements.fuzzed(tap.parse(text))


def churned(text: str) -> dict[str, object]:
    return measurements.churned(tap.parse(text))


def blind(text: str) -> str:
    return measurements.blind(tap.parse(text))


class Measurements(unittest.TestCase):
    def test_all_phases_count(self) -> None:
        self.assertEqual(fuzzed(TAP), FUZZED)

    def test_cycles_are_counted(self) -> None:
        self.assertEqual(churned(TAP), {"churn": {"cycles": 812, "least": 300, "seconds": 7200,
                                                  "added": 9000, "loaded": 900}})
        self.assertEqual(churned(TAP.replace("churn: churn", "churn: other")), {})

    def test_a_lost_share_is_seen(self) -> None:
        """Blocks that nobody counted, or of which none was reached; none are due without the fuzzer."""
        lost = "".join(line for line in TAP.splitlines(True) if "coverage" not in line)
        self.assertIn("basic blocks", blind(lost))
        self.assertIn("basic blocks", blind(TAP.replace("all: 70", "all: 0").replace("all: 72", "all: 0")))
        self.assertEqual(blind(TAP[:TAP.index("# selftests: fuzz")]), "")
        self.assertEqual(blind(TAP), "")


# The second round's first phase finds something, which is made small; its second one something
# that only the threads show; its third one takes the machine down.
FOUND = TAP[:TAP.index("# ok 4")] + """# # LOOKUP: undocumented errno 5 (seed 7, thread 0, operation 40)
# not ok 4 one thread: 41 operations, 20 of them succeeded
# # finding: seed=7 phase=1 thread=0 from=0 operations=41 minimised=unknown what=LOOKUP: undocumented errno 5
# # replay: fuzz --phase 1 --seed 7 --thread 0 --from 0 --operations 90
# # replay: fuzz --phase 1 --seed 7 --thread 0 --from 31 --operations 20
# # finding: seed=7 phase=1 thread=0 from=0 operations=41 minimised=10 what=LOOKUP: undocumented errno 5
# not ok 5 threads and NICs: 300 operations, 20 of them succeeded
# # finding: seed=7 phase=2 thread=any from=0 operations=100 minimised=unknown what=kernel: BUG: KASAN: x
# # replay: fuzz --phase 2 --seed 7 --operations 100
# # finding: seed=7 phase=2 thread=any from=0 operations=100 minimised=no what=kernel: BUG: KASAN: x
"""
KEPT = (
    {"seed": 7, "phase": 1, "thread": 0, "from": 0, "operations": 41, "minimised": 10,
     "what": "LOOKUP: undocumented errno 5",
     "replay": "fuzz --phase 1 --seed 7 --thread 0 --from 31 --operations 20"},
    {"seed": 7, "phase": 2, "thread": "any", "from": 0, "operations": 100, "minimised": "no",
     "what": "kernel: BUG: KASAN: x", "replay": "fuzz --phase 2 --seed 7 --operations 100"},
    {"seed": 7, "phase": 3, "thread": "any", "from": 0, "operations": 100, "minimised": "unknown",
     "what": "the guest, or its time, ended in it",
     "replay": "fuzz --phase 3 --seed 7 --operations 100"})


class Findings(unittest.TestCase):
    def test_they_are_kept(self) -> None:
        """Each in a file with the kernel's reports, and in the row's figures; they outlive the next run."""
        with tempfile.TemporaryDirectory() as folder:
            results = os.path.join(folder, "results")
            left = judge.Evidence("", FOUND, "[1] booted\n[2] BUG: KASAN: x\n[3] Read of size 8\n")
            told = fuzz_findings.keep(folder, results, "selftest", left, "7.2")
            self.assertEqual(fuzz_findings.keep(folder, results, "selftest", judge.Evidence("", TAP), "7.2"), {})
            read = []
            for entry in told["found"]:
                with open(os.path.join(folder, entry.pop("kept")), encoding="utf-8") as text:
                    read.append(json.load(text))
        self.assertEqual(told["found"], list(KEPT))
        log = ["[2] BUG: KASAN: x", "[3] Read of size 8"]
        self.assertEqual(read, [{"row": "selftest", "kernel": "7.2", **entry, "log": log} for entry in KEPT])


class Lengths(unittest.TestCase):
    def test_they_reach_guests(self) -> None:
        """What the user says is a word of the command line, and time for the rows that run the test."""
        both = {lengths.FUZZ: "600", lengths.CHURN: "2h", lengths.SEED: "7"}
        tests = ("fuzz:fuzz", "churn:churn")
        cases: tuple[tuple[dict[str, str], list[str], int], ...] = (
            ({}, [], 0), ({lengths.FUZZ: "", lengths.CHURN: ""}, [], 0),
            (both, ["waymark.fuzz=600", "waymark.seed=7", "waymark.churn=2h"], 7800),
            ({lengths.FUZZ: "0", lengths.CHURN: "20"}, ["waymark.fuzz=0", "waymark.churn=20"],
             20 * lengths.CYCLE))
        for env, words, seconds in cases:
            with self.subTest(env):
                self.assertEqual((lengths.words(env), lengths.seconds(tests, env)), (words, seconds))
        self.assertEqual(lengths.seconds(("faults:faults",), both), 0)

    def test_bad_ones_are_refused(self) -> None:
        """Each by one line that names it, and what would do."""
        for name, texts in ((lengths.FUZZ, ("an hour", "-1", "1h", "1.5", "86401", "٣")),
                            (lengths.SEED, ("seven", "-1", "0x10")),
                            (lengths.CHURN, ("0", "0h", "soon", "-3", "25h", "10d", "1000000", "2 h")),
                            (lengths.MUTANTS, ("0", "some", "-1", "100001")),
                            (lengths.DAMAGED, ("0", "some", "-1", "100001"))):
            for text in texts:
                with self.subTest(name, text=text), self.assertRaises(LabError) as caught:
                    lengths.check({name: text})
                self.assertTrue(str(caught.exception).startswith(f"{name}={text}: give a number"))
