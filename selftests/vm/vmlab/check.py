# SPDX-License-Identifier: GPL-2.0-only
"""make check: prepare and run the rows, two at a time, and report."""

import concurrent.futures
import time

from . import matrix, plugin, progress, report, row
from .error import LabError
from .result import Result


def rows(lab, names, tests, long=False):
    """The rows that ROWS names; without it, all. The long ones come first."""
    found = plugin.rows(lab, tests, long)
    found += [row.KernelRow(lab, target, tests) for target in matrix.targets()]
    known = {entry.name: entry for entry in found}
    for name in names:
        if name not in known:
            raise LabError(f"{name}: no such row; rows: {' '.join(known)}")
    return [entry for entry in found if not names or entry.name in names]


def one(entry):
    """A row's Result, whatever happens."""
    start = time.monotonic()
    try:
        entry.prepare()
        result = entry.run()
    except LabError as error:
        result = Result(entry.name).fail(str(error))
    except OSError as error:
        result = Result(entry.name).fail(f"{error.filename or 'system'}: {error.strerror}")
    result.seconds = round(time.monotonic() - start, 1)
    progress.step(entry.name, f"{'passed' if result.good else 'FAILED'}, {result.passed} passed, "
                  f"{result.failed} failed, {result.skipped} skipped, {result.seconds:.0f} s")
    return result


def run(lab, names, tests, jobs):
    """0 when every row is good."""
    entries = rows(lab, names, tests)
    with concurrent.futures.ThreadPoolExecutor(max(1, jobs)) as pool:
        results = list(pool.map(one, entries))
    report.write(lab, results)
    report.show(results)
    return 0 if results and all(result.good for result in results) else 1
