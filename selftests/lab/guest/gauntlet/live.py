# SPDX-License-Identifier: GPL-2.0-only
"""What happens to a running machine: each step looks, acts, looks, and undoes it."""

from __future__ import annotations

import contextlib
import functools
import glob
import os

import look
from look import name_at, run, settle, wait_for

LAN, MGMT, WAN, SAN = "03.0", "04.0", "06.0/00.0", "07.0/00.0"
SLOT3, SLOT4 = "08.0/00.0", "09.0/00.0"
HOT = "52:54:00:9a:00:40"
UDEV = ("systemd-udevd-control.socket", "systemd-udevd-kernel.socket", "systemd-udevd.service")


def ip(*words: str, check: bool = True) -> str:
    return run("ip", *words, check=check)


def rename(old: str, new: str) -> None:
    """
    A name that udev made an alternative one, of this NIC or of the one that had it
    until now, is in the way. ip finds who has it by that name.
    """
    settle()
    ip("link", "property", "del", "dev", new, "altname", new, check=False)
    ip("link", "set", "dev", old, "name", new)


def udev_units() -> list[str]:
    return [unit for unit in UDEV if glob.glob(f"/usr/lib/systemd/system/{unit}")
            or glob.glob(f"/lib/systemd/system/{unit}")]


def plug(name: str, port: str, where: str, address: str) -> None:
    run("machine", "add", name, "e1000e", port, f"mac={address}")
    wait_for(f"a NIC in {port}", lambda: name_at(where))
    settle()


def unplug(name: str, where: str) -> None:
    run("machine", "del", name)
    wait_for(f"{name} to go", lambda: not name_at(where))
    settle()


class Step:
    """before() prepares what is no part of the change; act() is the change."""
    name = ""

    def before(self) -> None:
        pass

    def act(self) -> None:
        raise NotImplementedError

    def undo(self) -> None:
        pass

    def walk(self) -> None:
        self.before()
        look.report(f"{self.name}:before")
        try:
            self.act()
            look.report(f"{self.name}:after")
        except look.Trouble:
            # What undoing says then is only what follows from it.
            with contextlib.suppress(look.Trouble):
                self.undo()
            raise
        self.undo()
        settle()


class Replug(Step):
    name = "hot-unplug and replug"

    def before(self) -> None:
        plug("hot", "rp3", SLOT3, HOT)

    def act(self) -> None:
        unplug("hot", SLOT3)
        plug("hot", "rp3", SLOT3, HOT)

    def undo(self) -> None:
        unplug("hot", SLOT3)


class OtherSlot(Replug):
    name = "replug into another slot"

    def act(self) -> None:
        unplug("hot", SLOT3)
        plug("hot", "rp4", SLOT4, HOT)

    def undo(self) -> None:
        unplug("hot", SLOT4)


class Rename(Step):
    name = "admin renames"

    def before(self) -> None:
        self.names = {where: name_at(where) for where in (LAN, MGMT, WAN, SAN)}

    def act(self) -> None:
        for number, name in enumerate(self.names.values()):
            rename(name, f"admin{number}")

    def undo(self) -> None:
        for where, name in self.names.items():
            rename(name_at(where), name)


class Swap(Step):
    name = "two names swapped"

    def before(self) -> None:
        self.names = name_at(LAN), name_at(MGMT)

    def swap(self) -> None:
        first, second = name_at(LAN), name_at(MGMT)
        rename(first, "swap0")
        rename(second, first)
        rename("swap0", second)

    def act(self) -> None:
        self.swap()

    def undo(self) -> None:
        self.swap()


class Twin(Step):
    name = "two NICs with one MAC"

    def act(self) -> None:
        plug("twin", "rp4", SLOT4, "52:54:00:9a:00:01")

    def undo(self) -> None:
        unplug("twin", SLOT4)


class Dock(Step):
    """In a slot before that of the card: by place alone, it would win."""
    name = "dock with the address of a card"

    def act(self) -> None:
        plug("dock", "rp3", SLOT3, "52:54:00:9a:00:05")

    def undo(self) -> None:
        unplug("dock", SLOT3)


class Rebind(Step):
    name = "driver unbound and bound"

    def act(self) -> None:
        device = os.path.realpath(f"/sys/class/net/{name_at(MGMT)}/device")
        driver = os.path.realpath(f"{device}/driver")
        for action in ("unbind", "bind"):
            with open(f"{driver}/{action}", "w") as out:
                out.write(os.path.basename(device))
            settle()
        wait_for("the NIC to come back", lambda: name_at(MGMT))


