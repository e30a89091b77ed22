# SPDX-License-Identifier: GPL-2.0-only
"""
What a good boot leaves, and one change per way to fail. The judge must let the
first pass and name the reason for each of the others.
"""

from __future__ import annotations

import dataclasses
import unittest
from typing import Any

from lab.judge import judge

NONCE = "0123456789abcdef"
TAP = """TAP version 13
1..2
# timeout set to 45
# selftests: flex_array: api
# TAP version 13
# 1..3
# # Starting 3 tests from 1 test cases.
# #  RUN           global.grow ...
# #            OK  global.grow
# ok 1 global.grow
# ok 2 global.clear
# ok 3 global.numa # SKIP one node only
# # PASSED: 3 / 3 tests passed.
# # Totals: pass:2 fail:0 xfail:0 xpass:0 skip:1 error:0
ok 1 selftests: flex_array: api
# timeout set to 120
# selftests: netdevname: rename.sh
# TAP version 13
# 1..1
# ok 1 links follow
# # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0
ok 2 selftests: netdevname: rename.sh
# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:0
"""
DMESG = """[    0.000000] Linux version 6.12.1-amd64 (debian-kernel@lists.debian.org)
[    9.123456] flex_array: loading out-of-tree module taints kernel.
[    9.234567] flex_array: module verification failed: signature and/or required key missing - tainting kernel
[   12.345678] kselftest: Running tests in flex_array
"""
VERDICT = f"""begin nonce={NONCE}
systemd nonce={NONCE} 257
kernel nonce={NONCE} 6.12.1-amd64
taint nonce={NONCE} 12288
end nonce={NONCE} status=0
"""
GOOD = judge.Evidence(NONCE, TAP, DMESG, "", VERDICT)
EXPECT = judge.Expectation("6.12.1-amd64", "257", ("flex_array:api", "netdevname:rename.sh"))
SPLAT = """[   33.1] ------------[ cut here ]------------
[   33.1] WARNING: CPU: 1 PID: 412 at modules/flex_array/part.c:77 flex_array_put+0x1f/0x40 [flex_array]
"""


def changed(**fields: Any) -> judge.Evidence:
    return dataclasses.replace(GOOD, **fields)


def edit(field: str, old: str, new: str) -> judge.Evidence:
    text: str = getattr(GOOD, field)
    assert old in text, f"fixture: {old!r} is not in {field}"
    return changed(**{field: text.replace(old, new)})


TASKS = """[   70.1] Kernel panic - not syncing: NMI: Not continuing
[   70.2] task:systemd         state:S stack:0     pid:1     tgid:1     ppid:0      flags:0x00000002
[   70.2] Call Trace:
[   70.2]  __schedule+0x4f0/0xc70
[   70.2]  ep_poll+0x33f/0x3a0
[   70.2] task:rmmod           state:D stack:0     pid:412   tgid:412   ppid:33     flags:0x00004002
[   70.2] Call Trace:
[   70.2]  <TASK>
[   70.2]  __schedule+0x4f0/0xc70
[   70.2]  schedule+0x5e/0xd0
[   70.2]  ? _raw_spin_lock+0x17/0x40
[   70.2]  rtnl_lock+0x15/0x20
[   70.2]  nn_notifier_exit+0x12/0x40 [netdev_naming]
"""


def cut(field: str, mark: str) -> judge.Evidence:
    """The text up to mark, as when the guest died there."""
    text: str = getattr(GOOD, field)
    return changed(**{field: text[:text.index(mark)]})


# What a kernel of our own says in addition, and what is expected of it.
WATCHED_VERDICT = VERDICT.replace("taint", f"kmemleak nonce={NONCE} 0\nlockdep nonce={NONCE} 1\ntaint")
WATCHED = changed(verdict=WATCHED_VERDICT, dmesg=DMESG + "[    1.1] kmemleak: Kernel memory leak detector "
                  "initialized (mem pool available: 39006)\n")
