# SPDX-License-Identifier: GPL-2.0-only
"""
A fault for each gate, planted in a tree of its own. A gate that does not report it is broken,
and its silence about the real tree proves nothing.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.gates.core import Finding, Gate, Task, Tree, Workshop

HERE = Path(__file__).resolve().parent
SPDX = "SPDX-License-Identifier: "
C = f"// {SPDX}GPL-2.0-only\n"
MODULE = {"Kbuild": "obj-m += modules/canary/\n", "modules/canary/Kbuild": "obj-m += canary.o\n"}
INIT = """
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

static void *canary_food;

static int __init canary_init(void)
{
%s
}
module_init(canary_init);
MODULE_DESCRIPTION("canary");
MODULE_LICENSE("GPL");
"""
CMAKE = "cmake_minimum_required(VERSION 3.18)\nproject(canary CXX)\nadd_library(canary canary.cpp)\n"


@dataclass(frozen=True)
class Planted:
    """files: name and text of all that the gate is given; says: a finding must match each."""
    files: dict[str, str]
    says: tuple[str, ...]
    real: tuple[str, ...] = ()    # files of the real tree that go with them
    only: str = ""      # the only task that is run: that whose key holds this


def module(body: str, **more: str) -> dict[str, str]:
    return {**MODULE, "modules/canary/canary.c": f"{C}{INIT % body}", **more}


# A user pointer that is dereferenced, and a warning that gcc and clang give only with W=1.
UNUSED = "\tint unused;\n\n\tunused = canary_food ? 1 : 0;\n"
BUILD = module("\tchar __user *user = (char __user *)canary_food;\n" + UNUSED + "\treturn *user;")

# The three sanitizers, each by a test that fails for it alone.
ASAN_TESTS = {
    "address": "char *p = new char[3]; int r = p[argc + 2]; delete[] p; return r & 0;",
    "undefined": "int most = 2147483647; most += argc; return most == 0;",
    "leak": "volatile char *p = new char[3]; p = nullptr; return p != nullptr && argc;"}

PLANTED = {
    "house": Planted({"modules/canary/canary.c": "int canary;\n", "modules/canary/probe.c":
                      f"{C}#ifdef COMPAT_HAVE_WINGS\n#endif\n"},
                     (r"no SPDX line", r"outside modules/compat: COMPAT_HAVE_WINGS")),
    "paths": Planted({"README.md": f"<!-- {SPDX}GPL-2.0-only -->\nsee `modules/canary/` and cage.rst\n",
                      "modules/bird.c": C}, (r"README\.md:2: modules/canary is", r"README\.md:2: cage\.rst is")),
    "checkpatch": Planted({"modules/canary/canary.c": f"{C}int canary(int seed)\n{{\n\tif(seed)\n\t\t"
                           "return 1;\n\treturn 0;\n}\n"}, (r"ERROR:SPACING",)),
    "kernel-doc": Planted({"modules/canary/canary.c": f"{C}/**\n * canary() - sing\n */\nint canary(int "
                           "loud)\n{\n\treturn loud;\n}\n"}, (r"'loud' not described",)),
    "uapi-padding": Planted({"uapi/linux/canary.h": f"/* {SPDX}GPL-2.0-only WITH Linux-syscall-note */\n"
                             "struct canary {\n\tchar small;\n\tlong large;\n};\n"}, (r"padding",)),
    "sparse": Planted(BUILD, (r"noderef|address spaces?", r"set but not used")),
    "clang": Planted(BUILD, (r"set but not used",), ("selftests/lab/kernels/kernel.config",)),
    "coccicheck": Planted(module("\tif (canary_food)\n\t\tkfree(canary_food);\n\treturn 0;"),
                          (r"ifnullfree\.cocci",), only="ifnullfree.cocci"),
    "shellcheck": Planted({"canary.sh": f"#!/bin/sh\n# {SPDX}GPL-2.0-only\nrm $1\n",
                           "tools/completion/canary": f"# {SPDX}GPL-2.0-only\n_canary() {{ cd $1; }}\n"},
                          (r"canary\.sh:3: .*SC2086", r"completion/canary:2: .*SC2164")),
    "udev-rules": Planted({"canary.rules": 'SUBSYSTEM=="net", NOSUCHKEY=="x", NAME="y"\n'},
                          (r"NOSUCHKEY",)),
    "python": Planted({"canary.py": f"# {SPDX}GPL-2.0-only\nimport os\n"}, (r"'os' imported but unused",)),
    "mypy": Planted({"canary.py": f"# {SPDX}GPL-2.0-only\ndef sing(loud):\n    return loud\n"},
                    (r"canary\.py:2: .*type annotation",)),
    "clang-tidy": Planted({"tools/CMakeLists.txt": CMAKE, "tools/canary.cpp":
                           "int *canary()\n{\n\treturn 0;\n}\n"}, (r"use nullptr",)),
    "tools-asan": Planted({
        "tools/lib/CMakeLists.txt": "", "tools/libsymidx/CMakeLists.txt": "",
        "tools/schema/CMakeLists.txt": "",
        "tools/tests/CMakeLists.txt": "".join(
            f"add_executable({name} {name}.cpp)\nadd_test({name} {name})\n" for name in ASAN_TESTS),
        **{f"tools/tests/{name}.cpp": f"int main(int argc, char **)\n{{\n\t{body}\n}}\n"
           for name, body in ASAN_TESTS.items()}},
        (r"heap-buffer-overflow", r"signed integer overflow", r"LeakSanitizer"),
        ("tools/CMakeLists.txt",)),
}


def tasks(gate: Gate, tree: Tree, shop: Workshop) -> Iterator[Task]:
    """The task that proves a gate, if there is a fault for it; it counts nothing."""
    planted = PLANTED.get(gate.name)
    if planted:
        key = f"canary {gate.name} {code()} {shop.kernel_id()} {tree.digest(planted.real)}"
        yield Task(key, 0, functools.partial(_prove, gate, planted, tree, shop))


def code() -> str:
    """A digest of the code of all gates and faults."""
    digest = hashlib.sha256()
    for path in sorted(HERE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prove(gate: Gate, planted: Planted, tree: Tree, shop: Workshop) -> Iterator[Finding]:
    aside = copy.copy(shop)
    aside.folder = f"{shop.folder}/canary"
    aside.results = None
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in planted.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name in planted.real:
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree.root / name, path)
        for task in gate.tasks(Tree(folder), aside):
            if planted.only in task.key:
                found += map(str, task.work())
    for wanted in planted.says:
        if not any(re.search(wanted, line) for line in found):
            yield Finding(gate.name, f"a planted fault ({wanted}) goes unnoticed; found: {found}")
