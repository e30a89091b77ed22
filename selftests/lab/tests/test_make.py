# SPDX-License-Identifier: GPL-2.0-only
"""What guests are made of: the matrix, package versions, sources, builds, the initramfs."""

from __future__ import annotations

import os
import re
import tempfile
import unittest

from lab.boot import session
from lab.host.error import LabError
from lab.make import archive, build, initramfs, matrix, sync


class Matrix(unittest.TestCase):
    def test_it_is_sound(self) -> None:
        names = [target.name for target in matrix.targets()]
        self.assertEqual(len(set(names)), len(names))
        for target in matrix.targets():
            self.assertIn(target.suite, matrix.suites())
            re.compile(target.kernel)
            re.compile(target.systemd)
            matrix.machine(target.machine)

    def test_a_line_with_three_columns_is_refused(self) -> None:
        with tempfile.NamedTemporaryFile("w") as text:
            text.write("row bookworm 6.1\n")
            text.flush()
            with self.assertRaisesRegex(LabError, "5 columns"):
                matrix.targets(text.name)

    def test_free_ports(self) -> None:
        self.assertEqual(session.free_ports(matrix.machine("q35")), ["rp3", "rp4", "rp5"])


class Make(unittest.TestCase):
    def test_kernel_releases_sort_as_versions(self) -> None:
        order = ["5.10.0-9-amd64", "5.10.0-46-amd64", "6.12.9+deb13-amd64", "6.12.117+deb13-amd64"]
        self.assertEqual(sorted(reversed(order), key=archive.version_key), order)

    def test_the_initramfs_is_a_newc_archive(self) -> None:
        """The kernel's reader is checked by every boot; here, the layout."""
        blob = initramfs.build({"bin/tool": (0o100755, b"12345")})
        self.assertTrue(blob.startswith(b"070701"))
        self.assertEqual(len(blob) % 4, 0)
        self.assertIn(b"TRAILER!!!", blob)
        self.assertLess(blob.index(b"bin\0"), blob.index(b"bin/tool\0"))

    def test_a_copy_of_the_sources_follows_them(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            tree, copy = os.path.join(folder, "tree"), os.path.join(folder, "copy")
            os.makedirs(tree)
            os.makedirs(copy)
            for name in ("kept", "lost"):
                with open(os.path.join(tree, name), "w") as out:
                    out.write(name)
            sync.copy(tree, copy)
            before = os.stat(os.path.join(copy, "kept")).st_mtime_ns
            os.unlink(os.path.join(tree, "lost"))
            open(os.path.join(copy, "built.o"), "w").close()
            sync.copy(tree, copy)
            left = sorted(name for name in os.listdir(copy) if not name.startswith("."))
            self.assertEqual(left, ["built.o", "kept"])
            self.assertEqual(os.stat(os.path.join(copy, "kept")).st_mtime_ns, before)

    def test_a_killed_build_starts_over(self) -> None:
        """Half an object stays when make is killed, and only then goes the folder."""
        with tempfile.TemporaryDirectory() as folder:
            half = os.path.join(folder, "src", "half.o")
            os.makedirs(os.path.dirname(half))
            open(half, "w").close()
            with build.whole(folder, "selftest", "src"):
                self.assertTrue(os.path.exists(half))
            open(os.path.join(folder, ".building"), "w").close()    # as SIGKILL leaves it
            with build.whole(folder, "selftest", "src"):
                self.assertFalse(os.path.exists(half))
