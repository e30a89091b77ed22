# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own checkers on modules/ and uapi/."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from lab.gates.core import Finding, Gate, Task, ToolError, Tree, Workshop, by_line, by_word

T = TypeVar("T")

KERNEL_CODE = (("modules/", "uapi/"), (".c", ".h"))
BUILD_INPUTS = (("modules/", "uapi/", "Kbuild"), (".c", ".h", "Kbuild", ".mk"))


def chunks(names: Sequence[T], size: int) -> list[Sequence[T]]:
    return [names[i:i + size] for i in range(0, len(names), size)]


class Checkpatch(Gate):
    name = "checkpatch"
    proves = "checkpatch --strict has nothing to say about modules, uapi and C selftests"
    weight = 4

    # Rules about patches to the kernel tree, meaningless for a tree of ours.
    IGNORE = ("FILE_PATH_CHANGES", "MAINTAINERS")
    # (file, rule): what the rule asks for can't be done there.
    ACCEPTED = (
        # userspace has no BIT()
        (re.compile(r"^(uapi|selftests)/"), "BIT_MACRO"),
        # "\x89" "SYMIDX": as one string, the S would stay but an A to F would not
        (re.compile(r"^uapi/"), "STRING_FRAGMENTS"),
        # macros that declare, define or infer a type name their argument twice;
        # what has an effect is evaluated once
        (re.compile(r"^modules/.*\.h$"), "MACRO_ARG_REUSE"),
        # a macro that stands for a type or an initializer takes no parentheses
        (re.compile(r"^modules/include/"), "COMPLEX_MACRO"),
        # another module's function, whose header says otherwise
        (re.compile(r"^modules/symbol_index/tests/duplicate\.c$"), "AVOID_EXTERNS"),
        # the rules of module code, not of programs: these have <stdint.h>, and
        # EXPECT() and ASSERT() of the harness take a block behind them, so what
        # looks like one statement below an if may need braces
        (re.compile(r"^selftests/"), "MACRO_ARG_REUSE|CAMELCASE|VOLATILE|NEW_TYPEDEFS|"
         "AVOID_EXTERNS|PREFER_FALLTHROUGH|USE_SPINLOCK_T|MACRO_ARG_PRECEDENCE|"
         "PREFER_KERNEL_TYPES|BRACES"),
    )
    LINE = re.compile(r"^(.+?):(\d+): (ERROR|WARNING|CHECK):(.*)$")

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("perl")
        names = tree.matching(("modules/", "uapi/", "selftests/"), (".c", ".h"))
        where = shop.sync(tree, "checkpatch", names)
        version = shop.run(["sha256sum", f"{shop.kernel_source}/scripts/checkpatch.pl"]).stdout[:16]
        for part in chunks(names, 3):
            yield Task(f"checkpatch {version} {self.IGNORE} {self.ACCEPTED} {tree.digest(part)}", len(part),
                       functools.partial(self._check, shop, where, part))

    def _check(self, shop: Workshop, where: str, names: Sequence[str]) -> list[Finding]:
        ran = shop.run([f"{shop.kernel_source}/scripts/checkpatch.pl", "--no-tree", "--strict",
                        "--terse", "--show-types", "--no-summary", "--max-line-length=100",
                        "--ignore=" + ",".join(self.IGNORE), "-f", *names], cwd=where)
        found = [Finding(f"{m[1]}:{m[2]}", f"{m[3]}:{m[4]}")
                 for m in map(self.LINE.match, ran.stdout.splitlines())
                 if m and not self._accepted(m[1], m[4])]
        if ran.returncode and not ran.stdout.strip():
            raise ToolError(f"checkpatch: {(ran.stderr or ran.stdout).strip()[-300:]}")
        return found


    def _accepted(self, name: str, text: str) -> bool:
        return any(where.search(name) and re.match(rf"(?:{rules}):", text)
                   for where, rules in self.ACCEPTED)


