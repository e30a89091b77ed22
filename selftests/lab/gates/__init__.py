# SPDX-License-Identifier: GPL-2.0-only
"""The static gates, in the order in which they are printed."""

from lab.gates.canary import PLANTED
from lab.gates.core import (PATIENCE, Cache, Finding, Gate, Report, Task, ToolError, Tree,
                            Workshop)
from lab.gates.cxx import ClangTidy, SanitizedTools
from lab.gates.engine import run_gates
from lab.gates.fuzz import FuzzedTools
from lab.gates.house import House
from lab.gates.kernel import Checkpatch, Clang, Coccicheck, KernelDoc, Padding, Sparse
from lab.gates.paths import Paths
from lab.gates.scripts import Mypy, Python, Shellcheck, Udev

__all__ = ["Cache", "Finding", "Gate", "Report", "Task", "ToolError", "Tree", "Workshop", "PATIENCE",
           "run_gates", "GATES", "PLANTED"]

GATES = (House(), Paths(), Checkpatch(), KernelDoc(), Padding(), Sparse(), Clang(), Coccicheck(),
         Shellcheck(), Udev(), Python(), Mypy(), ClangTidy(), SanitizedTools(), FuzzedTools())
