# SPDX-License-Identifier: GPL-2.0-only
"""The static gates, in the order in which they are printed."""

from .core import Cache, Finding, Gate, Report, Task, ToolError, Tree, Workshop, run_gates
from .cxx import ClangTidy, SanitizedTools
from .fuzz import FuzzedTools
from .house import House
from .kernel import Checkpatch, Clang, Coccicheck, KernelDoc, Sparse
from .scripts import Python, Shellcheck, Udev

__all__ = ["Cache", "Finding", "Gate", "Report", "Task", "ToolError", "Tree", "Workshop",
           "run_gates", "GATES"]

GATES = (House(), Checkpatch(), KernelDoc(), Sparse(), Clang(), Coccicheck(), Shellcheck(),
         Udev(), Python(), ClangTidy(), SanitizedTools(), FuzzedTools())
