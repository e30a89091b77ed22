# SPDX-License-Identifier: GPL-2.0-only
"""make check: prepare and run the rows, and report."""

import concurrent.futures
import os
import time
import traceback

from lab import schedule
from lab.host import progress
from lab.host.error import LabError
from lab.judge import report
from lab.judge.result import Result
from lab.make import matrix
from lab.rows import coldplug, pending, plugin, stock


BOOTS = int(os.environ.get("BOOTS") or 20)


def rows(lab, names, tests, long=False):
    """
    The rows that ROWS names; without it, all. Those that take many minutes come first, so
    that none of them is left over at the end, alone on the machine.
    """
    found = plugin.rows(lab, tests, long or bool(names))
    targets = {target.name: target for target in matrix.targets()}
    kernels = [stock.KernelRow(lab, target, tests) for target in targets.values()]
    for entry in kernels:
        entry.long_minutes = 180    # two hours of them are churn
    found += kernels
    if long:
        found += [coldplug.Coldplug(lab, targets[name], BOOTS) for name in coldplug.ROWS]
    for entry in found:
        entry.everything = long
        if long:
            entry.minutes = getattr(entry, "long_minutes", entry.minutes)
    found.sort(key=lambda entry: entry.minutes, reverse=True)
    return pick(found, names) if names or long else held(found)


def held(found):
    """Without the rows that the file `pending` names, and says so."""
    rows_held = []
    for entry in found:
        why = pending.whole(entry.name)
        if why:
            progress.step(entry.name, f"left to check-long: {why}")
        else:
            rows_held.append(entry)
    return rows_held


def pick(found, names):
    """Those that ROWS names, in the order in which they are."""
    known = {entry.name: entry for entry in found}
    for name in names:
        if name not in known:
            raise LabError(f"{name}: no such row; rows: {' '.join(known)}")
    return [entry for entry in found if not names or entry.name in names]


def one(entry, prepared, say):
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


def work(order, brief=False, say=progress.step):
    """Run rows until none is left, the short ones or the others; [(row, Result)]."""
    done = []
    while (entry := order.take(brief))[0]:
        done.append((entry[0], one(*entry, say)))
    return done


def execute(lab, entries, jobs, long=False, whole=False):
    """Run the rows, write and show the report; whole: all that make check has."""
    jobs = max(1, jobs)
    order = schedule.Schedule(entries, jobs)
    pool = concurrent.futures.ThreadPoolExecutor(jobs + 1)
    futures = [pool.submit(work, order, brief) for brief in [True, *[False] * jobs]]
    found = {id(entry): result for future in futures for entry, result in future.result()}
    pool.shutdown()
    results = [found[id(entry)] for entry in entries]
    report.write(lab, results, long)
    report.show(results, report.seconds(lab, progress.elapsed()) if whole else "")
    return 0 if results and all(result.good for result in results) else 1


def run(lab, names, tests, jobs, long=False):
    """0 when every row is good."""
    return execute(lab, rows(lab, names, tests, long), jobs, long, not (names or tests or long))


def coldplugs(lab, names, boots, jobs):
    """make check-coldplug: nothing but the boots."""
    targets = {target.name: target for target in matrix.targets()}
    unknown = [name for name in names if name not in targets]
    if unknown:
        raise LabError(f"{unknown[0]}: no such row; rows: {' '.join(targets)}")
    return execute(lab, [coldplug.Coldplug(lab, targets[name], boots)
                         for name in names or coldplug.ROWS], jobs)
