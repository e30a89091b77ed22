# SPDX-License-Identifier: GPL-2.0-only
"""The static gates, in the order in which they are printed."""

from .canary import PLANTED
from .core import Cache, Finding, Gate, Report, Task, ToolError, Tree, Workshop
from .cxx import ClangTidy, SanitizedTools
from .engine import run_gates
from .fuzz import FuzzedTools
from .house import House
from .kernel import Checkpatch, Clang, Coccicheck, KernelDoc, Padding, Sparse
from .scripts import Python, Shellcheck, Udev

__all__ = ["Cache", "Finding", "Gate", "Report", "Task", "ToolError", "Tree", "Workshop",
           "run_gates", "GATES", "PLANTED"]

GATES = (House(), Checkpatch(), KernelDoc(), Padding(), Sparse(), Clang(), Coccicheck(),
         Shellcheck(), Udev(), Python(), ClangTidy(), SanitizedTools(), FuzzedTools())
