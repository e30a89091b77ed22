# SPDX-License-Identifier: GPL-2.0-only
"""Shell, Python and udev rules."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

from lab.gates.core import Finding, Gate, Task, Tree, Workshop, by_line, by_word

SHEBANG = re.compile(r"^#!.*\b(sh|bash|dash)\b")


class Shellcheck(Gate):
    name = "shellcheck"
    proves = "shell scripts, hooks and completions"

    # The helpers of the kernel's selftests are sourced where the lab puts
    # them (SC1091); what they set is used without being seen (SC2154).
    EXCLUDE = "SC1091,SC2154"
    LINE = re.compile(r"^(.+?:\d+):\d+: (.*)$")

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("shellcheck")
        scripts = []
        for name in tree.files():
            if name.endswith(".sh"):
                scripts.append(name)
            elif not name.endswith((".c", ".h", ".py", ".cpp", ".hpp", ".rst", ".config")):
                with open(tree.root / name, "rb") as file:
                    if SHEBANG.match(file.readline(80).decode("utf-8", "replace")):
                        scripts.append(name)
        # Those of zsh and fish are in folders of their own; no checker knows their languages.
        bash = [n for n in tree.files() if n.startswith("tools/completion/") and n.count("/") == 2
                and n not in scripts and not n.endswith("CMakeLists.txt")]
        where = shop.sync(tree, "shell", scripts + bash)
        for names, extra in ((scripts, []), (bash, ["--shell=bash"])):
            if names:
                yield Task(f"shellcheck {extra} {self.EXCLUDE} {tree.digest(names)}", len(names),
                           functools.partial(self._check, shop, where, names, extra))

    def _check(self, shop: Workshop, where: str, names: Sequence[str], extra: Sequence[str]) -> list[Finding]:
        ran = shop.run(["shellcheck", "--format=gcc", f"--exclude={self.EXCLUDE}", *extra, *names],
                       cwd=where)
        return by_line("shellcheck", ran, self.LINE)


class Udev(Gate):
    name = "udev-rules"
    proves = "udevadm verify accepts the rules"

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("udevadm")
        names = [n for n in tree.files() if re.search(r"\.rules(\.in)?$", n)]
        if not names:
            return
        where = shop.sync(tree, "udev", names)
        yield Task(f"udevadm {tree.digest(names)}", len(names),
                   functools.partial(self._check, shop, where, names))

    @staticmethod
    def _check(shop: Workshop, where: str, names: Sequence[str]) -> Iterator[Finding]:
        ran = shop.run(["udevadm", "verify", "--resolve-names=never", "--no-summary", *names],
                       cwd=where)
        if ran.returncode:
            yield from by_word((ran.stderr + ran.stdout).splitlines())


def python_files(tree: Tree) -> list[str]:
    """All Python of the tree, with a suffix or without."""
    names = []
    for name in tree.files():
        if name.endswith(".py"):
            names.append(name)
        elif "." not in name.rsplit("/", 1)[-1]:
            with open(tree.root / name, "rb") as file:
                if re.match(rb"^#!.*\bpython3?\b", file.readline(80)):
                    names.append(name)
    return names


class Python(Gate):
    name = "python"
    proves = "pyflakes on the laboratory's own scripts"

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("pyflakes3")
        names = python_files(tree)
        where = shop.sync(tree, "python", names)
        yield Task(f"pyflakes {tree.digest(names)}", len(names),
                   functools.partial(self._check, shop, where, names))

    @staticmethod
    def _check(shop: Workshop, where: str, names: Sequence[str]) -> Iterator[Finding]:
        ran = shop.run(["pyflakes3", *names], cwd=where)
        yield from by_word((ran.stdout + ran.stderr).splitlines())


class Mypy(Gate):
    """
    The package as a whole; scripts by their folder, where one imports another. Every
    function has to be annotated, as --strict wants it.
    """
    name = "mypy"
    proves = "types of all Python (mypy --strict)"
    LINE = re.compile(r"^(.+?:\d+): error: (.*)$")

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("mypy")
        names = python_files(tree)
        where = shop.sync(tree, "mypy", names)
        for group in self.groups(names):
            yield Task(f"mypy {tree.digest(group)}", len(group),
                       functools.partial(self._check, shop, where, group))

    @staticmethod
    def groups(names: Sequence[str]) -> list[list[str]]:
        """The files of packages together, and scripts by their folder."""
        folders = {name.rpartition("/")[0] for name in names if name.endswith("/__init__.py")}
        found: dict[str, list[str]] = {}
        for name in names:
            folder = name.rpartition("/")[0]
            found.setdefault("" if folder in folders else f"{folder}/", []).append(name)
        return list(found.values())

    def _check(self, shop: Workshop, where: str, names: Sequence[str]) -> list[Finding]:
        ran = shop.run(["mypy", "--strict", "--no-namespace-packages", "--scripts-are-modules",
                        "--no-error-summary", f"--cache-dir={shop.folder}/mypy-cache", *names], cwd=where)
        return by_line("mypy", ran, self.LINE)
