# SPDX-License-Identifier: GPL-2.0-only
"""The command line: selftests/lab/run COMMAND [NAME=VALUE]..."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from typing import Any

from lab import bench, check, demo, lengths, shell
from lab.host import command
from lab.host.error import LabError
from lab.judge import points
from lab.laboratory import Lab
from lab.make import matrix

# Three emulated guests on two processors took 11 % longer for the same than two at a time.
JOBS = int(os.environ.get("JOBS") or max(2, (os.cpu_count() or 2) // 2))


def words(text: str | None) -> list[str]:
    return (text or "").split()


def command_check(lab: Lab, options: argparse.Namespace) -> int:
    return check.run(lab, words(options.rows), words(options.tests), options.jobs, options.long)


def command_coldplug(lab: Lab, options: argparse.Namespace) -> int:
    return check.coldplugs(lab, words(options.rows), options.boots, options.jobs)


def command_bench(lab: Lab, options: argparse.Namespace) -> int:
    return bench.run(lab, matrix.choose(words(options.rows) or bench.ROWS), words(options.tests))


def command_demo(lab: Lab, options: argparse.Namespace) -> int:
    return demo.run(lab, matrix.choose([options.row])[0])


def command_vm(lab: Lab, options: argparse.Namespace) -> int:
    return shell.run(lab, matrix.choose([options.row])[0], words(os.environ.get("TESTS")))


def command_rows(_lab: Lab, _options: argparse.Namespace) -> int:
    for target in matrix.targets():
        print(f"{target.name:<18} {target.suite:<10} systemd {target.systemd}")
    return 0


def command_points(lab: Lab, _options: argparse.Namespace) -> int:
    print("\n".join(points.lines(lab.results)))
    return 0


def parser() -> argparse.ArgumentParser:
    told: dict[str, Any] = {"epilog": lengths.HELP, "formatter_class": argparse.RawDescriptionHelpFormatter}
    top = argparse.ArgumentParser(prog="lab", description="Build, boot and judge the suite.", **told)
    sub = top.add_subparsers(dest="command", required=True)
    entry = sub.add_parser("check", help="run rows and report", **told)
    entry.add_argument("--rows", default=os.environ.get("ROWS"), help="rows, default all")
    entry.add_argument("--tests", default=os.environ.get("TESTS"), help="folders or folder:test")
    entry.add_argument("--jobs", type=int, default=JOBS)
    entry.add_argument("--long", action="store_true", help="the rows that take hours, too")
    entry.set_defaults(call=command_check)
    entry = sub.add_parser("coldplug", help="boot again and again, look at every link")
    entry.add_argument("--rows", default=os.environ.get("ROWS"))
    entry.add_argument("--boots", type=int, default=int(os.environ.get("BOOTS") or 20))
    entry.add_argument("--jobs", type=int, default=JOBS)
    entry.set_defaults(call=command_coldplug)
    entry = sub.add_parser("bench", help="run the benchmarks")
    entry.add_argument("--rows", default=os.environ.get("ROWS"), help=f"default {' '.join(bench.ROWS)}")
    entry.add_argument("--tests", default=os.environ.get("TESTS"), help="kinds, programs or kind:program")
    entry.set_defaults(call=command_bench)
    entry = sub.add_parser("demo", help="the tour of the suite")
    entry.add_argument("row", nargs="?", default=os.environ.get("ROW") or "trixie-6.12")
    entry.set_defaults(call=command_demo)
    entry = sub.add_parser("vm", help="an interactive shell in a row's guest")
    entry.add_argument("row", nargs="?", default=os.environ.get("ROW") or "trixie-6.12")
    entry.set_defaults(call=command_vm)
    entry = sub.add_parser("rows", help="list the matrix")
    entry.set_defaults(call=command_rows)
    entry = sub.add_parser("points", help="how many points each test had in the last run of each row")
    entry.set_defaults(call=command_points)
    return top


def give_back(folder: str) -> None:
    """Results belong to who called sudo."""
    owner = os.environ.get("SUDO_UID")
    if not owner:
        return
    group = int(os.environ.get("SUDO_GID", "-1"))
    for path, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.lchown(os.path.join(path, name), int(owner), group)


def main() -> int:
    options = parser().parse_args()
    # A terminated run stops what it started, like an interrupted one.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if os.geteuid() != 0:
            raise LabError("must be root: run by sudo or use make, which does")
        lengths.check()
        lab = Lab(room=demo.ROOM_AT_FIRST) if options.command == "demo" else Lab()
        try:
            return int(options.call(lab, options))
        finally:
            give_back(os.path.join(lab.tree, "build"))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"lab: {place}{error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # A terminal and what started us may both say so.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        # Rows run in threads: end what they wait for, and do not wait for them.
        command.kill_all()
        print("lab: interrupted", file=sys.stderr, flush=True)
        os._exit(130)
