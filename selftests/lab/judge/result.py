# SPDX-License-Identifier: GPL-2.0-only
"""What a row gave."""

import json
import os
from dataclasses import asdict, dataclass, field


@dataclass
class Result:
    row: str
    kernel: str = ""
    systemd: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    failures: list = field(default_factory=list)    # one line each
    skips: list = field(default_factory=list)
    logs: str = ""
    figures: dict = field(default_factory=dict)     # what else was measured

    def fail(self, *reasons):
        """Count each reason as a failure."""
        self.failures += reasons
        self.failed += len(reasons)
        return self

    @property
    def good(self):
        """Nothing failed and something ran."""
        return self.failed == 0 and self.passed > 0


def write(path, results, **more):
    """The report for programs; see Documentation/laboratory.rst."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    content = {"rows": [asdict(result) for result in results], **more}
    with open(path + ".tmp", "w") as out:
        json.dump(content, out, indent=2)
        out.write("\n")
    os.rename(path + ".tmp", path)
