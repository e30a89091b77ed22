# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios as data: a boot before, a boot after. What is done to a running
machine is in guest/live.py; here is only where the cards are then."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.gauntlet.machines import FIRMWARE, OLD_BOARD, SERIAL, SLOTS, Bridge, Machine, Nic, mac, root_port

TARGET = "trixie-6.12"
# Two drivers fit the USB NIC, and the first to be loaded has it, by one interface of the
# device or by another: a difference of its own, so cdc_ether is there before the NIC.
FORWARD = "modules_load=cdc_ether,virtio_net,e1000e,igb"
BACKWARD = "modules_load=cdc_ether,igb,e1000e,virtio_net"


@dataclass(frozen=True)
class Boot:
    """One boot; `former` is the one whose kept snapshot it finds."""
    name: str
    machine: Machine
    target: str = TARGET
    append: str = FORWARD
    former: str = ""
    live: bool = False


@dataclass(frozen=True)
class Scenario:
    name: str
    before: str         # names of boots
    after: str
    gone: tuple[str, ...] = ()    # ports that the change takes away or that come new


@dataclass(frozen=True)
class Live:
    """A change to the machine of the boot "live"."""
    name: str
    before: dict[str, str] = field(default_factory=dict)   # places besides the machine's
    after: dict[str, str] = field(default_factory=dict)


BOOTS = [
    Boot("slots", SLOTS),
    Boot("firmware", FIRMWARE, former="old-board"),
    Boot("old-board", OLD_BOARD),
    Boot("card-added", SLOTS.plus("new", Nic("e1000e", "rp0", "00.0", mac(0x10)),
                                  rp0=root_port("05.0", 10)), former="slots"),
    Boot("card-added-first", SLOTS.plus("new", Nic("e1000e", "rp0", "00.0", mac(0x10)),
                                        rp0=root_port("05.0", 10)), append=BACKWARD, former="slots"),
    Boot("plain-names", SLOTS, append=FORWARD + " net.ifnames=0", former="slots"),
    Boot("probe-order", SLOTS, append=BACKWARD, former="slots"),
    Boot("bridge-inserted", SLOTS.plus("", None, rp0=root_port("05.0", 10), pci=Bridge(
        "pcie-pci-bridge", "rp0", "00.0")), former="slots"),
    Boot("replaced", SLOTS.but("lan", mac=mac(0x11)).but("san", mac=mac(0x14)), former="slots"),
    Boot("moved", SLOTS.but("lan", addr="0d.0").but("san", bus="rp4"), former="slots"),
    Boot("multi-function-moved", SLOTS.but("two0", bus="rp4").but("two1", bus="rp4"), former="slots"),
    Boot("usb-moved", SLOTS.but("usb", addr="2"), former="slots"),
    Boot("cloned", SLOTS.but("lan", mac=mac(0x21)).but("mgmt", mac=mac(0x22)).but("wan", mac=mac(0x23))
         .but("san", mac=mac(0x24)).but("two0", mac=mac(0x25)).but("two1", mac=mac(0x26))
         .but("usb", mac=mac(0x27)), former="slots"),
    Boot("label-gone", FIRMWARE.labelled(""), former="firmware"),
    Boot("label-moved", FIRMWARE.labelled("lan"), former="firmware"),
    Boot("acpi-index-gone", FIRMWARE.but("wan", more=()), former="firmware"),
    Boot("live", SLOTS, live=True),
    Boot("live-plain", SLOTS, live=True, append=FORWARD + " net.ifnames=0"),
    Boot("debian-11", SLOTS, target="bullseye-5.10"),
    Boot("debian-12", SLOTS, target="bookworm-6.1", former="debian-11"),
    Boot("debian-13", SLOTS, former="debian-12"),
    Boot("kernel-7.2", SLOTS, target="trixie-7.2", former="debian-13"),
    Boot("debian-next", SLOTS, target="forky", former="debian-13"),
]

SCENARIOS = [
    Scenario("card added in a lower slot", "slots", "card-added"),
    Scenario("card added, names overlap, probed first", "slots", "card-added-first"),
    Scenario("net.ifnames=0", "slots", "plain-names"),
    Scenario("probe order reversed", "slots", "probe-order"),
    Scenario("bridge inserted, buses renumbered", "slots", "bridge-inserted"),
    Scenario("NICs replaced in their slots", "slots", "replaced"),
    Scenario("NICs moved to other slots", "slots", "moved"),
    Scenario("card with two functions moved", "slots", "multi-function-moved"),
    Scenario("USB NIC in another port", "slots", "usb-moved"),
    Scenario("cloned machine, all addresses new", "slots", "cloned"),
    Scenario("machine type pc to q35", "old-board", "firmware"),
    Scenario("firmware label gone", "firmware", "label-gone"),
    Scenario("firmware label moved", "firmware", "label-moved"),
    Scenario("ACPI index gone", "firmware", "acpi-index-gone"),
    Scenario("kernel 5.10 to 6.1, systemd 247 to 252", "debian-11", "debian-12"),
    Scenario("kernel 6.1 to 6.12, systemd 252 to 257", "debian-12", "debian-13"),
    Scenario("kernel 6.12 to 7.2", "debian-13", "kernel-7.2"),
    Scenario("systemd 257 to the newest", "debian-13", "debian-next"),
]

PLUGGED = {"08.0/00.0": "hot"}
FUNCTIONS = {"07.0/00.0/vf0": "san-vf0", "07.0/00.0/vf1": "san-vf1"}

LIVE = [
    Live("hot-unplug and replug", PLUGGED, PLUGGED),
    Live("replug into another slot", PLUGGED, {"09.0/00.0": "hot"}),
    Live("admin renames"),
    Live("two names swapped"),
    Live("two NICs with one MAC", {}, {"09.0/00.0": "twin"}),
    Live("dock with the address of a card", {}, PLUGGED),
    Live("driver unbound and bound"),
    Live("udevd restarted during renames"),
    Live("namespace round trip"),
    Live("namespace deleted"),
    Live("bond, VLAN and macvlan over NICs"),
    Live("SR-IOV functions made again", FUNCTIONS, FUNCTIONS),
    Live("initramfs to real root"),
    Live("500 NICs"),
]


def card(number: int) -> str:
    return f"PermanentMACAddress={mac(number)}"


# What a careful administrator writes down for each port: the card, else the place.
ROLES = {
    "lan": (card(1), "pci-0000:00:03.0"),
    "mgmt": (card(2), "pci-0000:00:04.0"),
    "wan": (card(3), "pci-0000:01:00.0"),
    "san": (card(4), "pci-0000:02:00.0"),
    "two0": (card(5), "pci-0000:06:00.0"),
    "two1": (card(6), "pci-0000:06:00.1"),
    # This USB NIC has no permanent address, but a serial number.
    "usb": (f"Property=ID_SERIAL_SHORT={SERIAL}", "pci-0000:00:0c.0-usb-0:1:*"),
    "hot": (card(0x40), "pci-0000:03:00.0"),
    "san-vf0": ("", "pci-0000:02:10.0"),
    "san-vf1": ("", "pci-0000:02:10.2"),
}


def roles() -> dict[str, str]:
    """{file: text}"""
    files = {}
    for name, (first, path) in ROLES.items():
        first = f"{first}\n[Fallback]\n" if first else ""
        files[f"{name}.role"] = f"[Match]\n{first}Path={path}\n[Role]\nName={name}\nAlternativeName=yes\n"
    return files
