# SPDX-License-Identifier: GPL-2.0-only
"""Runs gates: their tasks, and the fault that was planted for each."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from lab.gates import canary
from lab.gates.core import Cache, Finding, Gate, Report, Task, ToolError, Tree, Workshop


TaskFuture = concurrent.futures.Future["tuple[list[Finding], bool]"]


def _run_task(task: Task, cache: Cache, shop: Workshop) -> tuple[list[Finding], bool]:
    old = cache.recall(task.key)
    if old is None:
        found = list(task.work())
        if task.key and not found:
            cache.remember(task.key, {"figures": task.figures, "files": task.files})
    else:
        found = []
        task.figures.update(old.get("figures", {}))
        task.files.update(old.get("files", {}))
    for name, text in task.files.items():
        shop.keep(name, text.encode())
    return found, old is not None


def _finish(report: Report, gate_tasks: Sequence[Task], futures: Sequence[TaskFuture],
            lock: threading.Lock) -> None:
    for task, future in zip(gate_tasks, futures):
        try:
            found, cached = future.result()
        except ToolError as error:
            found, cached = [Finding(report.name, str(error))], False
        with lock:
            report.checked += task.counts
            report.cached += task.counts if cached else 0
            report.findings += found
            report.figures.update(task.figures)


def run_gates(gates: Iterable[Gate], tree: Tree, shop: Workshop, cache: Cache, jobs: int,
              done: Callable[[Report], None] = lambda report: None) -> list[Report]:
    """Runs all tasks of all gates on one pool; done(report) as gates end."""
    lock = threading.Lock()
    reports = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = []
        for gate in sorted(gates, key=lambda g: -g.weight):
            report = Report(gate.name)
            started = time.monotonic()
            try:
                # The planted fault last: it may need what the gate makes for its tree.
                work = [*gate.tasks(tree, shop), *canary.tasks(gate, tree, shop)]
            except ToolError as error:
                report.checked = 1
                report.findings.append(Finding(gate.name, str(error)))
                work = []
            waiting.append((report, work, started,
                            [pool.submit(_run_task, t, cache, shop) for t in work]))
        for report, work, started, futures in waiting:
            _finish(report, work, futures, lock)
            report.seconds = time.monotonic() - started
            if not report.checked:
                report.findings.append(Finding(report.name, "looked at nothing"))
            reports.append(report)
            done(report)
    return sorted(reports, key=lambda r: r.name)
