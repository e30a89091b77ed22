# SPDX-License-Identifier: GPL-2.0-only
"""
A suite's package archive: the host's apt with a state of its own, pointed at
the mirrors of the machine's own apt configuration. Its lists are at most a day
old (WAYMARK_REFRESH=1 renews them); without a network the last ones serve.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lab.host import cache, command, progress
from lab.host.error import LabError
from lab.make import matrix

if TYPE_CHECKING:
    from lab.laboratory import Lab

MAX_AGE = 20 * 3600
HOME_ARCHITECTURE = "amd64"     # of guests, chroots and all that is built
KEYRING_PACKAGE = "debian-archive-keyring"
KEYRINGS = "usr/share/keyrings/debian-archive-keyring.gpg"


@functools.lru_cache(maxsize=None)
def mirrors() -> dict[str, str]:
    """{"main": URL, "security": URL} as this machine's apt is configured."""
    text = command.output(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)",
                           "Created-By: Packages"], "apt-get indextargets")
    found: dict[str, str] = {}
    pattern = re.compile(r"(bullseye|bookworm|trixie|forky|sid|testing|unstable|(old)*stable)")
    for line in text.splitlines():
        site, _, release = line.partition(" ")
        if not pattern.match(release):
            continue
        kind = "security" if re.search(r"[-/]security|/updates", release) else "main"
        found.setdefault(kind, site.rstrip("/"))
    if "main" not in found:
        raise LabError("apt knows no Debian mirror on this machine; "
                       "add one to /etc/apt/sources.list and run apt-get update")
    found.setdefault("security", found["main"] + "-security")
    return found


def host_keyring() -> str:
    path = os.path.join("/", KEYRINGS)
    if not os.path.exists(path):
        raise LabError(f"{path} is missing: apt-get install {KEYRING_PACKAGE}")
    return path


def version_key(text: str) -> list[tuple[int, str]]:
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.split(r"(\d+)", text)]


def named(suite: str, architecture: str) -> str:
    """The suite's name where it is of the guests' architecture."""
    return suite if architecture == HOME_ARCHITECTURE else f"{suite}-{architecture}"


