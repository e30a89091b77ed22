# SPDX-License-Identifier: GPL-2.0-only
"""
Bad input and a bad world: each must end in one line that says what to do, and
leave nothing behind that spoils the next run.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

from lab.host.error import LabError
from lab.make import chroot, matrix

RUN = os.path.join(matrix.HERE, "run")
# In a process of its own: other rows run in this one, with the real mirrors.
READ_LISTS = """
import sys
from lab import laboratory
from lab.host.error import LabError
from lab.make import archive
url, results = sys.argv[1:]
archive.mirrors = lambda: {"main": url, "security": url}
try:
    archive.of(laboratory.Lab(results), "trixie")
except LabError as error:
    print(error)
else:
    print("no error")
"""


class Mirror(threading.Thread):
    """An HTTP server that stops in the middle of every answer."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/debian"
        self.requests = 0

    def run(self) -> None:
        while True:
            try:
                wire, _ = self.socket.accept()
            except OSError:
                return
            self.requests += 1
            with wire:
                wire.settimeout(10)
                try:
                    wire.recv(4096)
                    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nOrigin: Debian\n")
                except OSError:
                    pass


def lists_from(url: str) -> str:
    """What reading package lists from a mirror at url says."""
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, WAYMARK_CACHE=os.path.join(folder, "cache"))
        done = subprocess.run([sys.executable, "-c", READ_LISTS, url, os.path.join(folder, "results")],
                              env=env, cwd=os.path.dirname(matrix.HERE), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip()


def run(*words: str) -> tuple[int, str]:
    """(status, what is said) of the laboratory's own command."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


class BadWorld(unittest.TestCase):
    def test_no_network(self) -> None:
        said = lists_from("http://127.0.0.1:9/debian")
        self.assertIn("does not answer", said)
        self.assertNotIn("\n", said)

    def test_a_mirror_that_stops(self) -> None:
        mirror = Mirror()
        mirror.start()
        said = lists_from(mirror.url)
        mirror.socket.close()
        self.assertIn("does not answer", said)
        self.assertGreater(mirror.requests, 0)

    def test_a_mirror_that_stops_later(self) -> None:
        """In the middle of the packages: mmdebstrap's words, recorded."""
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write("Err:12 http://mirror/debian trixie/main amd64 gcc-14 amd64 14.2.0-19\n"
                      "  Error reading from server. Remote end closed connection\n"
                      "E: Failed to fetch http://mirror/debian/pool/main/g/gcc-14.deb\n")
            log.flush()
            said = str(chroot.hint(LabError("chroot: failed with status 25"), "trixie", log.name))
        self.assertRegex(said, "stopped half-way.*run again")

    def test_a_full_disk(self) -> None:
        """A tiny file system as the cache."""
        with tempfile.TemporaryDirectory() as folder:
            script = (f"mount -t tmpfs -o size=8m tmpfs {folder} && "
                      f"WAYMARK_CACHE={folder} {RUN} check --rows trixie-6.12")
            code, said = run("unshare", "--mount", "--propagation", "private", "sh", "-c", script)
        self.assertEqual(code, 1)
        self.assertRegex(said, "MB free.*WAYMARK_CACHE")
        self.assertNotIn("Traceback", said)

    def test_neither_root_nor_sudo(self) -> None:
        """A PATH with only what the script needs."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            for tool in ("sh", "id", "dirname"):
                os.symlink(str(shutil.which(tool)), os.path.join(folder, tool))
            copy = os.path.join(folder, "run")
            shutil.copy(RUN, copy)
            code, said = run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env",
                             f"PATH={folder}", os.path.join(folder, "sh"), copy, "rows")
        self.assertEqual(code, 1)
        self.assertIn("needs root", said)
        self.assertNotIn("\n", said)


class BadInput(unittest.TestCase):
    def test_an_unknown_row(self) -> None:
        code, said = run(RUN, "check", "--rows", "trixie-9.9")
        self.assertEqual(code, 1)
        self.assertRegex(said, r"\Alab: trixie-9\.9: no such row; rows:[^\n]*\Z")

    def test_an_unknown_target(self) -> None:
        with self.assertRaisesRegex(LabError, "no such row"):
            matrix.choose(["nonsense"])

    def test_no_terminal(self) -> None:
        code, said = run(RUN, "vm", "trixie-6.12")
        self.assertEqual(code, 1)
        self.assertIn("needs a terminal", said)
