# SPDX-License-Identifier: GPL-2.0-only
"""
What the rows on kernels of our own prove by: the row that is told of each defect,
and the script that runs the KUnit suites. Each way to prove nothing must fail.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from collections.abc import Mapping

from lab.laboratory import TREE
from lab.make import kunit
from lab.rows import detectors

STACK = detectors.EXPECTED[-3:-2]
SAID = "defects:provoke.sh: no uninitialised byte from the stack"


class Defects(unittest.TestCase):
    def test_poison_is_told_from_a_fault(self) -> None:
        """That the device is not there fails the same point, and proves nothing."""
        self.assertEqual(detectors.judged([f"{SAID}: poison 0xfe at byte 16"], STACK), (1, []))
        missing = detectors.judged([SAID, "defects:provoke.sh: ask the stack"], STACK)[1]
        self.assertEqual(len(missing), 2)
        elsewhere = detectors.judged([f"{SAID}: poison 0xfe at byte 1"], STACK)[1]
        self.assertEqual(len(elsewhere), 1)

    def test_defects_are_provoked(self) -> None:
        """A module that does not load, a script that did not run, a guest that died."""
        lines = (f"{SAID}: poison 0xfe at byte 16", "defects:provoke.sh: load broken_leak",
                 "defects:provoke.sh: did not run", "verdict: missing, the guest died or hung")
        self.assertEqual(len(detectors.judged(lines, STACK)[1]), 3)


HELPERS = """
count=0
ktap_print_header() { echo "TAP version 13"; }
ktap_set_plan() { echo "1..$1"; }
point() { count=$((count + 1)); echo "$1 $count $2"; }
ktap_test_pass() { point ok "$1"; }
ktap_test_fail() { point "not ok" "$1"; }
ktap_finished() { :; }
"""
# Loading a module brings the suite that lies beside it.
TOOLS = {"modinfo": "", "rmmod": "",
         "insmod": 'suite=${1%.ko}.suite; [ ! -d "$suite" ] || cp -r "$suite" "$KUNIT_RESULTS"/'}
SUITE = "    1..2\n    ok 1 first\n    ok 2 second\n"


def run_suites(modules: Mapping[str, str | None]) -> str:
    """What suites.sh prints with these modules: {name: its suite's results or None}."""
    with tempfile.TemporaryDirectory() as folder:
        kunit.folder(TREE, os.path.join(folder, "kunit"))
        for name in ("kselftest", "bin", "modules", "results"):
            os.mkdir(os.path.join(folder, name))
        with open(os.path.join(folder, "kselftest/ktap_helpers.sh"), "w") as out:
            out.write(HELPERS)
        for name, script in TOOLS.items():
            with open(os.path.join(folder, "bin", name), "w") as out:
                out.write(f"#!/bin/sh\n{script}\n")
            os.chmod(out.name, 0o755)
        for name, results in modules.items():
            path = os.path.join(folder, "modules", name)
            open(f"{path}.ko", "w").close()
            if results is not None:
                os.mkdir(f"{path}.suite")
                with open(f"{path}.suite/results", "w") as out:
                    out.write(results)
        env = dict(os.environ, WAYMARK_TEST_MODULES=f"{folder}/modules", KUNIT_RESULTS=f"{folder}/results",
                   PATH=f"{folder}/bin:{os.environ['PATH']}")
        done = subprocess.run(["bash", f"{folder}/kunit/suites.sh"], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return done.stdout + done.stderr


class Suites(unittest.TestCase):
    def test_lost_suites_fail(self) -> None:
        names = kunit.modules(TREE)
        every: dict[str, str | None] = dict.fromkeys(names, SUITE)
        said = run_suites(every)
        self.assertNotIn("not ok", said)
        self.assertIn(f"1..{2 * len(names)}", said)
        first, last = names[0], names[-1]
        lost: dict[str, str | None] = {name: SUITE for name in names if name != last}
        cases: tuple[tuple[dict[str, str | None], str], ...] = (
            (lost, f"{last}: was built"),
            ({}, f"{first}: was built"),
            ({**every, first: None}, f"{first}: brings a suite"),
            ({**every, first: ""}, "has all its tests, 0 of none"),
            ({**every, first: SUITE.replace("1..2", "1..3")}, "has all its tests, 2 of 3"),
            ({**every, first: SUITE.replace("ok 2", "not ok 2")}, "second"))
        for modules, reason in cases:
            with self.subTest(reason):
                said = run_suites(modules)
                self.assertTrue(any(line.startswith("not ok") and reason in line
                                    for line in said.splitlines()), said)
