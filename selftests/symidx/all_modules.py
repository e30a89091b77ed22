#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
symidx check against finit_module(2) for every module of this kernel.

The kernel is given each module without its relocations of init and exit, and
without its signature, which would not fit any more: so it does all that it does
to load a module, save for running it, and no hardware is needed and none is
touched. What a module depends on is loaded in the same way.

Files that symidx is given together take the place of what the index says of those
modules. So no file is given together with one that it depends on: every answer is
the index's.

WAYMARK_EVERY=N takes every Nth module only.
"""

from __future__ import annotations

import ctypes
import errno
import json
import lzma
import os
import struct
import subprocess
import sys
import tempfile
from typing import Any

RELEASE = os.uname().release
FOLDER = f"/lib/modules/{RELEASE}"
MARK = b"~Module signature appended~\n"
SIGNATURE_HEAD = 12         # struct module_signature
LOADED_AT_MOST = 400        # at a time: memory
# Modules about which the kernel itself warns as soon as it reads them in, which fails the run.
WARNED_ABOUT = {"hfi1": "7.3 takes a format of its trace events for a double dereference"}
FINIT_MODULE, DELETE_MODULE = {"x86_64": (313, 176), "aarch64": (273, 106)}[os.uname().machine]
NONBLOCK = os.O_NONBLOCK

libc = ctypes.CDLL(None, use_errno=True)


def content(path: str) -> bytearray:
    """The module's bytes, uncompressed."""
    if path.endswith(".xz"):
        with lzma.open(path) as data:
            return bytearray(data.read())
    if path.endswith(".zst"):
        return bytearray(subprocess.run(["zstd", "-dqc", path], check=True,
                                        stdout=subprocess.PIPE).stdout)
    with open(path, "rb") as data:
        return bytearray(data.read())


def unsigned(data: bytearray) -> bytearray:
    """Without the signature at its end."""
    if not data.endswith(MARK):
        return data
    size, = struct.unpack_from(">I", data, len(data) - len(MARK) - 4)
    return data[:len(data) - len(MARK) - SIGNATURE_HEAD - size]


def harmless(data: bytearray) -> tuple[bytearray, int]:
    """With relocations of no kind where its struct module names init and exit."""
    start, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, start + i * size) for i in range(count)]
    text = sections[names][4]

    def name(section: tuple[int, ...]) -> bytes:
        at = text + section[0]
        return bytes(data[at:data.index(0, at)])
    mine = [i for i, section in enumerate(sections) if name(section) == b".gnu.linkonce.this_module"]
    found = 0
    for section in sections:
        if section[1] == 4 and section[7] in mine:     # SHT_RELA
            for at in range(section[4], section[4] + section[5], 24):
                struct.pack_into("<Q", data, at + 8, 0)
                found += 1
    return data, found


def name_of(path: str) -> str:
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def loaded() -> set[str]:
    with open("/proc/modules") as lines:
        return {line.split()[0] for line in lines}


class Kernel:
    """What is loaded, and what the kernel says to more."""

    def __init__(self, needs: dict[str, list[str]], paths: dict[str, str]) -> None:
        self.needs = needs
        self.paths = paths
        self.before = loaded()  # by the system, also meanwhile
        self.loaded: list[str] = []
        self.ran: list[str] = []           # modules whose struct module could not be made harmless

    def insert(self, name: str) -> int:
        """0 or the errno."""
        data, found = harmless(unsigned(content(self.paths[name])))
        if not found:
            self.ran.append(name)
        memory = os.memfd_create(name)
        try:
            os.write(memory, data)
            # The kernel refuses a file that somebody could still write to.
            reader = os.open(f"/proc/self/fd/{memory}", os.O_RDONLY)
        finally:
            os.close(memory)
        try:
            if libc.syscall(FINIT_MODULE, reader, b"", 0) == 0:
                self.loaded.append(name)
                return 0
            error = ctypes.get_errno()
        finally:
            os.close(reader)
        if error == errno.EEXIST and name in loaded():
            # One whose init ran has made a device, and udev has loaded this for it.
            self.before.add(name)
            return 0
        return error

    def unload(self) -> None:
        while self.loaded:
            name = self.loaded.pop()
            if libc.syscall(DELETE_MODULE, name.encode(), NONBLOCK):
                raise SystemExit(f"Bail out! {name} does not go: "
                                 f"{os.strerror(ctypes.get_errno())}")

    def attempt(self, name: str) -> tuple[int, str]:
        """0, or the errno and whose it is."""
        for each in [*self.needs[name], name]:
            if each in self.before or each in self.loaded:
                continue
            error = self.insert(each)
            if error:
                return error, each
        return 0, name

    def verdict(self, name: str) -> tuple[bool, str]:
        """(loads, why not)"""
        if len(self.loaded) > LOADED_AT_MOST:
            self.unload()
        error, culprit = self.attempt(name)
        if error:
            # Something else that is loaded may export the same.
            self.unload()
            error, culprit = self.attempt(name)
        return error == 0, f"{errno.errorcode.get(error, error)} from {culprit}" if error else ""


