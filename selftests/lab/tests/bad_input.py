# SPDX-License-Identifier: GPL-2.0-only
"""
Bad input and a bad world: each must end in one line that says what to do, and
leave nothing behind that spoils the next run.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

from lab import cli
from lab.host import cache
from lab.host.error import LabError
from lab.make import chroot, matrix

LAB = os.path.join(matrix.HERE, "run")


class Mirror(threading.Thread):
    """An HTTP server that stops in the middle of every answer."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/debian"
        self.requests = 0

    def run(self):
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


def _lists_from(url, folder):
    """What reading package lists from a mirror at url says."""
    env = dict(os.environ, WAYMARK_CACHE=os.path.join(folder, "cache"))
    done = subprocess.run([sys.executable, "-c", READ_LISTS, url, os.path.join(folder, "results")],
                          env=env, cwd=os.path.dirname(matrix.HERE), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip()


def no_network():
    with tempfile.TemporaryDirectory() as folder:
        said = _lists_from("http://127.0.0.1:9/debian", folder)
    return "does not answer" in said and "\n" not in said, f"no network reads: {said}"


def mirror_stops():
    mirror = Mirror()
    mirror.start()
    with tempfile.TemporaryDirectory() as folder:
        said = _lists_from(mirror.url, folder)
    mirror.socket.close()
    return "does not answer" in said and mirror.requests > 0, f"a mirror that stops reads: {said}"


def mirror_stops_later():
    """In the middle of the packages: mmdebstrap's words, recorded."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        log.write("Err:12 http://mirror/debian trixie/main amd64 gcc-14 amd64 14.2.0-19\n"
                  "  Error reading from server. Remote end closed connection\n"
                  "E: Failed to fetch http://mirror/debian/pool/main/g/gcc-14.deb\n")
        log.flush()
        said = str(chroot.hint(LabError("chroot: failed with status 25"), "trixie", log.name))
    return "stopped half-way" in said and "run again" in said, f"a mirror that stops later reads: {said}"


def no_space():
    """A tiny file system as the cache."""
    with tempfile.TemporaryDirectory() as folder:
        script = (f"mount -t tmpfs -o size=8m tmpfs {folder} && "
                  f"WAYMARK_CACHE={folder} {LAB} check --rows trixie-6.12")
        done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    said = done.stderr.strip()
    return (done.returncode == 1 and "MB free" in said and "WAYMARK_CACHE" in said
            and "Traceback" not in said), f"a full disk reads: {said[-300:]}"


def no_root():
    """Neither root nor sudo: a PATH with only what the script needs."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for tool in ("sh", "id", "dirname"):
            os.symlink(shutil.which(tool), os.path.join(folder, tool))
        copy = os.path.join(folder, "lab")
        shutil.copy(LAB, copy)
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env",
                               f"PATH={folder}", os.path.join(folder, "sh"), copy, "rows"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    said = done.stderr.strip()
    return (done.returncode == 1 and "needs root" in said
            and len(said.splitlines()) == 1), f"no root reads: {said}"


def _run(*words):
    done = subprocess.run([LAB, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    return done.returncode, done.stderr.strip()


def unknown_row():
    code, said = _run("check", "--rows", "trixie-9.9")
    good = code == 1 and said.startswith("lab: trixie-9.9: no such row; rows:")
    return good and len(said.splitlines()) == 1, f"an unknown row reads: {said}"


def unknown_row_everywhere():
    try:
        cli.choose(["nonsense"])
    except LabError as error:
        return "no such row" in str(error), str(error)
    return False, "an unknown row is accepted"


def no_terminal():
    code, said = _run("vm", "trixie-6.12")
    return code == 1 and "needs a terminal" in said, f"vm without a terminal reads: {said}"


def corrupt_chroot():
    """A tree entry (more files than an image has) that lost a file is made again."""
    calls = []

    def make(tmp):
        calls.append(tmp)
        for number in range(cache.FEW + 10):
            with open(os.path.join(tmp, f"file{number}"), "w") as out:
                out.write("content")
    with tempfile.TemporaryDirectory() as folder:
        path = cache.Cache(folder).entry("sample", "selftest", "k" * 16, make)
        with open(os.path.join(path, "file3"), "w") as out:
            out.write("cut")
        again = cache.Cache(folder).entry("sample", "selftest", "k" * 16, make)
        with open(os.path.join(again, "file3")) as data:
            return data.read() == "content" and len(calls) == 2, "a cut file in a chroot is not seen"


ALL = (no_network, mirror_stops, mirror_stops_later, no_space, no_root, unknown_row,
       unknown_row_everywhere, no_terminal, corrupt_chroot)
