# SPDX-License-Identifier: GPL-2.0-only
"""
Debian trees made by mmdebstrap and entered read-only, in a mount namespace of
their own: nothing stays mounted and nothing in the cached tree changes.
"""

from __future__ import annotations

import functools
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from lab.host import cache, command, progress
from lab.host.error import LabError
from lab.make import archive, matrix

if TYPE_CHECKING:
    from lab.laboratory import Lab

# (outside, inside), or with "ro" as the third.
Bind = tuple[str, ...]
Binds = Sequence[Bind]

# Mount points for the folders that a run binds.
POINTS = ("build", "src", "ksft", "out", "cache")
TRIM = ["--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/info/*", "--dpkgopt=force-unsafe-io"]

# Debian 11 leaves /bin and /lib apart; the images are stacked below /usr.
MERGE = ('for d in bin sbin lib lib32 lib64 libx32; do '
         'mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; done')


def trim() -> list[str]:
    """
    TRIM, with what is left out in dpkg's configuration and the rest of it removed at the end. As
    an option, mmdebstrap has each package of the base system filtered by a program in Python,
    which is 29 % of what the whole tree takes.
    """
    excluded = [word.split("=", 2)[2] for word in TRIM if "=path-exclude=" in word]
    lines = shlex.join(f"path-exclude={pattern}" for pattern in excluded)
    return [*[word for word in TRIM if "=path-exclude=" not in word],
            '--setup-hook=mkdir -p "$1/etc/dpkg/dpkg.cfg.d" && '
            f"printf '%s\\n' {lines} > \"$1/etc/dpkg/dpkg.cfg.d/trim\"",
            "--customize-hook=rm -rf " + " ".join(f'"${{1:?}}"{pattern}' for pattern in excluded)]


def bootstrap(lab: Lab, suite: str, packages: Sequence[str], target: str, log: str, what: str,
              nice: int = command.NICE) -> None:
    """mmdebstrap a tree of suite into target."""
    source = archive.of(lab, suite)
    # Headers may depend on their kernel's image: INITRD=No keeps that from making an initramfs.
    argv = ["env", "INITRD=No", "mmdebstrap", "--mode=root", "--variant=apt", "--format=directory",
            "--aptopt=Acquire::Check-Valid-Until \"false\"", "--aptopt=Acquire::Languages \"none\"",
            "--aptopt=Acquire::Retries \"2\"", "--aptopt=Acquire::http::Timeout \"30\"",
            *[f"--keyring={path}" for path in source.keyrings], *trim(),
            *(["--setup-hook=" + MERGE] if matrix.suites()[suite].get("merge") else []),
            f"--include={','.join(packages)}", suite, target, *source.sources()]
    try:
        # mmdebstrap mounts proc and sys below target; contained(), they go when it is killed.
        command.run(command.contained(argv), what, log, nice=nice, shown=argv)
    except LabError as error:
        raise hint(error, suite, log) from error


def hint(error: LabError, suite: str, log: str) -> LabError:
    """Turn a failed download into a line that says so."""
    text = command.tail(log, 60)
    if command.NO_SPACE in text:
        return error
    for sign in ("Failed to fetch", "Could not connect", "Temporary failure resolving",
                 "Connection failed", "Hash Sum mismatch", "Undetermined Error"):
        if sign in text:
            return LabError(f"{suite}: the mirror stopped half-way ({sign}); run again", log)
    return error