class Restart(Step):
    """Events that get lost while udevd is away leave links behind, and leave links out."""
    name = "udevd restarted during renames"
    count = 100

    def batch(self, *lines: str) -> None:
        with open("/run/batch", "w") as out:
            out.writelines(line + "\n" for line in lines)
        ip("-batch", "/run/batch")

    def before(self) -> None:
        self.batch(*(f"link add lost{number} type dummy" for number in range(self.count)))
        settle()

    def renamed(self) -> bool:
        links = look.links()
        return all(f"by-name/found{number}" in links and f"by-name/lost{number}" not in links
                   for number in range(self.count))

    def act(self) -> None:
        half = self.count // 2
        renames = [f"link set dev lost{number} name found{number}" for number in range(self.count)]
        self.batch(*renames[:half])
        run("systemctl", "stop", *udev_units())
        self.batch(*renames[half:])
        run("systemctl", "start", *udev_units())
        wait_for("the links of all new names", self.renamed)

    def undo(self) -> None:
        self.batch(*(f"link del found{number}" for number in range(self.count)))


class RoundTrip(Step):
    name = "namespace round trip"

    def act(self) -> None:
        name = name_at(LAN)
        ip("netns", "add", "away")
        ip("link", "set", "dev", name, "netns", "away")
        settle()
        ip("-n", "away", "link", "set", "dev", name, "netns", "1")

    def undo(self) -> None:
        ip("netns", "del", "away")


class Deleted(Step):
    name = "namespace deleted"

    def act(self) -> None:
        ip("netns", "add", "away")
        ip("link", "set", "dev", name_at(LAN), "netns", "away")
        settle()
        ip("netns", "del", "away")
        wait_for("the NIC to come back", lambda: name_at(LAN))


class Stack(Step):
    name = "bond, VLAN and macvlan over NICs"

    def act(self) -> None:
        lan, mgmt, wan = name_at(LAN), name_at(MGMT), name_at(WAN)
        ip("link", "add", "stack-bond", "type", "bond", "mode", "active-backup")
        for name in (mgmt, lan):
            ip("link", "set", "dev", name, "down")
            ip("link", "set", "dev", name, "master", "stack-bond")
        ip("link", "add", "link", wan, "name", "stack-vlan", "type", "vlan", "id", "7")
        ip("link", "add", "link", wan, "name", "stack-mac", "type", "macvlan", "mode", "bridge")

    def undo(self) -> None:
        for name in ("stack-vlan", "stack-mac", "stack-bond"):
            ip("link", "del", "dev", name, check=False)


class Functions(Step):
    name = "SR-IOV functions made again"

    def number(self, count: int) -> None:
        path = os.path.realpath(f"/sys/class/net/{name_at(SAN)}/device/sriov_numvfs")
        with open(path, "w") as out:
            out.write(str(count))
        for number in range(count):
            wait_for(f"virtual function {number}", functools.partial(name_at, f"{SAN}/vf{number}"))
        settle()

    def before(self) -> None:
        self.number(2)

    def act(self) -> None:
        self.number(0)
        self.number(2)

    def undo(self) -> None:
        self.number(0)


class HandOver(Step):
    """
    The initramfs has a udev that knows nothing of ours; its records are dropped,
    and the real root's udev and module meet NICs that have their names already.
    """
    name = "initramfs to real root"

    def act(self) -> None:
        units = udev_units()
        settle()
        run("systemctl", "stop", *units)
        run("modprobe", "-r", "netdev_naming")
        run("rm", "-rf", "/run/udev/data", "/run/udev/links", "/run/udev/tags", "/dev/netdev")
        run("modprobe", "netdev_naming")
        run("systemctl", "start", *units)
        run("udevadm", "trigger", "--type=subsystems", "--action=add")
        run("udevadm", "trigger", "--type=devices", "--action=add")
        settle()


class Many(Step):
    name = "500 NICs"

    def act(self) -> None:
        self.batch("add", "type", "dummy")

    def batch(self, verb: str, *more: str) -> None:
        with open("/run/batch", "w") as out:
            out.writelines(f"link {verb} many{number} {' '.join(more)}\n" for number in range(500))
        ip("-batch", "/run/batch")

    def undo(self) -> None:
        self.batch("del")


STEPS = [kind() for kind in (Replug, OtherSlot, Rename, Swap, Twin, Dock, Rebind,
                             Restart, RoundTrip, Deleted, Stack, Functions,
                             HandOver, Many)]
