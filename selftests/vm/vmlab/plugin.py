# SPDX-License-Identifier: GPL-2.0-only
"""
Rows that are no line of the matrix. A folder selftests/NAME with a file rows.py
adds its own: rows(lab, tests) returns row objects (see row.py): prepare(), run(),
`name`, and `minutes`, about how long it takes in make check (`long_minutes`: in
check-long). A row with `long = True` runs in check-long only.
"""

import importlib.util
import os
import sys

FOLDERS = ("vm/selftest", "static", "sanitizer", "gauntlet")


def load(lab, folder):
    """The module rows.py of a folder, or None."""
    path = os.path.join(lab.tree, "selftests", folder, "rows.py")
    if not os.path.exists(path):
        return None
    name = "waymark_rows_" + folder.replace("/", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def rows(lab, tests, long=False):
    """The rows of all plug-ins."""
    found = []
    for folder in FOLDERS:
        module = load(lab, folder)
        if module:
            found += [row for row in module.rows(lab, tests)
                      if long or not getattr(row, "long", False)]
    return found
