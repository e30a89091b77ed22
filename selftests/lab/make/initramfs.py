# SPDX-License-Identifier: GPL-2.0-only
"""
A busybox that loads the row's own block, squashfs and overlay modules, stacks
the images and hands over to systemd. Its cpio archive is written here, so that
the host needs no cpio.
"""

from __future__ import annotations

import lzma
import os
import stat
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lab.host import cache
from lab.host.error import LabError
from lab.make import matrix
from lab.make.chroot import Chroot
from lab.make.kernel import Kernel

if TYPE_CHECKING:
    from lab.laboratory import Lab

MODULES = ("virtio_pci", "virtio_blk", "squashfs", "overlay")
INIT = os.path.join(matrix.HERE, "guest", "init")


def dependencies(modules: str, wanted: Sequence[str]) -> list[str]:
    """Paths below modules/, in the order to load them; built-in ones left out."""
    table: dict[str, tuple[str, list[str]]] = {}
    with open(os.path.join(modules, "modules.dep")) as lines:
        for line in lines:
            path, _, needed = line.partition(":")
            table[name_of(path)] = (path, needed.split())
    with open(os.path.join(modules, "modules.builtin")) as lines:
        builtin = {name_of(line.strip()) for line in lines}
    order: list[str] = []
    for name in wanted:
        if name in builtin:
            continue
        path, needs = table[name]
        for item in [*reversed(needs), path]:
            if item not in order:
                order.append(item)
    return order


def name_of(path: str) -> str:
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def content(path: str) -> bytes:
    """The module itself; Debian compresses with xz or not at all."""
    with open(path, "rb") as data:
        raw = data.read()
    if path.endswith(".ko"):
        return raw
    if path.endswith(".xz"):
        return lzma.decompress(raw)
    raise LabError(f"{path}: unknown compression of a kernel module")


class Cpio:
    """The newc format, as the kernel's initramfs code reads it."""

    def __init__(self) -> None:
        self.blob = bytearray()
        self.inode = 0

    def add(self, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
        self.inode += 1
        raw = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(raw), 0)
        self.blob += b"070701" + b"".join(b"%08X" % field for field in fields) + raw
        self.pad()
        self.blob += data
        self.pad()

    def pad(self) -> None:
        self.blob += b"\0" * (-len(self.blob) % 4)

    def finish(self) -> bytes:
        self.add("TRAILER!!!", 0)
        return bytes(self.blob)


def build(files: Mapping[str, tuple[int, bytes]]) -> bytes:
    """files: {path: (mode, data)}; folders are made as needed."""
    cpio = Cpio()
    folders = set()
    for path, (mode, data) in files.items():
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in folders:
                folders.add(folder)
                cpio.add(folder, stat.S_IFDIR | 0o755)
        cpio.add(path, mode, data)
    cpio.add("dev", stat.S_IFDIR | 0o755)
    cpio.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    for folder in ("proc", "sys", "lower", "rw", "root"):
        cpio.add(folder, stat.S_IFDIR | 0o755)
    return cpio.finish()


def busybox(tools: Chroot) -> bytes:
    """The program busybox of the laboratory's chroot."""
    for path in ("usr/bin/busybox", "bin/busybox"):
        found = os.path.join(tools.path, path)
        if os.path.exists(found):
            with open(found, "rb") as data:
                return data.read()
    raise LabError("the lab chroot holds no busybox")


def get(lab: Lab, target: matrix.Target, kernel: Kernel) -> str:
    """The path of the initramfs for a kernel."""
    tree = kernel.tree()
    tools = lab.tools()
    modules = kernel.modules()

    def make(tmp: str) -> None:
        regular = stat.S_IFREG | 0o755
        files = {"bin/busybox": (regular, busybox(tools))}
        with open(INIT, "rb") as script:
            files["init"] = (regular, script.read())
        order = []
        for path in dependencies(modules, MODULES):
            name = name_of(path) + ".ko"
            files[f"modules/{name}"] = (regular, content(os.path.join(modules, path)))
            order.append(name)
        files["modules/order"] = (regular, "".join(f"{name}\n" for name in order).encode())
        with open(os.path.join(tmp, "initramfs"), "wb") as out:
            out.write(build(files))
    key = cache.key(os.path.basename(tree), MODULES, cache.file_digest(INIT), tools.path, 1)
    return os.path.join(lab.cache.entry("initramfs", target.name, key, make), "initramfs")
