# SPDX-License-Identifier: GPL-2.0-only
"""
Machines as data. A NIC has the name of the port that its cable is in: what keeps
that name through a change is the same port, whatever the guest calls it. Where a
NIC sits is what QEMU was told: slot and function of each bridge on the way to it,
as "06.0/00.0". Bus numbers, which change, are not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

PC_SLOTS = "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off"


@dataclass(frozen=True)
class Nic:
    model: str
    bus: str            # pcie.0, or the id of a bridge
    addr: str           # slot and function there, or the port of a USB controller
    mac: str
    more: tuple[str, ...] = ()    # further properties

    def words(self, port: str) -> list[str]:
        backend = f"lan-{port}"
        device = [self.model, f"id={port}", f"netdev={backend}", f"mac={self.mac}", f"bus={self.bus}"]
        device += [f"port={self.addr}"] if self.model == "usb-net" else [f"addr={self.addr}", "romfile="]
        return ["-netdev", f"hubport,id={backend},hubid=0", "-device", ",".join([*device, *self.more])]


@dataclass(frozen=True)
class Bridge:
    model: str
    bus: str
    addr: str
    more: tuple[str, ...] = ()

    def words(self, name: str) -> list[str]:
        return ["-device", ",".join([self.model, f"id={name}", f"bus={self.bus}",
                                     f"addr={self.addr}", *self.more])]


def root_port(addr: str, number: int) -> Bridge:
    """With the slot number that firmware or kernel name the slot by."""
    return Bridge("pcie-root-port", "pcie.0", addr, (f"chassis={number}", f"slot={10 + number}"))


@dataclass(frozen=True)
class Machine:
    nics: dict[str, Nic]
    bridges: dict[str, Bridge]
    root: tuple[str, ...] = ("-machine", "q35")
    label: str = ""     # the port that SMBIOS calls "Management LAN"

    def words(self) -> list[str]:
        words = list(self.root)
        for name, bridge in self.bridges.items():
            words += bridge.words(name)
        for port, nic in self.nics.items():
            words += nic.words(port)
        if self.label:
            words += ["-smbios", f"type=41,designation=Management LAN,instance=1,kind=ethernet,pcidev={self.label}"]
        return words

    def _chain(self, bus: str) -> list[str]:
        bridge = self.bridges.get(bus.split(".")[0])
        return [*self._chain(bridge.bus), bridge.addr] if bridge else []

    def places(self) -> dict[str, str]:
        """{place: port}"""
        found = {}
        for port, nic in self.nics.items():
            last = f"usb{nic.addr}" if nic.model == "usb-net" else nic.addr
            found["/".join([*self._chain(nic.bus), last])] = port
        return found

    def but(self, port: str, **fields: Any) -> Machine:
        """The same with another NIC in a port."""
        return replace(self, nics={**self.nics, port: replace(self.nics[port], **fields)})

    def plus(self, port: str, nic: Nic | None, **bridges: Bridge) -> Machine:
        """The same with one more NIC (None: bridges only)."""
        nics = {**self.nics, port: nic} if nic else self.nics
        return replace(self, nics=nics, bridges={**bridges, **self.bridges})

    def labelled(self, port: str) -> Machine:
        return replace(self, label=port)


SERIAL = "WM0007"


def mac(number: int) -> str:
    return f"52:54:00:9a:00:{number:02x}"


BRIDGES = {
    "rp1": root_port("06.0", 1), "rp2": root_port("07.0", 2), "rp3": root_port("08.0", 3),
    "rp4": root_port("09.0", 4), "rp5": root_port("0a.0", 5), "rp6": root_port("0b.0", 6),
    "xhci": Bridge("qemu-xhci", "pcie.0", "0c.0"),
}

# Four cards of three models, a card of two functions, a USB NIC; rp3 to rp5 are empty.
FIRMWARE = Machine(
    nics={
        "lan": Nic("virtio-net-pci", "pcie.0", "03.0", mac(1)),
        "mgmt": Nic("e1000e", "pcie.0", "04.0", mac(2)),
        "wan": Nic("virtio-net-pci", "rp1", "00.0", mac(3), ("acpi-index=5",)),
        "san": Nic("igb", "rp2", "00.0", mac(4)),
        "two0": Nic("e1000e", "rp6", "00.0", mac(5), ("multifunction=on",)),
        "two1": Nic("e1000e", "rp6", "00.1", mac(6)),
        "usb": Nic("usb-net", "xhci.0", "1", mac(7), (f"serial={SERIAL}",)),
    },
    bridges=BRIDGES, label="mgmt")

# The firmware leaves hot-plug to the kernel, which then names the slots.
SLOTS = replace(FIRMWARE.but("wan", more=()), root=("-machine", "q35", "-global", PC_SLOTS))

# The same cards, as far as they fit, on a board without PCI Express.
OLD_BOARD = replace(FIRMWARE, root=("-machine", "pc"), bridges={}, nics={
    "lan": Nic("virtio-net-pci", "pci.0", "03.0", mac(1)),
    "mgmt": Nic("e1000e", "pci.0", "04.0", mac(2)),
    "wan": Nic("virtio-net-pci", "pci.0", "06.0", mac(3), ("acpi-index=5",)),
})