EXPECT_WATCHED = dataclasses.replace(EXPECT, detectors=("kmemleak", "lockdep"))


def watched(line: str = "", old: str = "", new: str = "") -> judge.Evidence:
    """A boot of such a kernel with one more line in its log, and another verdict."""
    assert old in WATCHED_VERDICT
    return dataclasses.replace(WATCHED, dmesg=f"{WATCHED.dmesg}[   70.1] {line}\n",
                               verdict=WATCHED_VERDICT.replace(old, new) if old else WATCHED_VERDICT)


# Detectors that stopped looking, of a kernel that has them.
BLIND = (
    ("kmemleak that switched itself off", watched("kmemleak: Kernel memory leak detector disabled"),
     "detector disabled"),
    ("kmemleak that keeps what it knew", watched("kmemleak: Kmemleak disabled without freeing internal data."),
     "Kmemleak disabled"),
    ("kmemleak without memory for an object", watched("kmemleak: Cannot allocate a kmemleak_object structure"),
     "kmemleak_object"),
    ("kmemleak without memory of its own", watched("kmemleak: Memory pool empty, consider increasing "
                                                   "CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE"), "pool empty"),
    ("kmemleak that lost its way", watched("kmemleak: Cannot insert 0xffff888003d2a000 into the object "
                                           "search tree (overlaps existing)"), "Cannot insert"),
    ("kmemleak that does not scan", watched(old="taint", new=f"problem nonce={NONCE} kmemleak does not scan"
                                            "\ntaint"), "does not scan"),
    ("kmemleak that was not asked", watched(old=f"kmemleak nonce={NONCE} 0\n"), "kmemleak: was not asked"),
    ("kmemleak that counted nothing", watched(old=f"kmemleak nonce={NONCE} 0", new=f"kmemleak nonce={NONCE}"),
     "kmemleak: -1"),
    ("lockdep that a taint ended", watched("Disabling lock debugging due to kernel taint"),
     "Disabling lock debugging"),
    ("lockdep that is full", watched("turning off the locking correctness validator."), "turning off"),
    ("lockdep that is off at the end", watched(old=f"lockdep nonce={NONCE} 1", new=f"lockdep nonce={NONCE} 0"),
     "debug_locks is 0"),
    ("a kernel without lockdep", watched(old=f"lockdep nonce={NONCE} 1\n"), "debug_locks is not there"),
)

