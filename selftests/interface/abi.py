#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
What programs find is what Documentation/ABI says, both ways: all that is written there is
there, and nothing else. Also the versions of the file formats.
"""

import glob
import json
import os
import re
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRIES = ("dev-flex_array", "dev-netdev_naming", "dev-symbol_index", "sysfs-class-netdev_naming",
           "sysfs-module-symbol_index", "sysfs-module-symbol_index_loader", "udev-netdev_naming")
HEADERS = ("flex_array.h", "netdev_naming.h", "symbol_index.h", "symbol_index_format.h")
MODULES = ("flex_array", "netdev_naming", "symbol_index", "symbol_index_loader")
# What the kernel itself gives every device of a class, and every class.
KERNELS_OWN = {"dev", "device", "power", "subsystem", "uevent", "waiting_for_supplier"}
# A tag of ours is no property that anybody asks for.
PROPERTY = re.compile(r"^(NETDEV_NAMING_\w+)=", re.MULTILINE)


def text_of(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def documented() -> list[str]:
    return [found.strip() for name in ENTRIES
            for found in re.findall(r"^What:\s*(.*)$", text_of(name), re.MULTILINE)]


def pattern(what: str) -> re.Pattern[str]:
    """Of an entry: <word> is a number or a name."""
    return re.compile("".join(r"[^/]+" if part.startswith("<") else re.escape(part)
                              for part in re.split(r"(<[^>]*>)", what)))


def known(path: str, whats: list[str]) -> bool:
    return any(pattern(what).fullmatch(path) for what in whats)


def shell(*words: str) -> str:
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, encoding="utf-8",
                          errors="replace").stdout


def is_there(what: str) -> bool:
    return bool(glob.glob(re.sub(r"<[^>]*>", "*", what)))


def missing_paths(whats: list[str]) -> Iterator[str]:
    """Written down, and not there. Without live patches the loader has nothing to do."""
    for what in whats:
        loader = "/symbol_index_loader/" in what
        if what.startswith("/") and not (loader and not is_there("/sys/module/symbol_index_loader")):
            if not is_there(what) and not what.startswith("/dev/netdev/by-"):
                yield what


def attributes() -> Iterator[str]:
    for top in ("/sys/class/netdev_naming", "/sys/class/netdev_naming_event"):
        for name in sorted(os.listdir(top)) if os.path.isdir(top) else ():
            path = os.path.join(top, name)
            if not os.path.isdir(path):
                yield path
                continue
            yield from (os.path.join(path, entry) for entry in os.listdir(path)
                        if entry not in KERNELS_OWN)
    for module in MODULES:
        yield from glob.glob(f"/sys/module/{module}/parameters/*")


def other_paths(whats: list[str]) -> Iterator[str]:
    yield from (path for path in attributes() if not known(path, whats))


def other_nodes(whats: list[str]) -> Iterator[str]:
    """Of /dev/netdev: nodes that all may read, and folders of links to them."""
    for folder, _, names in os.walk("/dev/netdev"):
        for name in names:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            if not known(path, whats):
                yield f"{path} is not written down"
            if folder != "/dev/netdev" and not stat.S_ISLNK(status.st_mode):
                yield f"{path} is no link"
            if folder == "/dev/netdev" and (not stat.S_ISCHR(status.st_mode) or status.st_mode & 0o777 != 0o444):
                yield f"{path} has mode {status.st_mode:o}"
            if folder != "/dev/netdev" and not re.fullmatch(r"/dev/netdev/if\d+", os.path.realpath(path)):
                yield f"{path} leads to {os.path.realpath(path)}"


def other_properties(whats: list[str]) -> Iterator[str]:
    words = [what.split()[-1] for what in whats if what.startswith("udev property ")]
    names = [re.compile(re.sub(r"<[^>]*>", r"\\d+", word)) for word in words]
    seen = False
    for node in glob.glob("/dev/netdev/if*"):
        for found in PROPERTY.findall(shell("udevadm", "info", "-q", "property", node)):
            seen = True
            if not any(name.fullmatch(found) for name in names):
                yield f"{node}: {found} is not written down"
    if not seen:
        yield "no node has a property"


def missing_structures(_: list[str]) -> Iterator[str]:
    table = text_of("layout.h")
    for header in HEADERS:
        for name in re.findall(r"^struct (\w+) \{", text_of(header), re.MULTILINE):
            if f"STRUCT({name}, " not in table:
                yield f"struct {name} of {header} is not in layout.h"


def other_versions(_: list[str]) -> Iterator[str]:
    snapshot = json.loads(shell("netdevname", "snapshot", "-j"))
    if snapshot.get("netdevname_snapshot") != 1:
        yield f"netdevname snapshot: version {snapshot.get('netdevname_snapshot')}"
    with open(f"/lib/modules/{os.uname().release}/symbol_index.bin", "rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89SYMIDX\n" or struct.unpack_from("<II", head, 12) != (1, 256):
        yield f"symbol_index.bin begins with {head.hex()}"


POINTS: tuple[tuple[str, Callable[[list[str]], Iterator[str]]], ...] = (
    ("all that Documentation/ABI names is there", missing_paths),
    ("sysfs has no other attributes of ours", other_paths),
    ("/dev/netdev has what is written down, readable by all, links to nodes only", other_nodes),
    ("nodes have no other properties of ours in udev", other_properties),
    ("every structure of the headers is held by layout.h", missing_structures),
    ("files have the versions that were published", other_versions),
)


def prepare() -> None:
    shell("modprobe", "-a", "netdev_naming", "symbol_index", "flex_array")
    # Only where the kernel has live patches.
    subprocess.run(["modprobe", "-q", "symbol_index_loader"], check=False)
    shell("udevadm", "settle", "--timeout=180")


def unload_loader(patience: float = 120) -> bool:
    """Disable the live patch, as a module with an enabled one stays. True once it is gone."""
    enabled = "/sys/kernel/livepatch/symbol_index_loader/enabled"
    module = "/sys/module/symbol_index_loader"
    end = time.monotonic() + patience
    while os.path.isdir(module) and time.monotonic() < end:
        if os.path.exists(enabled):
            # Refused while the patch is still being applied, gone once it is removed.
            subprocess.run(["sh", "-c", f"echo 0 > {enabled}"], check=False, stderr=subprocess.DEVNULL)
        else:
            subprocess.run(["rmmod", "symbol_index_loader"], check=False, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
    return not os.path.isdir(module)


def main() -> int:
    loaded = os.path.isdir("/sys/module/symbol_index_loader")
    prepare()
    whats = documented()
    print(f"TAP version 13\n1..{len(POINTS) + 1}")
    failed = False
    for nr, (text, look) in enumerate(POINTS, 1):
        wrong = list(look(whats))
        failed = failed or bool(wrong)
        print("not " * bool(wrong) + f"ok {nr} {text}")
        print("".join(f"# {line}\n" for line in wrong), end="")
    # What stays loaded holds symbol_index, and tests that come later unload that.
    left = not loaded and not unload_loader()
    print("not " * left + f"ok {len(POINTS) + 1} the loader is gone again")
    return failed or left


if __name__ == "__main__":
    sys.exit(main())