def modules() -> tuple[dict[str, list[str]], dict[str, str]]:
    """({name: what has to be loaded before, in order}, {name: path})"""
    needs: dict[str, list[str]] = {}
    paths: dict[str, str] = {}
    with open(f"{FOLDER}/modules.dep") as lines:
        for line in lines:
            path, _, rest = line.partition(":")
            if not path.startswith("kernel/"):
                continue
            name = name_of(path)
            if name in WARNED_ABOUT:
                print(f"# left out: {name}: {WARNED_ABOUT[name]}", flush=True)
                continue
            paths[name] = os.path.join(FOLDER, path)
            # modules.dep names them in the order in which they are unloaded.
            needs[name] = [name_of(other) for other in reversed(rest.split())]
    return needs, paths


def independent(wanted: list[str], needs: dict[str, list[str]]) -> list[list[str]]:
    """Groups of the names, none of which needs another one of its group."""
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 0    # for a circle, which there is not
            depths[name] = 1 + max((depth(other) for other in needs.get(name, ())), default=-1)
        return depths[name]
    groups: dict[int, list[str]] = {}
    for name in wanted:
        groups.setdefault(depth(name), []).append(name)
    return [groups[key] for key in sorted(groups)]


def ask_group(names: list[str], paths: dict[str, str], index: str) -> list[dict[str, Any]]:
    """Verdicts on files that do not need each other; a proof that symidx agrees to that."""
    run = subprocess.run(["symidx", "check", "-j", "--index", index, *(paths[n] for n in names)],
                         stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1):
        raise SystemExit(f"Bail out! symidx check: status {run.returncode}")
    found: list[dict[str, Any]] = json.loads(run.stdout)["modules"]
    for one in found:
        of_files = set(one["needs"]) & set(names)
        if of_files:
            raise SystemExit(f"Bail out! {one['module']} was checked against the file of "
                             f"{of_files.pop()}, not against the index")
    return found


def ask_symidx(wanted: list[str], needs: dict[str, list[str]],
               paths: dict[str, str]) -> tuple[dict[str, tuple[bool, str]], int]:
    """({name: (loads, reasons)}, how many modules need others)"""
    verdicts: dict[str, tuple[bool, str]] = {}
    using = 0
    with tempfile.TemporaryDirectory() as top:
        index = f"{FOLDER}/symbol_index.bin"
        if not os.path.exists(index):
            index = f"{top}/index"
            subprocess.run(["symidx", "build", "-o", index], stdout=subprocess.DEVNULL, check=True)
        for names in independent(wanted, needs):
            for one in ask_group(names, paths, index):
                using += bool(one["needs"])
                reasons = "; ".join(p["reason"] for p in one["problems"])
                verdicts[one["module"]] = (one["loads"], reasons)
    return verdicts, using


def main() -> None:
    print("TAP version 13\n1..3", flush=True)
    needs, paths = modules()
    wanted = sorted(paths)[::int(os.environ.get("WAYMARK_EVERY") or 1)]
    ours, using = ask_symidx(wanted, needs, paths)
    judged = all(name in ours for name in wanted)
    print(f"{'ok' if judged else 'not ok'} 1 symidx gives a verdict on each of {len(wanted)}",
          flush=True)
    kernel = Kernel(needs, paths)
    compared = differences = system = refused = 0
    for name in wanted:
        theirs, why = (True, "") if name in kernel.before else kernel.verdict(name)
        system += name in kernel.before
        loads, reasons = ours.get(name, (None, "no verdict"))
        compared += 1
        refused += not theirs
        if loads != theirs:
            differences += 1
            print(f"# {name}: symidx says {'loads' if loads else reasons}, "
                  f"the kernel says {'loads' if theirs else why}", flush=True)
    kernel.unload()
    print(f"# {using} need other modules, which symidx took from the index")
    print(f"# {compared} compared, {system} of them loaded by the system, {refused} refused by "
          f"the kernel, {len(kernel.ran)} ran their init")
    print(f"{'not ok' if differences else 'ok'} 2 symidx agrees with the kernel on every module")
    enough = compared == len(wanted) and len(paths) > 3000
    print(f"{'ok' if enough else 'not ok'} 3 that was all of {len(paths)} modules that there are"
          if len(wanted) == len(paths) else
          f"{'ok' if enough else 'not ok'} 3 that was a sample of {len(paths)} modules")
    sys.exit(0 if judged and enough and not differences else 1)


if __name__ == "__main__":
    main()
