# SPDX-License-Identifier: GPL-2.0-only
"""What every static gate is made of: a tree, a place to run tools, tasks.

A gate cuts its work into tasks. A task names its inputs; as long as those,
the command and the tool are what they were, a clean result is taken from the
cache. A result with findings is never cached: it must be seen again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


# Seconds after which a tool is taken to hang. The gates run beside guests, which go first: on a
# slow machine a build of seven minutes was not done after twenty-five.
PATIENCE = 3600


@dataclass(frozen=True)
class Finding:
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


@dataclass
class Report:
    """checked counts what the gate looked at: zero of it is a failure.

    figures: what else was counted, a dictionary per thing that was looked at."""
    name: str
    checked: int = 0
    cached: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.checked > 0 and not self.findings

    def counted(self) -> str:
        """The figures in words, each with a comma before it."""
        return "".join(f", {thing}: " + " ".join(f"{number:,} {what.replace('_', ' ')}"
                                                 for what, number in figures.items())
                       for thing, figures in sorted(self.figures.items()))


class Tree:
    """The files of the project: what git knows, or all of an unpacked tar."""

    SKIP = ("build", ".git", "__pycache__")

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self._files: list[str] | None = None

    def files(self) -> list[str]:
        if self._files is None:
            self._files = sorted(self._from_git() or self._from_disk())
        return self._files

    def _from_git(self) -> list[str] | None:
        git = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", str(self.root), "ls-files", "-z", "-c", "-o",
             "--exclude-standard"], capture_output=True, check=False)
        if git.returncode:
            return None
        names = (os.fsdecode(n) for n in git.stdout.split(b"\0") if n)
        return [n for n in names if (self.root / n).is_file()]

    def _from_disk(self) -> Iterator[str]:
        for folder, below, names in os.walk(self.root):
            below[:] = [d for d in below if d not in self.SKIP]
            for name in names:
                yield str((Path(folder) / name).relative_to(self.root))

    def matching(self, folders: Sequence[str], suffixes: Sequence[str]) -> list[str]:
        return [f for f in self.files()
                if f.startswith(tuple(folders)) and f.endswith(tuple(suffixes))]

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8", errors="replace")

    def digest(self, names: Iterable[str]) -> str:
        h = hashlib.sha256()
        for name in sorted(names):
            h.update(name.encode() + b"\0" + (self.root / name).read_bytes() + b"\0")
        return h.hexdigest()


class ToolError(Exception):
    """A tool that is missing, or that failed in a way that is no finding."""


def by_line(tool: str, ran: subprocess.CompletedProcess[str], line: re.Pattern[str]) -> list[Finding]:
    """
    A finding for each line of a tool that matches, by its two groups. A tool that fails
    and says nothing of the kind has not looked.
    """
    found = [Finding(m[1], m[2]) for m in map(line.match, (ran.stdout + ran.stderr).splitlines()) if m]
    if ran.returncode and not found:
        raise ToolError(f"{tool}: {(ran.stderr or ran.stdout).strip()[-300:]}")
    return found


def by_word(lines: Iterable[str]) -> Iterator[Finding]:
    """A finding for each line, whose first word says where."""
    for line in lines:
        if line.strip():
            where, _, text = line.partition(" ")
            yield Finding(where, text)


class Workshop:
    """A root file system with the tools, entered by chroot; "/" is the host.

    folder is where the workshop keeps its copies, below the root; shared is
    where gates put what is the same for every tree; results is where, outside,
    the results of all rows are."""

    def __init__(self, root: str, kernel_source: str, folder: str = "/build/static",
                 results: Path | None = None) -> None:
        self.root = Path(root)
        self.kernel_source = kernel_source
        self.folder = self.shared = folder
        self.results = results

    def kernel_id(self) -> str:
        """The version of the kernel source; its path does not tell."""
        makefile = self.outside(self.kernel_source) / "Makefile"
        text = makefile.read_text(encoding="utf-8") if makefile.is_file() else ""
        version = re.findall(r"^(?:VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=(.*)$", text, re.M)
        return f"{self.kernel_source} {'.'.join(word.strip() for word in version)}"

    def outside(self, path: str | Path) -> Path:
        return self.root / str(path).lstrip("/")

    def inside(self, path: str | Path) -> str:
        return "/" + str(Path(path).relative_to(self.root))

    def run(self, argv: Sequence[object], cwd: str = "/", env: Mapping[str, str] | None = None,
            timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in argv]
        settings = [f"{k}={v}" for k, v in (env or {}).items()]
        # chroot(8) starts at "/": a shell goes to the folder first
        inner = ["env", *settings, "sh", "-c", 'cd "$0" && exec "$@"', str(cwd), *words]
        command = inner if self.root == Path("/") else ["chroot", str(self.root), *inner]
        try:
            return subprocess.run(command, capture_output=True, text=True, errors="replace",
                                  stdin=subprocess.DEVNULL, timeout=timeout, cwd="/", check=False)
        except subprocess.TimeoutExpired as late:
            raise ToolError(f"{argv[0]}: not done after {timeout} s") from late

    def keep(self, name: str, content: bytes) -> Path | str:
        """Writes bytes to the results; returns where they are."""
        if not self.results:
            return "nowhere: there is no folder for results"
        path = self.results / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def need(self, *tools: str) -> None:
        for tool in tools:
            if self.run(["sh", "-c", f"command -v {tool}"]).returncode:
                raise ToolError(f"{tool}: not installed in {self.root}")

    def sync(self, tree: Tree, label: str, names: Iterable[str]) -> str:
        """Copies names into the workshop; an unchanged file keeps its time."""
        where = f"{self.folder}/{label}"
        target = self.outside(where)
        wanted = set(names)
        for name in wanted:
            new = (tree.root / name).read_bytes()
            mode = (tree.root / name).stat().st_mode & 0o777
            copy = target / name
            if copy.is_file() and copy.read_bytes() == new and copy.stat().st_mode & 0o777 == mode:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(new)
            copy.chmod(mode)
        sources = (".c", ".h", ".cpp", ".hpp", "Kbuild", ".mk", ".in")
        for old in list(target.rglob("*")):
            name = str(old.relative_to(target))
            if old.is_file() and name.endswith(sources) and name not in wanted \
                    and not name.endswith(".mod.c") and "/build/" not in name:
                old.unlink()
        return where


class Cache:
    """Remembers clean results and their figures."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def _path(self, key: str) -> Path:
        return self.folder / hashlib.sha256(key.encode()).hexdigest()

    def recall(self, key: str) -> dict[str, Any] | None:
        """The figures of a clean result; None if the key has none."""
        path = self._path(key)
        if not key or not path.exists():
            return None
        remembered: dict[str, Any] = json.loads(path.read_text(encoding="utf-8") or "{}")
        return remembered

    def remember(self, key: str, what: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self._path(key).with_suffix(".new")
        new.write_text(json.dumps(what), encoding="utf-8")
        new.rename(self._path(key))


@dataclass
class Task:
    """work() returns findings; counts says how many things it looks at.

    work() may fill figures, which the report then has, and files (name: text),
    which the results then have; both are remembered with a clean result."""
    key: str
    counts: int
    work: Callable[[], Iterable[Finding]]
    figures: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


class Gate:
    """A gate: its name, what it proves, and tasks(tree, shop)."""
    name = ""
    proves = ""
    # a slow gate starts first, so that the last one doesn't run alone
    weight = 1
    # left to "make check-long"
    long = False

    def tasks(self, tree: Tree, shop: Workshop) -> Iterable[Task]:
        raise NotImplementedError
