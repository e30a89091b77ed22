# SPDX-License-Identifier: GPL-2.0-only
"""The cache: nothing half made or damaged is used."""

from __future__ import annotations

import os
import tempfile
import threading
import unittest
from collections.abc import Callable

from lab.host import cache
from lab.host.error import LabError

KEY = "k" * 16


class Entry:
    """Makes an entry of some files, and counts how often."""

    def __init__(self, folder: str, files: int = 1) -> None:
        self.folder = folder
        self.files = files
        self.made = 0

    def get(self) -> str:
        """Its folder, as another process would get it."""
        return cache.Cache(self.folder).entry("sample", "selftest", KEY, self.make)

    def make(self, tmp: str) -> None:
        self.made += 1
        for number in range(self.files):
            with open(os.path.join(tmp, f"file{number}"), "w") as out:
                out.write("whole")


def write(path: str, text: str) -> None:
    with open(path, "w") as out:
        out.write(text)


class Cache(unittest.TestCase):
    def test_an_entry_is_kept(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            entry = Entry(folder)
            self.assertEqual(entry.get(), entry.get())
            self.assertEqual(entry.made, 1)

    def damaged(self, damage: Callable[[str], None], files: int = 1) -> None:
        """After the damage it is made again."""
        with tempfile.TemporaryDirectory() as folder:
            entry = Entry(folder, files)
            damage(entry.get())
            path = entry.get()
            self.assertEqual(entry.made, 2)
            for number in range(files):
                with open(os.path.join(path, f"file{number}")) as data:
                    self.assertEqual(data.read(), "whole")

    def test_changed_content_is_seen(self) -> None:
        self.damaged(lambda path: write(os.path.join(path, "file0"), "other"))     # as long as before

    def test_a_lost_file_is_seen(self) -> None:
        self.damaged(lambda path: os.unlink(os.path.join(path, "file0")))

    def test_a_lost_stamp_is_seen(self) -> None:
        self.damaged(lambda path: os.unlink(os.path.join(path, cache.STAMP)))

    def test_a_cut_file_in_a_chroot_is_seen(self) -> None:
        """More files than an image has."""
        self.damaged(lambda path: write(os.path.join(path, "file3"), "cut"), cache.FEW + 10)

    def test_a_failed_entry_leaves_nothing(self) -> None:
        def fail(tmp: str) -> None:
            write(os.path.join(tmp, "half"), "x")
            raise LabError("stopped half-way")
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(LabError, "half-way"):
                cache.Cache(folder).entry("sample", "selftest", KEY, fail)
            self.assertEqual([name for name in os.listdir(folder) if name.startswith("sample")], [])

    def test_four_users_make_it_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            entry = Entry(folder)
            threads = [threading.Thread(target=entry.get) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(entry.made, 1)
