# SPDX-License-Identifier: GPL-2.0-only
"""Kernels of other architectures: their packages, and what counts as a false alarm."""

from __future__ import annotations

import lzma
import os
import re
import tempfile
import unittest
from typing import Any
from unittest import mock

from lab.host import cache, progress
from lab.host.error import LabError
from lab.make import archive, matrix
from lab.rows import foreign
from lab.rows.row import Wanted


def report(count: int, **problem: str) -> dict[str, Any]:
    """Verdicts on so many modules, the first of which may have a problem."""
    modules: list[dict[str, Any]] = [{"module": f"m{i}", "needs": ["m0"], "problems": []}
                                     for i in range(count)]
    if problem:
        modules[0]["problems"].append(problem)
    return {"modules": modules}


class Verdicts(unittest.TestCase):
    def test_none_is_refused(self) -> None:
        self.assertEqual(list(foreign.faults(report(1200), 1200)), [])

    def test_a_false_alarm_is_named(self) -> None:
        found = list(foreign.faults(report(1200, kind="missing-symbol", symbol=".TOC.",
                                           reason="exported by none"), 1200))
        self.assertEqual(found, ["m0 is refused: .TOC. exported by none"])

    def test_too_few_modules_prove_nothing(self) -> None:
        self.assertEqual(list(foreign.faults(report(3), 3)), ["3 verdicts on 3 modules"])
        self.assertEqual(list(foreign.faults(report(1200), 1300)), ["1200 verdicts on 1300 modules"])

    def test_imports_have_been_looked_at(self) -> None:
        without = report(1200)
        for one in without["modules"]:
            one["needs"] = []
        self.assertIn("need no other", "".join(foreign.faults(without, 1200)))

    def test_the_damaged_module_has_to_be_refused_for_its_symbol(self) -> None:
        self.assertTrue(foreign.is_missed(report(1, kind="missing-symbol", symbol="_printq", reason="")))
        self.assertFalse(foreign.is_missed(report(1, kind="missing-symbol", symbol="other", reason="")))
        self.assertFalse(foreign.is_missed(report(1)))

    def test_a_module_that_prints_is_damaged(self) -> None:
        with tempfile.TemporaryDirectory() as top:
            silent, plain, packed = (os.path.join(top, name) for name in ("s.ko", "p.ko", "p.ko.xz"))
            for path, data in ((silent, b"\0memcpy\0"), (plain, b"\0_printk\0memcpy\0"),
                               (packed, lzma.compress(b"\0_printk\0"))):
                with open(path, "wb") as out:
                    out.write(data)
            self.assertEqual(foreign.damaged([silent, plain]), b"\0_printq\0memcpy\0")
            self.assertEqual(foreign.damaged([packed]), b"\0_printq\0")
            with self.assertRaisesRegex(LabError, "none of 1 modules"):
                foreign.damaged([silent])


class Packages(unittest.TestCase):
    def setUp(self) -> None:
        self.lab = mock.Mock()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.lab.cache.top = folder.name

    def test_each_kernel_is_of_a_known_suite(self) -> None:
        names = [row.name for row in foreign.rows(self.lab, Wanted())]
        self.assertEqual(len(set(names)), len(foreign.STOCKS))
        for stock in foreign.STOCKS:
            self.assertIn(stock.suite, matrix.suites())
            re.compile(stock.kernel)

    def test_an_architecture_has_lists_of_its_own(self) -> None:
        ours = archive.Archive(self.lab, "bookworm", [])
        theirs = archive.Archive(self.lab, "bookworm", [], "s390x")
        self.assertIn("APT::Architecture=s390x", theirs.options())
        self.assertIn("APT::Architectures=amd64", ours.options())
        self.assertEqual(os.path.basename(ours.top), "bookworm")
        self.assertNotEqual(ours.top, theirs.top)
        with mock.patch.object(archive, "mirrors", return_value={"main": "m:", "security": "s:"}):
            self.assertEqual([line.split()[-3] for line in ours.sources()], ["m:", "s:"])
            self.assertEqual([line.split()[-3] for line in theirs.sources()], ["m:"])

    def fetch(self, broken: tuple[str, ...]) -> str:
        """The release that is taken, with packages of the `broken` ones gone from the mirror."""
        source = archive.Archive(self.lab, "bookworm", [], "s390x")
        releases = ["6.1.0-9-s390x", "6.1.0-50-s390x", "6.1.0-49-s390x"]
        names = [f"linux-{kind}-{release}" for release in releases for kind in ("headers", "image")]

        def download(wanted: list[str], folder: str) -> list[str]:
            if any(release in wanted[0] for release in broken):
                raise LabError("404")
            return [os.path.join(folder, name) for name in wanted]
        stock = next(stock for stock in foreign.STOCKS if stock.name == "s390x")
        self.lab.cache = cache.Cache(tempfile.mkdtemp(dir=self.lab.cache.top))
        with mock.patch.object(archive, "of", return_value=source), mock.patch.object(progress, "step"), \
                mock.patch.object(source, "names", return_value=names), \
                mock.patch.object(source, "checksums", side_effect=list), \
                mock.patch.object(source, "download", side_effect=download):
            return foreign.Foreign(self.lab, stock).fetch()[0]

    def test_the_newest_that_can_be_had_is_taken(self) -> None:
        self.assertEqual(self.fetch(()), "6.1.0-50-s390x")
        self.assertEqual(self.fetch(("-50-",)), "6.1.0-49-s390x")
        with self.assertRaisesRegex(LabError, "404"):
            self.fetch(("-s390x",))


if __name__ == "__main__":
    unittest.main()
