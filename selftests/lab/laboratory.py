# SPDX-License-Identifier: GPL-2.0-only
"""What all steps share: where things are, the cache, the kernels that were found."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator

from lab.host import cache
from lab.host.error import LabError
from lab.make import archive, chroot, matrix

TREE = os.path.dirname(os.path.dirname(matrix.HERE))

# Below this, a run cannot end well: builds and guests' logs; and, in an empty
# cache, all chroots, images, kernels and the kernel source.
ROOM = 1 << 30
ROOM_AT_FIRST = 14 << 30


class Lab:
    def __init__(self, results: str | None = None, room: int = ROOM_AT_FIRST) -> None:
        self.tree = TREE
        self.results = results or os.path.join(TREE, "build", "results")
        self.cache = cache.Cache()
        self._space(room)
        self.archives: dict[str, archive.Archive] = {}
        self.releases: dict[str, tuple[str, list[str]]] = {}
        self._guard = threading.Lock()
        self._guards: dict[str, threading.RLock] = {}
        os.makedirs(os.path.join(self.results, "log"), exist_ok=True)

    def _space(self, room_at_first: int) -> None:
        """Say so before an hour of work ends in a full disk."""
        room = shutil.disk_usage(self.cache.top)
        first = not any(name.startswith("chroot-lab") for name in os.listdir(self.cache.top))
        need = room_at_first if first else ROOM
        if room.free < need:
            raise LabError(f"{self.cache.top}: {room.free >> 20} MB free, {need >> 20} MB are needed; "
                           "free some, or put the cache elsewhere with WAYMARK_CACHE=folder")

    @contextlib.contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Threads of this process do a shared step once."""
        with self._guard:
            lock = self._guards.setdefault(name, threading.RLock())
        with lock:
            yield

    def log(self, name: str) -> str:
        return os.path.join(self.results, "log", f"{name}.log")

    def kernel(self, target: matrix.Target) -> tuple[str, list[str]]:
        """(release, image packages) of a target."""
        with self.guard(f"archive-{target.suite}"):
            if target.name not in self.releases:
                source = archive.of(self, target.suite)
                self.releases[target.name] = source.newest_kernel(target.kernel)
            return self.releases[target.name]

    def tools(self) -> chroot.Chroot:
        return chroot.lab_chroot(self)

    def builder(self, suite: str) -> chroot.Chroot:
        """The build chroot of a suite with the headers of all its kernels."""
        headers = [f"linux-headers-{self.kernel(t)[0]}" for t in matrix.targets() if t.suite == suite]
        return chroot.build_chroot(self, suite, headers)

    def workspace(self, *names: str) -> str:
        """A build directory for this tree that outlives the run."""
        path = os.path.join(self.cache.top, "build", cache.key(self.tree), *names)
        os.makedirs(path, exist_ok=True)
        return path