class KernelDoc(Gate):
    name = "kernel-doc"
    proves = "the kernel-doc comments of headers and exported functions are complete"

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        shop.need("python3")
        names = [n for n in tree.matching(*KERNEL_CODE) if "/**\n" in tree.read(n)]
        where = shop.sync(tree, "kernel-doc", names)
        key = f"kernel-doc {shop.kernel_id()} {tree.digest(names)}"
        return [Task(key, len(names), lambda: self._check(shop, where, names))]

    @staticmethod
    def _check(shop: Workshop, where: str, names: Sequence[str]) -> Iterator[Finding]:
        ran = shop.run([f"{shop.kernel_source}/scripts/kernel-doc", "-none", "-Wall", *names],
                       cwd=where)
        yield from by_word(line.removeprefix("Warning: ") for line in (ran.stderr + ran.stdout).splitlines()
                           if re.search(r"\b(warning|error)\b", line, re.I))
        if "Traceback" in ran.stderr:
            raise ToolError(f"kernel-doc: {ran.stderr.strip()[-300:]}")


class Padding(Gate):
    """Bytes between members reach userspace unless somebody writes them."""
    name = "uapi-padding"
    proves = "no structure of the uapi has bytes that belong to no member"
    LINE = re.compile(r"^(.+?:\d+):\d+: (?:warning|error|fatal error): (.*)$")

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        shop.need("gcc")
        names = tree.matching(("uapi/",), (".h",))
        where = shop.sync(tree, "padding", names)
        return [Task(f"padding {tree.digest(names)}", len(names),
                     lambda: self._check(shop, where, names))]

    def _check(self, shop: Workshop, where: str, names: Sequence[str]) -> Iterator[Finding]:
        for name in names:
            ran = shop.run(["gcc", "-fsyntax-only", "-Wpadded", "-I", "uapi", "-x", "c", name], cwd=where)
            yield from by_line(f"gcc: {name}", ran, self.LINE)


class ModuleBuild(Gate):
    """Builds the modules once with a checker and takes what it says of ours."""
    weight = 5
    label = ""
    # (where and what): what the checker cannot know.
    ACCEPTED: tuple[re.Pattern[str], ...] = ()
    SAYS = re.compile(r"^(?:\S*/)?((?:modules|uapi)/[^:]+:\d+):\d+: "
                      r"(?:fatal )?(warning|error): (.*)$")

    def make(self, shop: Workshop) -> list[str]:
        raise NotImplementedError

    def against(self, shop: Workshop) -> str:
        """What of the kernel is used that the command does not name."""
        return ""

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        names = tree.matching(*BUILD_INPUTS)
        units = [n for n in names if n.endswith(".c")]
        command = self.make(shop)
        key = f"{self.name} {self.against(shop)} {command} {self.ACCEPTED} {tree.digest(names)}"
        where = shop.sync(tree, self.label, names)
        return [Task(key, len(units), lambda: self._build(shop, where, command))]

    def _build(self, shop: Workshop, where: str, command: Sequence[str]) -> list[Finding]:
        # a unit that isn't compiled again isn't looked at again
        for old in shop.outside(where).rglob("*.o"):
            old.unlink()
        ran = shop.run([*command, f"M={where}", "WAYMARK_TESTS=1", "modules"], cwd=where)
        text = ran.stdout + ran.stderr
        found = []
        for line in text.splitlines():
            said = self.SAYS.match(line)
            if said and not any(accepted.search(line) for accepted in self.ACCEPTED):
                found.append(Finding(said[1], f"{said[2]}: {said[3]}"))
        if ran.returncode and not found:
            raise ToolError(f"{self.name}: {text.strip()[-600:]}")
        return sorted(set(found), key=str)


class Sparse(ModuleBuild):
    """Against 6.12: Debian's sparse (0.6.4) can't parse the headers of 7.x."""
    name = "sparse"
    proves = "address spaces, endianness, lock balance, bit masks (C=2, W=1)"
    label = "sparse"
    ACCEPTED = (
        # RCU is entered by one function and left by the other, and only if the
        # first was a success: no annotation says that
        re.compile(r"symbol_index/order\.c:.*context imbalance in 'symidx_merge_(begin|end)'"),
    )

    def make(self, shop: Workshop) -> list[str]:
        shop.need("sparse", "make", "gcc")
        found = sorted(shop.outside("/lib/modules").glob("6.12.*/build"))
        if not found:
            raise ToolError("sparse: no headers of 6.12 in the workshop")
        kernel = shop.inside(found[-1])
        return ["make", "-s", "-j2", "-C", kernel, "C=2", "W=1",
                "CHECK=sparse -Wbitwise -Wcontext"]


