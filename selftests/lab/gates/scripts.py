# SPDX-License-Identifier: GPL-2.0-only
"""Shell, Python and udev rules."""

import re

from .core import Finding, Gate, Task, ToolError

SHEBANG = re.compile(r"^#!.*\b(sh|bash|dash)\b")


class Shellcheck(Gate):
    name = "shellcheck"
    proves = "shell scripts, hooks and completions"

    # The helpers of the kernel's selftests are sourced where the lab puts
    # them (SC1091); what they set is used without being seen (SC2154).
    EXCLUDE = "SC1091,SC2154"
    LINE = re.compile(r"^(.+?:\d+):\d+: (.*)$")

    def tasks(self, tree, shop):
        shop.need("shellcheck")
        scripts = []
        for name in tree.files():
            if name.endswith(".sh"):
                scripts.append(name)
            elif not name.endswith((".c", ".h", ".py", ".cpp", ".hpp", ".rst", ".config")):
                with open(tree.root / name, "rb") as file:
                    if SHEBANG.match(file.readline(80).decode("utf-8", "replace")):
                        scripts.append(name)
        bash = [n for n in tree.files() if n.startswith("tools/completion/")
                and n not in scripts and not n.endswith("CMakeLists.txt")]
        where = shop.sync(tree, "shell", scripts + bash)
        for names, extra in ((scripts, []), (bash, ["--shell=bash"])):
            if names:
                yield Task(f"shellcheck {extra} {self.EXCLUDE} {tree.digest(names)}", len(names),
                           lambda names=names, extra=extra: self._check(shop, where, names, extra))

    def _check(self, shop, where, names, extra):
        ran = shop.run(["shellcheck", "--format=gcc", f"--exclude={self.EXCLUDE}", *extra, *names],
                       cwd=where)
        found = [Finding(m[1], m[2]) for m in map(self.LINE.match, ran.stdout.splitlines()) if m]
        if ran.returncode and not found:
            raise ToolError(f"shellcheck: {(ran.stderr or ran.stdout).strip()[-300:]}")
        return found


class Udev(Gate):
    name = "udev-rules"
    proves = "udevadm verify accepts the rules"

    def tasks(self, tree, shop):
        shop.need("udevadm")
        names = [n for n in tree.files() if re.search(r"\.rules(\.in)?$", n)]
        if not names:
            return
        where = shop.sync(tree, "udev", names)
        yield Task(f"udevadm {tree.digest(names)}", len(names),
                   lambda: self._check(shop, where, names))

    @staticmethod
    def _check(shop, where, names):
        ran = shop.run(["udevadm", "verify", "--resolve-names=never", "--no-summary", *names],
                       cwd=where)
        if ran.returncode:
            for line in (ran.stderr + ran.stdout).splitlines():
                yield Finding(*line.split(" ", 1)) if " " in line else Finding(line, "")


class Python(Gate):
    name = "python"
    proves = "pyflakes on the laboratory's own scripts"

    def tasks(self, tree, shop):
        shop.need("pyflakes3")
        names = []
        for name in tree.files():
            if name.endswith(".py"):
                names.append(name)
            elif "." not in name.rsplit("/", 1)[-1]:
                with open(tree.root / name, "rb") as file:
                    if re.match(rb"^#!.*\bpython3?\b", file.readline(80)):
                        names.append(name)
        where = shop.sync(tree, "python", names)
        yield Task(f"pyflakes {tree.digest(names)}", len(names),
                   lambda: self._check(shop, where, names))

    @staticmethod
    def _check(shop, where, names):
        ran = shop.run(["pyflakes3", *names], cwd=where)
        for line in (ran.stdout + ran.stderr).splitlines():
            if line.strip():
                yield Finding(*line.split(" ", 1)) if " " in line else Finding(line, "")
