# SPDX-License-Identifier: GPL-2.0-only
"""The C++ tools: clang-tidy on every unit, and their tests under sanitizers."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from lab.host.error import LabError
from lab.judge import gcov

from lab.gates.core import Finding, Gate, Task, ToolError, Tree, Workshop, by_line

SOURCES = (("tools/", "uapi/"), (".c", ".cpp", ".h", ".hpp", ".txt", ".in", ".cmake", ".rules",
                                 ".service", ".map", ".pc.in"))
HEADERS = (".h", ".hpp", ".in")


# Held to what symidx says by its unit tests.
PAGES = ("Documentation/module_failures.rst",)


def all_inputs(tree: Tree) -> list[str]:
    return [n for n in tree.files() if n.startswith(("tools/", "uapi/", *PAGES))]


# All units of a library or command as one: most of the time goes into the headers of the C++
# library, which each unit includes again.
UNITY = ("-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_UNITY_BUILD_BATCH_SIZE=0")


def sources(shop: Workshop, where: str, unit: str) -> list[str]:
    """The source files of a unit of the build: itself, or those that a unity file includes."""
    text = shop.outside(unit).read_text(encoding="utf-8", errors="replace")
    return re.findall(rf'^#include "{re.escape(where)}/(.*)"$', text, re.M) \
        if "/Unity/" in unit else [unit.removeprefix(f"{where}/")]


def configure(shop: Workshop, where: str, build: str, *options: str) -> None:
    ran = shop.run(["cmake", "-S", f"{where}/tools", "-B", build, "-G", "Unix Makefiles",
                    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *options])
    if ran.returncode:
        raise ToolError(f"cmake: {ran.stderr.strip()[-600:]}")


class ClangTidy(Gate):
    """
    One task a library or command; it is looked at again when a unit of it or a header
    changed. Units are looked at together: alone, one takes up to 25 s, of which there are 82;
    the 13 that they make take 221 s.
    """
    name = "clang-tidy"
    proves = "bugprone-*, cert-*, performance-* and the like on the C++ tools"
    weight = 9
    CHECKS = ",".join((
        "-*", "bugprone-*", "cert-*", "performance-*", "misc-unused-*", "misc-redundant-expression",
        "misc-throw-by-value-catch-by-reference", "modernize-use-override", "modernize-use-nullptr",
        "cppcoreguidelines-slicing",
        # names and numbers a reader of kernel style expects
        "-bugprone-easily-swappable-parameters", "-bugprone-reserved-identifier", "-cert-dcl37-c",
        "-cert-dcl51-cpp",
        # size_t and ssize_t of read(2), ioctl(2)
        "-bugprone-narrowing-conversions", "-bugprone-implicit-widening-of-multiplication-result",
        # tests: gtest's ASSERT is not understood, and a seed is to be repeatable
        "-bugprone-unchecked-optional-access", "-cert-msc32-c", "-cert-msc51-cpp", "-cert-err33-c",
        # C: a pointer to a pointer through void * is how callbacks pass results
        "-bugprone-multi-level-implicit-pointer-conversion",
        # an error that is ignored on purpose says so in a comment
        "-bugprone-empty-catch",
        # lists of a dozen NICs
        "-performance-inefficient-vector-operation", "-performance-inefficient-string-concatenation",
        # memcmp() and strcmp() say whether something differs, as in the kernel
        "-bugprone-suspicious-string-compare",
        # two conditions with one consequence read better apart
        "-bugprone-branch-clone",
        # the cost of -O2 inlining: an enum of the uapi is what it is
        "-performance-enum-size", "-performance-avoid-endl",
        # main() of every tool is run_tool(), which catches
        "-bugprone-exception-escape", "-cert-err58-cpp"))
    LINE = re.compile(r"^(?:.*?/)?((?:tools|uapi)/\S+?:\d+):\d+: (?:warning|error): (.*)$")

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("clang-tidy", "cmake", "c++")
        where = shop.sync(tree, "tidy", all_inputs(tree))
        build = f"{shop.folder}/tidy-build"
        configure(shop, where, build, "-DCMAKE_BUILD_TYPE=Debug", *UNITY)
        database = shop.outside(build) / "compile_commands.json"
        units = {e["file"]: e["command"] for e in json.loads(database.read_text(encoding="utf-8"))}
        headers = tree.digest([n for n in all_inputs(tree) if n.endswith(HEADERS)])
        for unit, command in sorted(units.items()):
            names = [n for n in sources(shop, where, unit) if (tree.root / n).is_file()]
            if names:
                yield Task(f"tidy {self.CHECKS} {command} {headers} {tree.digest(names)}", len(names),
                           functools.partial(self._check, shop, where, build, unit))

    def _check(self, shop: Workshop, where: str, build: str, unit: str) -> list[Finding]:
        ran = shop.run(["clang-tidy", "-p", build, "--quiet", f"--checks={self.CHECKS}",
                        f"--header-filter={where}/(tools|uapi)/.*", unit])
        return sorted(set(by_line(f"clang-tidy: {unit}", ran, self.LINE)), key=str)


def notes(database: Iterable[Mapping[str, str]], where: str, build: str) -> Iterator[str]:
    """What gcov needs of each unit that is no test: its .gcno beside the object."""
    for unit in database:
        if not unit["file"].startswith((f"{where}/tools/tests/", f"{build}/tests/")):
            words = shlex.split(unit["command"])
            name = words[words.index("-o") + 1].removesuffix(".o") + ".gcno"
            yield os.path.join(unit["directory"], name)


class SanitizedTools(Gate):
    """Builds tools and their tests with ASan, UBSan and for gcov and runs the tests."""
    name = "tools-asan"
    proves = "the unit tests of the tools under address and undefined-behaviour sanitizers"
    weight = 10
    OPTIONS = ("-DWAYMARK_SANITIZE=ON", "-DWAYMARK_COVERAGE=ON", "-DCMAKE_BUILD_TYPE=Debug",
               "-DCMAKE_CXX_FLAGS_DEBUG=-g1", "-DBUILD_TESTING=ON", *UNITY)
    # of the property test of netdevname: without -O2 and with both sanitizers, one of 64 NICs
    # takes seconds
    MACHINES = {"WAYMARK_MACHINES": "300", "WAYMARK_NICS": "12"}
    # the rest of tools/ is commands
    LIBRARIES = ("tools/lib/", "tools/libnetdevname/", "tools/libsymidx/", "tools/naming/")
    # gcov's message for a unit that no test links: none of its lines was reached
    UNUSED = ".gcda:cannot open data file, assuming not executed"

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("cmake", "ctest", "c++", "gcov")
        where = shop.sync(tree, "asan", all_inputs(tree))
        task = Task(f"asan {self.OPTIONS} {tree.digest(all_inputs(tree))}", 1,
                    lambda: self._check(shop, where, task))
        yield task

    def _check(self, shop: Workshop, where: str, task: Task) -> list[Finding]:
        build = f"{shop.folder}/asan-build"
        configure(shop, where, build, *self.OPTIONS)
        made = shop.run(["make", "-s", "-j2", "-C", build])
        if made.returncode:
            raise ToolError(f"tools with sanitizers: {made.stderr.strip()[-800:]}")
        found = list(self._test(shop, build))
        if not found:
            self.measure(shop, where, build, task)
        return found

    @staticmethod
    def _test(shop: Workshop, build: str) -> Iterator[Finding]:
        # of the last run, and of the build, which asks the tests for their names
        shop.run(["find", build, "-name", "*.gcda", "-delete"])
        # abort on the first report, leaks included
        ran = shop.run(["ctest", "--test-dir", build, "--output-on-failure", "-j2"],
                       env={"ASAN_OPTIONS": "detect_leaks=1:halt_on_error=1",
                            "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
                            **SanitizedTools.MACHINES})
        total = re.search(r"(\d+)% tests passed, (\d+) tests failed out of (\d+)", ran.stdout)
        if not total or int(total[3]) == 0:
            yield Finding("tools/tests", "ctest ran no test")
        elif ran.returncode:
            tail = [l for l in ran.stdout.splitlines() if "***" in l or "ERROR:" in l
                    or "runtime error" in l]
            for line in tail or ran.stdout.splitlines()[-20:]:
                yield Finding("tools/tests", line.strip())

    def measure(self, shop: Workshop, where: str, build: str, task: Task) -> None:
        """How many lines the tests reached, and which they did not."""
        database = shop.outside(build) / "compile_commands.json"
        units = list(notes(json.loads(database.read_text(encoding="utf-8")), where, build))
        ran = shop.run(["gcov", "--json-format", "--stdout", *units])
        wrong = [l for l in ran.stderr.splitlines() if not l.endswith(self.UNUSED)]
        if ran.returncode or wrong:
            raise ToolError(f"gcov: status {ran.returncode}: {' '.join(wrong)[-600:]}")
        try:
            lines = gcov.read(ran.stdout.splitlines(), f"{where}/", self.counts)
        except LabError as error:
            raise ToolError(str(error)) from error
        found = gcov.summary(lines)
        if not found["reached"]:
            raise ToolError("coverage: the tests left no counters")
        libraries = gcov.summary({n: c for n, c in lines.items() if n.startswith(self.LIBRARIES)})
        for thing, counted in (("tools", found), ("libraries", libraries)):
            task.figures[thing] = {"lines": counted["lines"], "lines_reached": counted["reached"]}
        task.files["coverage-tools.json"] = json.dumps(found, indent=2) + "\n"

    @staticmethod
    def counts(name: str) -> bool:
        """Tools alone: that tests run themselves proves nothing."""
        return name.startswith("tools/") and not name.startswith("tools/tests/")
