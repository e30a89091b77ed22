# SPDX-License-Identifier: GPL-2.0-only
"""Decides from a boot's evidence whether it passed. Anything unexpected fails the row."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from lab.judge import hang, kernellog, tap, verdict
from lab.judge.result import Result
from lab.judge.tap import Report


@dataclass
class Evidence:
    """Everything that a boot left behind: the output of its ports, and how QEMU ended."""
    nonce: str
    tap: str = ""
    dmesg: str = ""
    console: str = ""
    verdict: str = ""
    kmemleak: str = ""
    timed_out: bool = False
    status: int = 0
    ending: str = ""        # QEMU's reason, if it gave one

    @functools.cached_property
    def report(self) -> Report:
        """The points of all programs."""
        return tap.parse(self.tap)


@dataclass
class Expectation:
    kernel: str                         # exact release
    systemd: str                        # regular expression that the version starts with
    tests: tuple[str, ...] = ()         # "part:test", all of which must have run
    taint: int = 0                      # more taint bits than O, E and a live patch's K
    detectors: tuple[str, ...] = ()     # names in kernellog.LOST; they must be on at the end


def judge(row: str, evidence: Evidence, expect: Expectation) -> Result:
    """The Result of a boot."""
    result = Result(row)
    result.fail(*ending(evidence))
    said = verdict.parse(evidence.verdict, evidence.nonce)
    result.kernel, result.systemd = said.kernel, said.systemd
    result.fail(*said.problems)
    _identity(result, said, expect)
    _tests(result, said, evidence.report, expect)
    _kernel(result, said, evidence, expect)
    _detectors(result, said, expect)
    if result.passed == 0 and result.failed == 0:
        result.fail("zero tests passed")
    return result


def ending(evidence: Evidence) -> list[str]:
    """What was wrong with how the guest ended."""
    if evidence.timed_out:
        return [f"time-out: the guest was not done in time{hang.report(evidence.console)}"]
    if evidence.status:
        return [f"QEMU ended with status {evidence.status}"]
    if evidence.ending not in ("", "guest-shutdown"):
        return [f"the guest did not switch itself off: {evidence.ending}"]
    return []


def _identity(result: Result, said: verdict.Verdict, expect: Expectation) -> None:
    if said.kernel and said.kernel != expect.kernel:
        result.fail(f"kernel {said.kernel} ran instead of {expect.kernel}")
    if said.systemd and not re.match(expect.systemd, said.systemd):
        result.fail(f"systemd {said.systemd} ran instead of {expect.systemd}")


def _tests(result: Result, said: verdict.Verdict, report: tap.Report, expect: Expectation) -> None:
    result.passed += len(report.titles(tap.PASSED))
    result.skipped += len(report.titles(tap.SKIPPED))
    result.skips += report.titles(tap.SKIPPED)
    result.fail(*report.failures())
    result.fail(*report.problems)
    for test in expect.tests:
        if not report.of(test):
            result.fail(f"{test}: did not run")
    if said.ended and said.status and not report.titles(tap.FAILED) and not report.problems:
        result.fail(f"verdict: status {said.status}, but the report shows no failure")
    if said.ended and not said.status and any(runner.titles(tap.FAILED) for runner in report.runners):
        result.fail("verdict: status 0 in spite of failed tests")


def _kernel(result: Result, said: verdict.Verdict, evidence: Evidence, expect: Expectation) -> None:
    seen = []
    for line in kernellog.bad_lines(evidence.console + "\n" + evidence.dmesg, expect.detectors):
        text = re.sub(r"^\[[^]]*\]\s*", "", line)
        if text not in seen:
            seen.append(text)
            result.fail(f"kernel log: {text}")
    if said.ended and not evidence.dmesg.strip():
        result.fail("kernel log: empty")
    if said.taint > 0:
        bits = kernellog.unexpected_taint(said.taint, evidence.dmesg + evidence.console, expect.taint)
        if bits:
            result.fail(f"unexpected taint {kernellog.letters(bits)}")
    if said.leaks:
        first = (evidence.kmemleak.strip().splitlines() or [""])[0]
        result.fail(f"kmemleak: {said.leaks} objects, {first}")


def _detectors(result: Result, said: verdict.Verdict, expect: Expectation) -> None:
    """A detector that was silent proves something only if it is still on at the end."""
    if not said.ended:
        return
    if "kmemleak" in expect.detectors and said.leaks is None:
        result.fail("kmemleak: was not asked, or this kernel has none")
    if "lockdep" in expect.detectors and said.lockdep != "1":
        result.fail(f"lockdep: is off at the end, debug_locks is {said.lockdep or 'not there'}")
