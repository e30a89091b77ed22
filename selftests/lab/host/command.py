# SPDX-License-Identifier: GPL-2.0-only
"""Run a program; its output goes to a log, its failure becomes a LabError."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from lab.host.error import LabError

# Builds give way to guests: tests in an emulated guest have time limits, builds have none.
NICE = 5
# The sanitizer kernel and the chroot that builds it come first: with an empty cache, the whole
# run waits for them.
URGENT = -3

Child = subprocess.Popen[Any]
# Children that an interrupted run must not leave behind.
live: set[Child] = set()

# What a full disk looks like in the output of apt, dpkg, tar, gcc and mksquashfs.
NO_SPACE = "No space left on device"


def environment() -> dict[str, str]:
    """The caller's environment without what would change a build."""
    keep = ("PATH", "HOME", "TERM", "http_proxy", "https_proxy", "no_proxy", "TMPDIR")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env.setdefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    env["LC_ALL"] = "C.UTF-8"
    env["DEBIAN_FRONTEND"] = "noninteractive"
    return env


def tail(path: str, lines: int = 15) -> str:
    try:
        with open(path, errors="replace") as log:
            return "".join(log.readlines()[-lines:])
    except OSError:
        return ""


def explain(what: str, log: str, status: int) -> LabError:
    """One line for a failed step: name the cause when the log shows it."""
    text = tail(log, 200)
    if NO_SPACE in text:
        return LabError(f"{what}: no space left; free some and run again", log)
    return LabError(f"{what}: failed with status {status}", log)


def run(argv: Sequence[object], what: str, log: str, env: Mapping[str, str] | None = None,
        cwd: str | None = None, timeout: float = 3600, shown: Sequence[object] | None = None,
        nice: int = NICE) -> None:
    """Run argv to the end, append its output to log, raise LabError on failure."""
    os.makedirs(os.path.dirname(log), exist_ok=True)
    full = environment()
    full.update(env or {})
    with open(log, "ab") as out:
        out.write(f"$ {' '.join(map(str, shown or argv))}\n".encode())
        out.flush()
        try:
            child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=out, env=full, cwd=cwd, start_new_session=True)
        except OSError as error:
            raise LabError(f"{what}: {argv[0]}: {error.strerror}") from error
        live.add(child)
        rank(child, nice)
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise LabError(f"{what}: not done after {timeout} s", log) from None
        finally:
            kill(child)
    if status:
        raise explain(what, log, status)


def rank(child: Child, nice: int = NICE) -> None:
    """Set the nice value of a child that leads a session, and of its later children."""
    try:
        os.setpriority(os.PRIO_PGRP, child.pid, nice)
        # With autogroup scheduling, the nice value counts only within a session.
        with open(f"/proc/{child.pid}/autogroup", "w") as group:
            group.write(str(nice))
    except OSError:
        pass    # the child has ended, or this kernel has no autogroups


def contained(argv: Sequence[str]) -> list[str]:
    """
    argv in mount and process namespaces of its own: whatever it mounts or starts, in a session
    of its own or not, goes when it is killed.
    """
    return ["unshare", "--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork",
            *argv]


def kill(child: Child) -> None:
    """End a child and what it started, if it still runs."""
    if child.poll() is None:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            child.kill()
        child.wait()
    live.discard(child)


def kill_all() -> None:
    for child in list(live):
        kill(child)


def output(argv: Sequence[object], what: str, env: Mapping[str, str] | None = None,
           cwd: str | None = None) -> str:
    """The standard output of argv as text."""
    full = environment()
    full.update(env or {})
    try:
        done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, env=full, cwd=cwd,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise LabError(f"{what}: {argv[0]}: {error.strerror}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise LabError(f"{what}: {last}")
    return done.stdout
