# SPDX-License-Identifier: GPL-2.0-only
"""
The gate that fuzzes the tools: each way in which a run is worth nothing must be
a finding. libFuzzer's words are recorded ones; the fuzzers here are scripts. What
the fuzzer of the kernel's interfaces says, and what becomes of it. And the faults
that are planted for the other gates.
"""

import json
import os
import shutil
import tempfile
import types
from pathlib import Path

from lab import lengths
from lab.gates import Cache, Finding, Gate, GATES, PLANTED, run_gates, Task, Tree, Workshop
from lab.gates.fuzz import FuzzedTools, judge as judge_tool
from lab.host.error import LabError
from lab.judge import figures, found, judge


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


def good_run():
    read, wrong = judge_tool(0, GOOD, 150000)
    return read == FIGURES and not wrong, f"fuzzing: a good run reads: {read} {wrong}"


def bad_runs():
    missed = []
    for what, status, words, reason in BAD:
        wrong = judge_tool(status, words, 150000)[1]
        if not any(reason in line for line in wrong):
            missed.append(f"{what} is not reported as {reason!r}: {wrong}")
    return not missed, f"fuzzing: {'; '.join(missed)}"


def _shop(folder, fuzzer, script):
    """A workshop on the host in which the fuzzer is a script."""
    program = Path(folder, "fuzz-build/tests/fuzz", f"{fuzzer}_fuzz")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    program.chmod(0o755)
    return Workshop("/", "/", folder=folder, results=Path(folder, "results"))


def crash_is_kept():
    """The input outlives the workshop, and the finding says where it is."""
    script = ('for word; do case $word in\n'
              '-artifact_prefix=*) printf bad > "${word#*=}crash-1";; esac; done\n'
              'echo "==12==ERROR: AddressSanitizer: heap-use-after-free" >&2; exit 1\n')
    with tempfile.TemporaryDirectory() as folder:
        shop = _shop(folder, "symidx_index", script)
        found = list(FuzzedTools()._fuzz(shop, folder, f"{folder}/fuzz-build", f"{folder}/seeds",
                                         "symidx_index", {}))
        kept = Path(folder, "results/static/symidx_index_fuzz-crash-1")
        good = len(found) == 1 and "heap-use-after-free" in str(found[0]) \
            and str(kept) in str(found[0]) and kept.read_bytes() == b"bad"
        return good, f"fuzzing: a crash reads: {[str(f) for f in found]}"


def silent_canary():
    """Sanitizers that aren't there find nothing, and that is found."""
    with tempfile.TemporaryDirectory() as folder:
        shop = _shop(folder, "canary", "exit 0\n")
        found = list(FuzzedTools()._canary(shop, f"{folder}/fuzz-build"))
        return len(found) == len(FuzzedTools.CANARY) + 1, \
            f"fuzzing: without sanitizers, the canary reads: {[str(f) for f in found]}"


class _Gate(Gate):
    """Counts how often it looks; blind, it finds nothing."""

    def __init__(self, name, blind):
        self.name = name
        self.blind = blind
        self.looked = 0

    def tasks(self, tree, shop):
        def work():
            self.looked += 1
            task.figures["thing"] = {"looks": 1}
            task.files["kept.json"] = "{}"
            return [] if self.blind or "canary.py" not in tree.files() else \
                [Finding("canary.py:2", "'os' imported but unused")]
        task = Task(f"selftest {tree.digest(tree.files())}", 1, work)
        return [task]


