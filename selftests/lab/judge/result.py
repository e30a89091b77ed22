# SPDX-License-Identifier: GPL-2.0-only
"""The result of a row."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Result:
    row: str
    kernel: str = ""
    systemd: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)       # one line each
    skips: list[str] = field(default_factory=list)
    logs: str = ""
    figures: dict[str, Any] = field(default_factory=dict)   # what else was measured

    def fail(self, *reasons: str) -> Result:
        """Count each reason as a failure."""
        self.failures += reasons
        self.failed += len(reasons)
        return self

    def point(self, good: bool, reason: str) -> None:
        """Count a point that passed, or fail with a reason."""
        if good:
            self.passed += 1
        else:
            self.fail(reason)

    @property
    def good(self) -> bool:
        """Nothing failed and something ran."""
        return self.failed == 0 and self.passed > 0


def write_json(path: str, content: Mapping[str, Any]) -> None:
    """Replace a file in one step, so that no reader sees half of it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w", encoding="utf-8") as out:
        json.dump(content, out, indent=2)
        out.write("\n")
    os.rename(path + ".tmp", path)


def write(path: str, results: Iterable[Result], **more: object) -> None:
    """The report for programs; see Documentation/laboratory.rst."""
    write_json(path, {"rows": [asdict(result) for result in results], **more})
