# SPDX-License-Identifier: GPL-2.0-only
"""One line a step, with the time since the start."""

from __future__ import annotations

import sys
import threading
import time

_lock = threading.Lock()
_start = time.monotonic()


def elapsed() -> float:
    return time.monotonic() - _start


def step(who: str, what: str) -> None:
    """Say that `who` (a row, a suite) begins `what`."""
    with _lock:
        print(f"[{elapsed():6.1f}s] {who:<16} {what}", file=sys.stderr, flush=True)