class Archive:
    """Package lists of one suite, for one architecture; made by of()."""

    def __init__(self, lab: Lab, suite: str, keyrings: Sequence[str],
                 architecture: str = HOME_ARCHITECTURE) -> None:
        self.lab = lab
        self.suite = suite
        self.keyrings = keyrings
        self.architecture = architecture
        self.name = named(suite, architecture)
        self.top = os.path.join(lab.cache.top, "apt", self.name)
        self.log = lab.log(f"apt-{self.name}")
        self.answers: dict[tuple[str, ...], str] = {}       # apt takes a second to start, and every row asks the same

    def sources(self) -> list[str]:
        """
        The sources.list lines. Of other architectures the suite alone: a mirror's further lists
        of ports can lag behind their release file for days, and apt takes none of them then.
        """
        signed = ",".join(self.keyrings)
        ours = self.architecture == HOME_ARCHITECTURE
        return [f"deb [signed-by={signed}] {mirrors()[kind]} {release} main"
                for kind, release in matrix.archives(self.suite) if ours or release == self.suite]

    def options(self) -> list[str]:
        settings = {
            "Dir::State": f"{self.top}/state", "Dir::State::status": f"{self.top}/status",
            "Dir::Etc::sourcelist": f"{self.top}/sources.list", "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::Cache": f"{self.top}/cache", "Dir::Cache::pkgcache": "pkgcache.bin",
            "Dir::Cache::srcpkgcache": "srcpkgcache.bin", "APT::Architecture": self.architecture,
            "APT::Architectures": self.architecture, "APT::Sandbox::User": "root",
            # Testing's release file expires between pushes of a mirror.
            "Acquire::Check-Valid-Until": "false", "Acquire::Languages": "none",
            "Acquire::Retries": "2", "Acquire::http::Timeout": "30", "APT::Update::Error-Mode": "any",
            "APT::Install-Recommends": "false",
        }
        return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def apt(self, *words: str) -> list[str]:
        tool = "apt-cache" if words[0] in ("pkgnames", "show") else "apt-get"
        return [tool, *self.options(), *words]

    def refresh(self, force: bool = False) -> None:
        """Bring the lists up to date unless they are recent."""
        stamp = os.path.join(self.top, "updated")
        text = "\n".join(self.sources()) + "\n"
        with self.lab.cache.lock(f"apt-{self.name}"):
            os.makedirs(f"{self.top}/state/lists/partial", exist_ok=True)
            os.makedirs(f"{self.top}/cache/archives/partial", exist_ok=True)
            open(f"{self.top}/status", "a").close()
            listing = f"{self.top}/sources.list"
            same = os.path.exists(listing) and open(listing).read() == text
            age = time.time() - os.path.getmtime(stamp) if os.path.exists(stamp) else MAX_AGE
            force = force or bool(os.environ.get("WAYMARK_REFRESH")) and age > 60
            if same and age < MAX_AGE and not force:
                return
            with open(listing, "w") as out:
                out.write(text)
            progress.step(self.name, "read the package lists")
            try:
                command.run(self.apt("update"), f"{self.name}: package lists", self.log, timeout=600)
            except LabError as error:
                if not (same and os.path.exists(stamp)):
                    raise LabError(f"{self.name}: the Debian mirror of this machine does not answer "
                                   "properly; check the network and run again", self.log) from error
                progress.step(self.name, "mirror does not answer, going on with the last lists")
                return
            open(stamp, "w").close()
            self.answers.clear()

    def ask(self, what: str, *words: str) -> str:
        """The answer of apt to words, by the current lists."""
        answer = self.answers.get(words)
        if answer is None:
            answer = self.answers[words] = command.output(self.apt(*words), f"{self.name}: {what}")
        return answer

    def names(self, prefix: str) -> list[str]:
        return self.ask("packages", "pkgnames", prefix).split()

    def kernels(self, pattern: str) -> Iterator[tuple[str, list[str]]]:
        """Releases with headers and an image, the newest first, and the image's packages."""
        releases = [name[len("linux-headers-"):] for name in self.names("linux-headers-")]
        match = [r for r in releases if re.fullmatch(pattern, r)]
        for release in sorted(match, key=version_key, reverse=True):
            known = set(self.names("linux-"))
            for image in (f"linux-image-{release}", f"linux-image-{release}-unsigned"):
                # Since 7.x the image package is empty and depends on these.
                split = [f"linux-binary-{release}", f"linux-binary-unsigned-{release}",
                         re.sub(r"-([a-z0-9]+)$", r"-unsigned-\1", f"linux-binary-{release}")]
                binary = [name for name in split if name in known]
                if f"linux-modules-{release}" in known:
                    if binary:
                        base = [f"linux-base-{release}"] if f"linux-base-{release}" in known else []
                        yield release, [binary[0], f"linux-modules-{release}", *base]
                        break
                elif image in known:
                    yield release, [image]
                    break

    def newest_kernel(self, pattern: str) -> tuple[str, list[str]]:
        """The first of kernels()."""
        for found in self.kernels(pattern):
            return found
        raise LabError(f"{self.name}: no kernel matches {pattern} on this machine's mirror")

    def resolved(self, names: Sequence[str]) -> list[str]:
        """What installing names would fetch: one line a package with its checksum."""
        text = self.ask("resolve packages", "install", "--print-uris", "-qq", "-y", *names)
        return sorted(line.split()[1] + " " + line.split()[-1] for line in text.splitlines())

    def checksums(self, names: Sequence[str]) -> list[str]:
        """The packages themselves, without what they depend on."""
        text = self.ask("show", "show", "--no-all-versions", *names)
        return [line for line in text.splitlines() if line.startswith(("SHA256:", "Version:"))]

    def download(self, names: Sequence[str], folder: str) -> list[str]:
        """Fetch .deb files into folder; retry once with fresh lists."""
        os.makedirs(folder, exist_ok=True)
        for attempt in (1, 2):
            try:
                command.run(self.apt("download", *names), f"{self.name}: download {names[0]}",
                            self.log, cwd=folder, timeout=1800)
                return sorted(glob.glob(os.path.join(folder, "*.deb")))
            except LabError:
                if attempt == 2:
                    raise
                self.refresh(force=True)
        return []

    def unpack(self, names: Sequence[str], folder: str) -> None:
        """Download and unpack packages into folder."""
        debs = os.path.join(folder, ".debs")
        self.download(names, debs)
        unpack(debs, folder, self.log)
        cache.remove(debs)


def unpack(debs: str, folder: str, log: str) -> None:
    """Unpack all packages of the folder `debs` into another one."""
    os.makedirs(folder, exist_ok=True)
    for deb in sorted(glob.glob(os.path.join(debs, "*.deb"))):
        command.run(["dpkg", "-x", deb, folder], f"unpack {os.path.basename(deb)}", log)


def of(lab: Lab, suite: str, architecture: str = HOME_ARCHITECTURE) -> Archive:
    """The archive of a suite, with recent lists."""
    name = named(suite, architecture)
    with lab.guard(f"archive-{name}"):
        if name not in lab.archives:
            lab.archives[name] = _open(lab, suite, architecture)
        return lab.archives[name]


def _open(lab: Lab, suite: str, architecture: str) -> Archive:
    host = host_keyring()
    home = matrix.suites()["lab"]["release"]
    if suite == home:
        found = Archive(lab, suite, [host], architecture)
        found.refresh()
        return found
    # The host may be too old to know the keys of the suite; the lab's release knows them.
    base = of(lab, home)
    entry = lab.cache.entry("keyring", home, cache.key(base.resolved([KEYRING_PACKAGE])),
                            lambda tmp: base.unpack([KEYRING_PACKAGE], tmp))
    found = Archive(lab, suite, [host, os.path.join(entry, KEYRINGS)], architecture)
    found.refresh()
    return found
