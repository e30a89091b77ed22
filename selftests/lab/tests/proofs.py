# SPDX-License-Identifier: GPL-2.0-only
"""
What the rows on kernels of our own prove by: the row that is told of each defect,
and the script that runs the KUnit suites. Each way to prove nothing must fail.
"""

import os
import subprocess
import tempfile

from lab.make import kunit, matrix
from lab.rows import detectors


STACK = detectors.EXPECTED[-3:-2]
SAID = "defects:provoke.sh: no uninitialised byte from the stack"


def poison_is_told_from_a_fault():
    """That the device is not there fails the same point, and proves nothing."""
    found = detectors.judged([f"{SAID}: poison 0xfe at byte 16"], STACK)
    missing = detectors.judged([SAID, "defects:provoke.sh: ask the stack"], STACK)[1]
    elsewhere = detectors.judged([f"{SAID}: poison 0xfe at byte 1"], STACK)[1]
    return (found == (1, []) and len(missing) == 2 and len(elsewhere) == 1,
            f"poison: found {found}, missing {missing}, elsewhere {elsewhere}")


def defects_are_provoked():
    """A module that does not load, a script that did not run, a guest that died."""
    lines = (f"{SAID}: poison 0xfe at byte 16", "defects:provoke.sh: load broken_leak",
             "defects:provoke.sh: did not run", "verdict: missing, the guest died or hung")
    wrong = detectors.judged(lines, STACK)[1]
    return len(wrong) == 3, f"defects that were not provoked: {wrong}"


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


def _suites(modules):
    """What suites.sh prints with these modules: {name: its suite's results or None}."""
    with tempfile.TemporaryDirectory() as folder:
        kunit.folder(os.path.dirname(os.path.dirname(matrix.HERE)), os.path.join(folder, "kunit"))
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


def lost_suites_fail():
    both = {"flex_array_kunit": SUITE, "symbol_index_kunit": SUITE}
    wrong = [] if "not ok" not in _suites(both) and "1..4" in _suites(both) else [_suites(both)]
    for modules, reason in (
            ({"flex_array_kunit": SUITE}, "symbol_index_kunit: was built"),
            ({}, "flex_array_kunit: was built"),
            ({**both, "flex_array_kunit": None}, "flex_array_kunit: brings a suite"),
            ({**both, "flex_array_kunit": ""}, "has all its tests, 0 of none"),
            ({**both, "flex_array_kunit": SUITE.replace("1..2", "1..3")}, "has all its tests, 2 of 3"),
            ({**both, "flex_array_kunit": SUITE.replace("ok 2", "not ok 2")}, "second")):
        said = _suites(modules)
        if not any(line.startswith("not ok") and reason in line for line in said.splitlines()):
            wrong.append(f"{reason}: {said}")
    return not wrong, f"KUnit suites: {wrong}"


ALL = (poison_is_told_from_a_fault, defects_are_provoked, lost_suites_fail)