def planted_faults_are_found():
    """A gate that finds nothing anywhere fails; one that does is not asked again, but remembered."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop("/", "/none", folder=f"{folder}/shop", results=Path(folder, "results"))
        Path(folder, "tree").mkdir()
        Path(folder, "tree/file").write_text("content", encoding="utf-8")
        gates = _Gate("python", True), _Gate("python", False)
        reports = []
        for gate in (*gates, gates[1]):
            cache = Cache(Path(folder, f"cache-{gate.blind}"))
            shutil.rmtree(shop.results, ignore_errors=True)
            reports += run_gates([gate], Tree(Path(folder, "tree")), shop, cache, 1)
        blind, seeing, again = reports
        kept = Path(folder, "results/kept.json").is_file()
    good = (not blind.passed and "goes unnoticed" in str(blind.findings[0]) and seeing.passed
            and again.passed and gates[1].looked == 2 and again.cached == again.checked == 1
            and again.figures == {"thing": {"looks": 1}} and kept)
    return good, (f"planted faults: {[str(f) for f in blind.findings]}, {seeing.findings}, "
                  f"looked {gates[1].looked} times, figures {again.figures}, kept {kept}")


def every_gate_is_proved():
    without = [gate.name for gate in GATES if gate.name not in PLANTED and gate.name != "tools-fuzz"]
    return not without, f"planted faults: none for {without}"


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


def all_phases_count():
    found = figures.fuzzed(TAP)
    return found == FUZZED, f"fuzzing: all phases read: {found}"


def cycles_are_counted():
    found = figures.churned(TAP)
    expected = {"cycles": 812, "least": 300, "seconds": 7200, "added": 9000, "loaded": 900}
    none = figures.churned(TAP.replace("churn: churn", "churn: other"))
    return found == {"churn": expected} and not none, f"churn: reads {found}, without it {none}"


def lost_share_is_seen():
    """Blocks that nobody counted, or of which none was reached; none are due without the fuzzer."""
    lost = figures.blind("".join(line for line in TAP.splitlines(True) if "coverage" not in line))
    none = figures.blind(TAP.replace("all: 70", "all: 0").replace("all: 72", "all: 0"))
    absent = figures.blind(TAP[:TAP.index("# selftests: fuzz")])
    whole = figures.blind(TAP)
    return lost and none and not absent and not whole, \
        f"fuzzing: a lost share reads {lost!r} {none!r}, none {absent!r}, a whole one {whole!r}"


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


def findings_are_kept():
    """Each in a file with the kernel's reports, and in the row's figures; they outlive the next run."""
    with tempfile.TemporaryDirectory() as folder:
        lab = types.SimpleNamespace(tree=folder, results=os.path.join(folder, "results"))
        left = judge.Evidence("", FOUND, "[1] booted\n[2] BUG: KASAN: x\n[3] Read of size 8\n")
        told = found.keep(lab, "selftest", left, "7.2")
        clean = found.keep(lab, "selftest", judge.Evidence("", TAP), "7.2")
        read = []
        for entry in told["found"]:
            with open(os.path.join(folder, entry.pop("kept")), encoding="utf-8") as text:
                read.append(json.load(text))
    log = ["[2] BUG: KASAN: x", "[3] Read of size 8"]
    good = (told["found"] == list(KEPT) and not clean
            and read == [{"row": "selftest", "kernel": "7.2", **entry, "log": log} for entry in KEPT])
    return good, f"fuzzing: findings read {told}, kept as {read}, of a clean run {clean}"


def lengths_reach_guests():
    """What the user says is a word of the command line, and time for the rows that run the test."""
    both = {lengths.FUZZ: "600", lengths.CHURN: "2h", lengths.SEED: "7"}
    tests = ("fuzz:fuzz", "churn:churn")
    found = [(lengths.words(env), lengths.seconds(tests, env))
             for env in ({}, {lengths.FUZZ: "", lengths.CHURN: ""}, both,
                         {lengths.FUZZ: "0", lengths.CHURN: "20"})]
    good = (found[0] == found[1] == ([], 0)
            and found[2] == (["waymark.fuzz=600", "waymark.seed=7", "waymark.churn=2h"], 7800)
            and found[3] == (["waymark.fuzz=0", "waymark.churn=20"], 20 * lengths.CYCLE)
            and lengths.seconds(("faults:faults",), both) == 0)
    return good, f"lengths: {found}"


def bad_lengths_are_refused():
    """Each by one line that names it, and what would do."""
    taken = []
    for name, texts in ((lengths.FUZZ, ("an hour", "-1", "1h", "1.5", "86401", "٣")),
                        (lengths.SEED, ("seven", "-1", "0x10")),
                        (lengths.CHURN, ("0", "0h", "soon", "-3", "25h", "10d", "1000000", "2 h"))):
        for text in texts:
            try:
                lengths.check({name: text})
            except LabError as error:
                if str(error).startswith(f"{name}={text}: give a number"):
                    continue
            taken.append(f"{name}={text}")
    return not taken, f"lengths: taken, or refused in other words: {taken}"


ALL = (all_phases_count, cycles_are_counted, lost_share_is_seen, findings_are_kept,
       lengths_reach_guests, bad_lengths_are_refused, good_run, bad_runs, crash_is_kept,
       silent_canary, planted_faults_are_found, every_gate_is_proved)
