# SPDX-License-Identifier: GPL-2.0-only
"""
Things that are costly to make, kept outside the tree by the hash of what they
are made from.

An entry is a directory KIND-NAME-KEY. It is made under a temporary name and
renamed when it is whole; the file .complete in it holds a digest of the
content, which is compared once per process before the entry is used. A half
made entry thus never has its name, and a damaged one is made again. A lock per
KIND-NAME keeps two runs from making the same thing twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator

from lab.host import progress

STAMP = ".complete"
# An entry with at most so many files holds images: its check reads their content.
FEW = 64


def directory() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("WAYMARK_CACHE") or os.path.join(base, "waymark")


def key(*parts: object) -> str:
    """A short digest of everything that decides how an entry turns out."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as data:
        while block := data.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _listing(top: str) -> Iterator[tuple[str, str, os.stat_result]]:
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files) + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, top)
            if relative != STAMP:
                yield relative, path, os.lstat(path)


def tree_digest(top: str) -> str:
    """Names, modes and sizes of all files below top; their content when few."""
    entries = list(_listing(top))
    digest = hashlib.sha256()
    for relative, path, info in entries:
        size = info.st_size if stat.S_ISREG(info.st_mode) else 0
        digest.update(f"{relative}\0{info.st_mode:o}\0{size}\0".encode(errors="surrogateescape"))
        if len(entries) <= FEW and stat.S_ISREG(info.st_mode):
            digest.update(file_digest(path).encode())
    return digest.hexdigest()


def content_digest(top: str) -> str:
    """Names and content of all files below top."""
    return key([(relative, file_digest(path)) for relative, path, _ in _listing(top)])


class Cache:
    def __init__(self, top: str | None = None) -> None:
        self.top = top or directory()
        self.checked: dict[str, bool] = {}
        self.guard = threading.Lock()
        self.threads: dict[str, threading.Lock] = {}
        self.made: list[str] = []          # what this process had to make: empty means "warm"
        os.makedirs(os.path.join(self.top, "locks"), exist_ok=True)

    @contextlib.contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Exclusive among threads and processes."""
        with self.guard:
            mutex = self.threads.setdefault(name, threading.Lock())
        with mutex, open(os.path.join(self.top, "locks", name), "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def path(self, kind: str, name: str, digest: str) -> str:
        return os.path.join(self.top, f"{kind}-{name}-{digest}")

    def valid(self, path: str) -> bool:
        if path in self.checked:
            return True
        try:
            with open(os.path.join(path, STAMP)) as stamp:
                good = bool(json.load(stamp)["digest"] == tree_digest(path))
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if good:
            self.checked[path] = True
            os.utime(os.path.join(path, STAMP))
        return good

    def entry(self, kind: str, name: str, digest: str, make: Callable[[str], object]) -> str:
        """The directory of the entry. If it is not there yet, make(tmp) fills a new one."""
        path = self.path(kind, name, digest)
        if path in self.checked:
            return path
        with self.lock(f"{kind}-{name}"):
            if self.valid(path):
                return path
            if os.path.lexists(path):
                progress.step(name, f"cached {kind} is damaged, making it again")
            remove(path)
            tmp = f"{path}.tmp"
            remove(tmp)
            os.makedirs(tmp)
            try:
                make(tmp)
                with open(os.path.join(tmp, STAMP), "w") as stamp:
                    json.dump({"digest": tree_digest(tmp)}, stamp)
                os.rename(tmp, path)
            finally:
                remove(tmp)
            self.checked[path] = True
            self.made.append(f"{kind}-{name}")
            self.prune(kind, name, path)
        return path

    def prune(self, kind: str, name: str, newest: str) -> None:
        """Keep the newest entry and the one that was used last before it; remove older ones."""
        prefix = f"{kind}-{name}-"
        old = []
        for found in os.listdir(self.top):
            path = os.path.join(self.top, found)
            if found.startswith(prefix) and len(found) == len(prefix) + 16 and path != newest:
                stamp = os.path.join(path, STAMP)
                old.append((os.path.getmtime(stamp) if os.path.exists(stamp) else 0, path))
        for _, path in sorted(old)[:-1]:
            remove(path)


def remove(path: str) -> None:
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)