class Clang(ModuleBuild):
    """Against a tree that was configured for clang.

    The headers of Debian's kernel packages were configured for gcc: their
    flags are unknown to clang, so no stock row can be built with it."""
    name = "clang"
    proves = "clang's warnings (W=1) on every unit of the modules"
    label = "clang"

    def against(self, shop: Workshop) -> str:
        return shop.kernel_id()

    def make(self, shop: Workshop) -> list[str]:
        shop.need("clang", "make", "ld")
        out = f"{shop.shared}/clang-kernel"
        return ["make", "-s", "-j2", "-C", shop.kernel_source, f"O={out}", "CC=clang", "W=1",
                "KBUILD_MODPOST_WARN=1"]

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        fragment = "selftests/lab/kernels/kernel.config"
        self._configure(tree, shop, fragment)
        return super().tasks(tree, shop)

    def _configure(self, tree: Tree, shop: Workshop, fragment: str) -> None:
        out = f"{shop.shared}/clang-kernel"
        version = shop.run(["clang", "--version"]).stdout.splitlines()
        stamp = f"{shop.kernel_id()} {version[:1]} {tree.digest([fragment])}"
        mark = shop.outside(out) / "configured"
        if mark.is_file() and mark.read_text(encoding="utf-8") == stamp:
            return
        shop.outside(out).mkdir(parents=True, exist_ok=True)
        where = shop.sync(tree, "clang-config", [fragment])
        base = ["make", "-s", "-j2", "-C", shop.kernel_source, f"O={out}", "CC=clang"]
        for step in (f"KCONFIG_ALLCONFIG={where}/{fragment} allnoconfig", "modules_prepare"):
            ran = shop.run([*base, *step.split()])
            if ran.returncode:
                raise ToolError(f"clang: {step}: {ran.stderr.strip()[-600:]}")
        mark.write_text(stamp, encoding="utf-8")


class Coccicheck(Gate):
    name = "coccicheck"
    proves = "the kernel's own semantic patches match nothing in modules/"
    weight = 6
    LINE = re.compile(r"^(?:.*?/)?(modules/\S+?:\d+)(?::\d+-\d+)?:? (.*)$")

    # Semantic patches that are about something else, each with its reason.
    SKIP = {
        # about one driver; its script parses that driver's file
        "check_bq27xxx_data.cocci",
        # has a rule in OCaml, and wants OCaml's compiler for it
        "badzero.cocci",
        # proposes helpers that the oldest supported kernels don't have
        "kmalloc_objs.cocci", "string_choices.cocci", "minmax.cocci", "secs_to_jiffies.cocci",
        "ptr_err_to_pe.cocci",
    }

    def tasks(self, tree: Tree, shop: Workshop) -> Iterator[Task]:
        shop.need("spatch")
        names = tree.matching(("modules/",), (".c", ".h"))
        if not names:
            return
        where = shop.sync(tree, "cocci", tree.matching(*KERNEL_CODE))
        patches = sorted(shop.outside(shop.kernel_source).glob("scripts/coccinelle/*/*.cocci"))
        patches = [p for p in patches if p.name not in self.SKIP and self._reports(p)]
        digest = tree.digest(names)
        for part in chunks(patches, 6):
            label = " ".join(p.name for p in part)
            yield Task(f"cocci {shop.kernel_id()} {label} {digest}", len(part),
                       functools.partial(self._patches, shop, where, part))

    @staticmethod
    def _reports(patch: Path) -> bool:
        """Whether it has the mode in which it says what it found."""
        return "virtual report" in patch.read_text(encoding="utf-8", errors="replace")

    def _patches(self, shop: Workshop, where: str, patches: Sequence[Path]) -> Iterator[Finding]:
        for patch in patches:
            yield from self._patch(shop, where, patch)

    def _patch(self, shop: Workshop, where: str, patch: Path) -> Iterator[Finding]:
        text = patch.read_text(encoding="utf-8", errors="replace")
        options = [w for line in re.findall(r"^// Options:(.*)$", text, re.M) for w in line.split()]
        inside = shop.inside(patch)
        ran = shop.run(["spatch", "-D", "report", "--very-quiet", "--no-show-diff", *options,
                        "--cocci-file", inside, "-I", f"{where}/modules/include",
                        "-I", where, "--dir", "modules"], cwd=where)
        if ran.returncode:
            raise ToolError(f"{patch.name}: {ran.stderr.strip()[-300:]}")
        for line in ran.stdout.splitlines():
            said = self.LINE.match(line)
            if said:
                yield Finding(said[1], f"{said[2]} ({patch.name})")