class Chroot:
    def __init__(self, path: str) -> None:
        self.path = path

    def argv(self, words: Sequence[object], binds: Binds = (), cwd: str = "/",
             env: Mapping[str, str] | None = None) -> list[str]:
        """The command line that runs words inside; binds: (outside, inside[, "ro"])."""
        root = shlex.quote(self.path)
        lines = [f"mount --bind {root} {root}"]
        for point in ("proc", "sys", "dev", "tmp", "run"):
            lines.append({"proc": f"mount -t proc proc {root}/proc",
                          "sys": f"mount --rbind /sys {root}/sys",
                          "dev": f"mount --rbind /dev {root}/dev"}.get(
                              point, f"mount -t tmpfs -o mode=1777 tmpfs {root}/{point}"))
        for outside, inside, *options in binds:
            place = f"{root}/{inside.strip('/')}"
            # The mount point of a file is there already, in a folder that was bound before.
            lines.append(f"{{ [ -e {place} ] || mkdir -p {place}; }}")
            lines.append(f"mount --bind {shlex.quote(outside)} {place}")
            if "ro" in options:
                lines.append(f"mount -o remount,ro,bind {place}")
        lines.append(f"mount -o remount,ro,bind {root}")
        settings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/tmp"}
        settings.update(env or {})
        program = ["env", "-i", *[f"{k}={v}" for k, v in settings.items()], *map(str, words)]
        inner = f"cd {shlex.quote(cwd)} && exec {shlex.join(program)}"
        lines.append(f"exec chroot {root} /bin/sh -c {shlex.quote(inner)}")
        script = " && ".join(lines)
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]

    def run(self, words: Sequence[object], what: str, log: str, binds: Binds = (), cwd: str = "/",
            env: Mapping[str, str] | None = None, timeout: float = 3600,
            nice: int = command.NICE) -> None:
        command.run(self.argv(words, binds, cwd, env), what, log, timeout=timeout,
                    shown=words, nice=nice)

    def output(self, words: Sequence[object], what: str, binds: Binds = (), cwd: str = "/",
               env: Mapping[str, str] | None = None) -> str:
        return command.output(self.argv(words, binds, cwd, env), what)


def _make(lab: Lab, name: str, suite: str, packages: Sequence[str], extra: Sequence[str] = (),
          nice: int = command.NICE) -> Callable[[str], None]:
    log = lab.log(f"chroot-{name}")

    def make(tmp: str) -> None:
        progress.step(name, f"make the chroot of {suite} ({len(packages)} packages)")
        bootstrap(lab, suite, packages, os.path.join(tmp, "root"), log, f"{name}: chroot", nice)
        for deb in extra:
            command.run(["dpkg", "-x", deb, os.path.join(tmp, "root")], f"{name}: unpack", log)
        for point in POINTS:
            os.makedirs(os.path.join(tmp, "root", point), exist_ok=True)
    return make


def lab_chroot(lab: Lab) -> Chroot:
    """The one with QEMU, squashfs-tools and the checkers."""
    with lab.guard("lab-chroot"):
        section = matrix.suites()["lab"]
        suite, packages = section["release"], section["packages"].split()
        key = cache.key(packages, POINTS, TRIM, archive.of(lab, suite).resolved(packages))
        # All rows wait for this chroot, the sanitizer kernel first of all.
        entry = lab.cache.entry("chroot", "lab", key,
                                _make(lab, "lab", suite, packages, nice=command.URGENT))
        return Chroot(os.path.join(entry, "root"))


def build_chroot(lab: Lab, suite: str, headers: Sequence[str]) -> Chroot:
    """The compiler, libraries and kernel headers of a suite."""
    with lab.guard(f"build-chroot-{suite}"):
        packages = matrix.packages(suite, "build") + sorted(headers)
        extra: list[str] = []
        for other, package in matrix.borrowed(suite):
            source = archive.of(lab, other)
            entry = lab.cache.entry("deb", package, cache.key(source.resolved([package])),
                                    functools.partial(source.download, [package]))
            extra += [os.path.join(entry, f) for f in os.listdir(entry) if f.endswith(".deb")]
        key = cache.key(packages, POINTS, TRIM, archive.of(lab, suite).resolved(packages),
                        [os.path.basename(deb) for deb in extra])
        entry = lab.cache.entry("chroot", suite, key, _make(lab, suite, suite, packages, extra))
        return Chroot(os.path.join(entry, "root"))