# (name, evidence, a word of the reason that must be given)
BAD = (
    ("a failed point", edit("tap", "# ok 2 global.clear", "# not ok 2 global.clear"), "global.clear"),
    ("what a program says before a failed point",
     edit("tap", "# ok 2 global.clear", "# # api.c:7:clear:Expected 0 (0) == ret (-22)\n"
          "# not ok 2 global.clear"), "global.clear: api.c:7:clear:Expected 0"),
    ("what a program says after a failed point",
     edit("tap", "# ok 1 links follow", "# not ok 1 links follow\n# # by-mac is missing"),
     "links follow: by-mac is missing"),
    ("a failed point hidden by the exit status",
     edit("tap", "# ok 1 links follow", "# not ok 1 links follow"), "in spite of failed points"),
    ("a program that died", edit("tap", "ok 2 selftests: netdevname: rename.sh",
                                 "not ok 2 selftests: netdevname: rename.sh # exit=139"), "exit=139"),
    ("a program over its time", edit("tap", "ok 2 selftests: netdevname: rename.sh",
                                     "not ok 2 selftests: netdevname: rename.sh # TIMEOUT 120 seconds"),
     "TIMEOUT"),
    ("a truncated plan", edit("tap", "# 1..3\n", "# 1..4\n"), "3 of 4 planned"),
    ("a point too many", edit("tap", "# 1..3\n", "# 1..2\n"), "3 of 2 planned"),
    ("points out of order", edit("tap", "# ok 2 global.clear", "# ok 3 global.clear"), "not numbered"),
    ("a missing plan", edit("tap", "# 1..3\n", ""), "no plan"),
    ("two plans", edit("tap", "# 1..3\n", "# 1..3\n# 1..3\n"), "2 plans"),
    ("zero tests", edit("tap", "# 1..1\n# ok 1 links follow\n", "# 1..0\n"), "zero tests"),
    ("a point that is expected to fail", edit("tap", "# ok 2 global.clear", "# ok 2 global.clear # TODO"),
     "global.clear"),
    ("a bail-out", edit("tap", "# ok 2 global.clear", "# Bail out! no memory"), "Bail out"),
    ("a runner cut off", cut("tap", "# selftests: netdevname"), "1 of 2 planned"),
    ("a second runner without a plan", changed(tap=TAP + "TAP version 13\n"), "runner: no plan"),
    ("a second runner cut off", changed(tap=TAP + TAP[:TAP.index("# selftests: netdevname")]), "1 of 2 planned"),
    ("a failure of a second runner", changed(tap=TAP + TAP.replace(
        "# ok 1 links follow", "# not ok 1 links follow").replace("\nok 2 self", "\nnot ok 2 self")),
     "status 0 in spite"),
    ("a runner without a plan", edit("tap", "1..2\n", ""), "no plan"),
    ("an empty report", changed(tap=""), "no plan"),
    ("words of the runner that are no TAP", edit("tap", "1..2\n", "1..2\nrunner.sh: 134: not found\n"),
     "not found"),
    ("a selected test that did not run", edit("tap", "selftests: netdevname: rename.sh",
                                              "selftests: netdevname: other.sh"), "did not run"),
    ("a warning", changed(dmesg=DMESG + SPLAT), "WARNING"),
    ("a warning on the console only", changed(console=SPLAT), "WARNING"),
    ("an oops", changed(dmesg=DMESG + "[ 3.1] Oops: 0002 [#1] PREEMPT SMP PTI\n"), "Oops"),
    ("a null pointer", changed(dmesg=DMESG + "[ 3.1] BUG: kernel NULL pointer dereference, address: 0\n"),
     "BUG"),
    ("a panic", changed(console="[ 3.1] Kernel panic - not syncing: Fatal exception\n"), "panic"),
    ("a lock report", changed(dmesg=DMESG + "[ 3.1] WARNING: possible circular locking dependency\n"),
     "circular"),
    ("a hung task", changed(dmesg=DMESG + "[ 3.1] INFO: task udevd:33 blocked for more than 120 seconds.\n"),
     "blocked"),
    ("a sanitizer report", changed(dmesg=DMESG + "[ 3.1] BUG: KASAN: slab-use-after-free in x\n"), "KASAN"),
    ("an empty kernel log", changed(dmesg=""), "empty"),
    ("a taint for a warning", edit("verdict", "12288", str(12288 | 1 << 9)), "taint"),
    ("a taint for a staging driver that nobody loaded", edit("verdict", "12288", str(12288 | 1 << 10)),
     "taint"),
    ("a taint for a live patch that was never enabled", edit("verdict", "12288", str(12288 | 1 << 15)),
     "taint"),
    ("a missing taint", edit("verdict", f"taint nonce={NONCE} 12288\n", ""), "taint"),
    ("a leak", edit("verdict", "taint", f"kmemleak nonce={NONCE} 2\ntaint"), "kmemleak"),
    ("a module that does not unload", edit("verdict", "taint", f"problem nonce={NONCE} module x does not "
                                           "unload\ntaint"), "does not unload"),
    ("a missing verdict", cut("verdict", "end "), "missing"),
    ("no verdict at all", changed(verdict=""), "never began"),
    ("the verdict of another boot", edit("verdict", NONCE, "fedcba9876543210"), "nonce"),
    ("a verdict against the report", edit("verdict", "status=0", "status=1"), "no failure"),
    ("another kernel", edit("verdict", "6.12.1-amd64", "6.12.0-amd64"), "instead of"),
    ("another systemd", edit("verdict", " 257", " 252"), "instead of"),
    ("a time-out", changed(timed_out=True), "time-out"),
    ("a guest that hangs for good", changed(timed_out=True), "did not even answer"),
    ("a guest that hangs and answers", changed(timed_out=True, console=TASKS[:TASKS.index("\n") + 1]),
     "answered an interrupt, but"),
    ("what a guest that hangs waits for", changed(timed_out=True, console=TASKS),
     "waiting in the kernel: rmmod: rtnl_lock < nn_notifier_exit"),
    ("QEMU that died", changed(status=-9), "status -9"),
    ("a guest that resets itself", changed(ending="guest-reset"), "guest-reset"),
)

