# SPDX-License-Identifier: GPL-2.0-only
"""The project's own rules, read from the files alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lab.gates.core import Finding, Gate, Task, Tree, Workshop

MAX_LINES = 600

# Not ours, or of a form that cannot carry a comment: entries of ABI/ and
# Debian's control files are read field by field from the first line on, debhelper takes
# every line of its lists for a file (debian/copyright has their licence), and the
# runner of kselftests takes every line of a settings file for a setting.
NO_SPDX = re.compile(r"^(COPYING$|selftests/.*/settings$|LICENSES/|.*\.(json|svg|png|bin|expected)$|"
                     r"debian/(source/format|changelog|compat|control|copyright)$|"
                     r"debian/[\w-]+\.(install|symbols|dkms|doc-base|dirs|docs|lintian-overrides)$|"
                     r"Documentation/ABI/|.*/(golden|data|corpus|snapshots)/)")
NO_LIMIT = re.compile(r"^(LICENSES/|.*\.(json|svg|expected)$|.*/(golden|data|corpus)/)")

LICENCE = (
    (re.compile(r"^uapi/.*\.h$"), "GPL-2.0-only WITH Linux-syscall-note"),
    (re.compile(r"^modules/.*\.(c|h|mk)$"), "GPL-2.0-only"),
    (re.compile(r"^tools/lib"), "LGPL-2.1-or-later"),
    (re.compile(r"^(selftests|Documentation)/"), "GPL-2.0-only"),
)

# Mirrors, and checks of kernel versions: each belongs into one place only.
HOSTS = re.compile(r"\b[a-z0-9-]+\.debian\.(?:org|net)/debian|"
                   r"https?://(?=[^/ ]*\.)[^/ ]*\b(?:mirror|proxy)\b", re.I)
VERSION = re.compile(r"\b(LINUX_VERSION_CODE|KERNEL_VERSION)\b")
PROBED = re.compile(r"\bCOMPAT_HAVE_\w+")
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)


def spdx(name: str, text: str) -> str | None:
    head = text.split("\n", 2)
    # zsh looks for #compdef in the first line, the kernel for #!
    line = head[1] if head[0].startswith(("#!", "#compdef")) and len(head) > 1 else head[0]
    tag = re.search(r"SPDX-License-Identifier: (.+?)\s*(\*/|-->)?$", line)
    if not tag:
        return f"no SPDX line at the top: {line[:60]!r}"
    for where, licence in LICENCE:
        if where.search(name):
            return None if tag[1] == licence else f"licence {tag[1]}, not {licence}"
    return None


def forbidden_include(name: str, header: str) -> str | None:
    if name.startswith("uapi/") and not header.startswith("linux/"):
        return "uapi includes only <linux/...>"
    if name.startswith(("tools/", "selftests/")) and "modules/" in header:
        return "userspace must not include anything of modules/"
    if name.startswith("modules/netdev_naming/") and "symbol_index" in header or \
            name.startswith("modules/symbol_index/") and "netdev_naming" in header:
        return "the modules must not include each other"
    return None


class House(Gate):
    name = "house"
    proves = "licence lines, file length, layering, no version checks or probes, no mirror names"

    def tasks(self, tree: Tree, shop: Workshop) -> list[Task]:
        names = [n for n in tree.files()]
        return [Task("", len(names), lambda: self._all(tree, names))]

    def _all(self, tree: Tree, names: Sequence[str]) -> Iterator[Finding]:
        for name in names:
            try:
                text = (tree.root / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            yield from (Finding(name, why) for why in self.problems(name, text) if why)

    @staticmethod
    def problems(name: str, text: str) -> Iterator[str | None]:
        if text and not NO_SPDX.match(name):
            yield spdx(name, text)
        lines = text.count("\n")
        if lines > MAX_LINES and not NO_LIMIT.match(name):
            yield f"{lines} lines, more than {MAX_LINES}"
        host = HOSTS.search(text)
        if host:
            yield f"names a host: {host[0]}"
        is_code = name.endswith((".c", ".h", ".cpp", ".hpp"))
        if is_code and VERSION.search(text) and not name.startswith("modules/compat/"):
            yield "checks the kernel version outside modules/compat"
        probed = PROBED.search(text)
        if is_code and probed and not name.startswith("modules/compat/"):
            yield f"asks what headers have outside modules/compat: {probed[0]}"
        if is_code:
            for header in INCLUDE.findall(text):
                why = forbidden_include(name, header)
                yield f"{why}: {header}" if why else None
        if text and not text.endswith("\n") and not NO_SPDX.match(name):
            yield "no newline at the end"
