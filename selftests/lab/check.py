# SPDX-License-Identifier: GPL-2.0-only
"""make check: prepare and run the rows, and report."""

from __future__ import annotations

import concurrent.futures
import time
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lab.host import progress
from lab.host.error import LabError
from lab.judge import report
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import left_out, registry
from lab.rows.coldplug import ROWS, Coldplug
from lab.rows.row import Row, Wanted
from lab.schedule import Prepared, Schedule

if TYPE_CHECKING:
    from lab.laboratory import Lab

Say = Callable[[str, str], object]


def rows(lab: Lab, names: Sequence[str], wanted: Wanted) -> list[Row]:
    """The rows that ROWS names; without it, all that make check (or check-long) has."""
    found = registry.rows(lab, wanted)
    if names:
        return pick(found, names)
    return found if wanted.long else held(found)


def held(found: Sequence[Row]) -> list[Row]:
    """Without the rows that are left to check-long; says so of those that the file left_out names."""
    rows_held = []
    for entry in found:
        why = left_out.whole(entry.name)
        if why:
            progress.step(entry.name, f"left to check-long: {why}")
        elif not entry.long_only:
            rows_held.append(entry)
    return rows_held


def pick(found: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Those that ROWS names, in the order in which they are."""
    known = {entry.name: entry for entry in found}
    for name in names:
        if name not in known:
            raise LabError(f"{name}: no such row; rows: {' '.join(known)}")
    return [entry for entry in found if entry.name in names]


def one(entry: Row, prepared: Prepared, say: Say) -> Result:
    """A prepared row's Result, whatever happens."""
    start = time.monotonic()
    try:
        if prepared.error:
            raise prepared.error
        result = entry.run()
    except LabError as error:
        result = Result(entry.name).fail(str(error))
    except OSError as error:
        result = Result(entry.name).fail(f"{error.filename or 'system'}: {error.strerror}")
    except (Exception, SystemExit) as error:
        # What the other rows gave must not be lost by it.
        result = Result(entry.name).fail(f"a fault of the laboratory: {error!r}")
        traceback.print_exception(error)
    result.seconds = round(prepared.seconds + time.monotonic() - start, 1)
    say(entry.name, f"{'passed' if result.good else 'FAILED'}, {result.passed} passed, "
        f"{result.failed} failed, {result.skipped} skipped, {result.seconds:.0f} s")
    return result


def work(order: Schedule, brief: bool = False, say: Say = progress.step) -> list[tuple[Row, Result]]:
    """Run rows until none is left, the short ones or the others."""
    done = []
    while next_one := order.take(brief):
        done.append((next_one[0], one(*next_one, say)))
    return done


def execute(lab: Lab, entries: Sequence[Row], jobs: int, long: bool = False, whole: bool = False) -> int:
    """Run the rows, write and show the report; whole: all that make check has."""
    jobs = max(1, jobs)
    order = Schedule(entries, jobs)
    # Not as a context manager: an interrupt would then wait for all rows.
    pool = concurrent.futures.ThreadPoolExecutor(jobs + 1)
    futures = [pool.submit(work, order, brief) for brief in [True, *[False] * jobs]]
    found = {id(entry): result for future in futures for entry, result in future.result()}
    pool.shutdown()
    results = [found[id(entry)] for entry in entries]
    made = lab.cache.made
    report.write(lab.tree, lab.results, results, bool(made), long)
    report.show(results, report.seconds(lab.results, made, progress.elapsed()) if whole else "")
    return 0 if results and all(result.good for result in results) else 1


def run(lab: Lab, names: Sequence[str], tests: Sequence[str], jobs: int, long: bool = False) -> int:
    """0 when every row is good."""
    entries = rows(lab, names, Wanted(tuple(tests), long))
    return execute(lab, entries, jobs, long, not (names or tests or long))


def coldplugs(lab: Lab, names: Sequence[str], boots: int, jobs: int) -> int:
    """make check-coldplug: nothing but the boots."""
    targets = [target for target in matrix.choose(names) if target.name in (names or ROWS)]
    return execute(lab, [Coldplug(lab, target, boots) for target in targets], jobs)
