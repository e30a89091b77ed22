# SPDX-License-Identifier: GPL-2.0-only
"""The layers of this package (Documentation/laboratory.rst): imports go one way."""

from __future__ import annotations

import ast
import glob
import os
import unittest

from lab.make.matrix import HERE

# Each imports from those before it only; modules of the package's top folder are free to.
LAYERS = ("host", "make", "judge", "boot", "gates", "gauntlet", "mutation", "rows", "tests")


def imports(path: str) -> list[str]:
    """The layers that a module imports from when it is loaded."""
    with open(path, encoding="utf-8") as text:
        names = [node.module or "" for node in ast.parse(text.read()).body
                 if isinstance(node, ast.ImportFrom)]
    words = [name.split(".") for name in names]
    return [word[1] for word in words if word[0] == "lab" and len(word) > 1 and word[1] in LAYERS]


class Layers(unittest.TestCase):
    def test_imports_go_one_way(self) -> None:
        for number, layer in enumerate(LAYERS):
            for path in glob.glob(os.path.join(HERE, layer, "*.py")):
                with self.subTest(os.path.relpath(path, HERE)):
                    later = [name for name in imports(path) if LAYERS.index(name) > number]
                    self.assertEqual(later, [])

    def test_guests_import_nothing_of_it(self) -> None:
        """What a guest runs is copied there without the package."""
        for path in glob.glob(os.path.join(HERE, "guest", "**", "*.py"), recursive=True):
            with self.subTest(os.path.relpath(path, HERE)), open(path, encoding="utf-8") as text:
                self.assertNotIn("from lab", text.read())
