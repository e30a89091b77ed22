# SPDX-License-Identifier: GPL-2.0-only
"""Paths that the documentation names: each has to exist in the tree."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from lab.gates.core import Finding, Gate, Task, Tree

DOCUMENTS = re.compile(r"^(README\.md|[A-Z]+\.md|Documentation/.*\.(rst|md|txt)|tools/man/.*|debian/README.*)$")
# A path from the top of the tree. It is not the end of a longer path, as of the kernel's tree.
PATH = re.compile(r"(?<![\w./$>~-])(?:selftests|modules|tools|uapi|Documentation|debian|LICENSES|\.ci)"
                  r"/[\w.{},*/+-]*[\w*}/]")
# A file name, with or without some of its folders.
FILE = re.compile(r"(?<![\w./$>~{}-])(?:[\w-]+/)*[\w-]+\.(?:py|rst|hpp|cpp|config)\b(?![\w./-])")
# A word in capitals stands for any name.
ANY = re.compile(r"\b[A-Z][A-Z_]+\b")
# Paths below these are of the kernel's own tree, or of another one.
FOREIGN = ("tools/testing/", "Documentation/admin-guide/", "Documentation/process/", "Documentation/dev-tools/",
           "modules/VERSION")
# Names in examples.
EXAMPLES = {"modules/x.c"}


def text_of(name: str, text: str) -> str:
    """Without the subjects of commits in the list of bugs: they name folders of their time."""
    if not name.endswith("findings.md"):
        return text
    return "\n".join(line.rpartition(" | ")[0] for line in text.splitlines())


def alternatives(path: str) -> list[str]:
    """"a/{b,c}" as a/b and a/c."""
    braces = re.search(r"\{([^{}]*)\}", path)
    if not braces:
        return [path]
    return [more for word in braces[1].split(",")
            for more in alternatives(path[:braces.start()] + word + path[braces.end():])]


class Paths(Gate):
    name = "paths"
    proves = "every path that README, Documentation/ and the manuals name exists"

    def tasks(self, tree: Tree, shop: object) -> list[Task]:
        names = [name for name in tree.files() if DOCUMENTS.match(name)]
        return [Task("", len(names), functools.partial(self._all, tree, names))]

    def _all(self, tree: Tree, names: Sequence[str]) -> Iterator[Finding]:
        known = set(tree.files())
        folders = {name[:at.start()] for name in known for at in re.finditer("/", name)}
        for name in names:
            lines = text_of(name, tree.read(name)).splitlines()
            for number, line in enumerate(lines, 1):
                for path in self.missing(line, known, folders):
                    yield Finding(f"{name}:{number}", f"{path} is not there")

    @staticmethod
    def missing(line: str, known: set[str], folders: set[str]) -> Iterator[str]:
        """The paths in a line that do not exist in the tree."""
        for found in [*PATH.findall(line), *FILE.findall(line)]:
            if ANY.search(found) or found.startswith(FOREIGN) or found in EXAMPLES:
                continue
            for path in alternatives(found.rstrip("/")):
                if not there(path, known, folders):
                    yield path


def there(path: str, known: set[str], folders: set[str]) -> bool:
    """Whether a path exists: from the top of the tree, or below some folder if it is only a part."""
    if path in known or path in folders:
        return True
    form = re.compile(re.escape(path).replace(r"\*", "[^/]*"))
    top = PATH.match(path)
    return any(form.fullmatch(name) or not top and name.endswith("/" + path) for name in known | folders)