# A live patch explains K, and a kernel of its own may have more.
FINE = (
    ("a good boot", GOOD, EXPECT),
    ("a boot with two runners", changed(tap=TAP + TAP), EXPECT),
    ("a live patch", dataclasses.replace(
        edit("verdict", "12288", str(12288 | 1 << 15)),
        dmesg=DMESG + "[ 5.0] livepatch: enabling patch 'symbol_index'\n"), EXPECT),
    ("a staging driver", dataclasses.replace(
        edit("verdict", "12288", str(12288 | 1 << 10)),
        dmesg=DMESG + "[ 5.0] greybus: module is from the staging directory, the quality is "
        "unknown, you have been warned.\n"), EXPECT),
    ("a test taint where it is allowed", edit("verdict", "12288", str(12288 | 1 << 18)),
     dataclasses.replace(EXPECT, taint=1 << 18)),
    ("a kernel with detectors", WATCHED, EXPECT_WATCHED),
    ("an area that kmemleak has no memory for", watched(
        "kmemleak: Cannot allocate a scan area, scanning the full object"), EXPECT_WATCHED),
    ("a taint that would end lockdep, if there were one", changed(
        dmesg=DMESG + "[ 5.0] Disabling lock debugging due to kernel taint\n"), EXPECT),
    ("a program that skips itself before its plan", edit(
        "tap", "# TAP version 13\n# 1..1\n# ok 1 links follow\n"
        "# # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0\nok 2 selftests: netdevname: rename.sh",
        "# no livepatch here\nok 2 selftests: netdevname: rename.sh # SKIP"), EXPECT),
)


class Accepted(unittest.TestCase):
    """A boot that must pass."""

    def __init__(self, what: str, evidence: judge.Evidence, expect: judge.Expectation) -> None:
        super().__init__("accept")
        self.what = what
        self.evidence = evidence
        self.expect = expect

    def __str__(self) -> str:
        return f"{self.what} is accepted"

    def accept(self) -> None:
        self.assertEqual(judge.judge("sample", self.evidence, self.expect).failures, [])


class Refused(unittest.TestCase):
    """A boot that must fail, for a reason that is named."""

    def __init__(self, what: str, evidence: judge.Evidence, expect: judge.Expectation, reason: str) -> None:
        super().__init__("refuse")
        self.what = what
        self.evidence = evidence
        self.expect = expect
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.what} is reported as {self.reason!r}"

    def refuse(self) -> None:
        given = judge.judge("sample", self.evidence, self.expect)
        self.assertFalse(given.good)
        self.assertTrue(any(self.reason in line for line in given.failures), given.failures)


def load_tests(_loader: unittest.TestLoader, _tests: unittest.TestSuite, _pattern: str) -> unittest.TestSuite:
    """A test a boot."""
    suite = unittest.TestSuite()
    suite.addTests(Accepted(*case) for case in FINE)
    for bad, expect in ((BAD, EXPECT), (BLIND, EXPECT_WATCHED)):
        suite.addTests(Refused(what, evidence, expect, reason) for what, evidence, reason in bad)
    return suite
