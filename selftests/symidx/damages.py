# SPDX-License-Identifier: GPL-2.0-only
"""
Damaged modules for the kernel and symidx to judge.

A damage is a recipe: a base module, a size, and bytes to replace. All that the
loader reads is damaged, section by section: headers of the file and of its
sections, symbols and their names, .modinfo, versions, relocations, struct
module, parameters, exports, BTF, what is patched, and the end of the file.
"""

from __future__ import annotations

import dataclasses
import random
import struct
from collections.abc import Callable, Iterator

EHDR = "<16sHHIQQQIHHHHHH"
SHDR = "<IIQQQQIIQQ"
EHDR_FIELDS = ((16, 2), (18, 2), (20, 4), (24, 8), (32, 8), (40, 8), (48, 4), (52, 2), (54, 2),
               (56, 2), (58, 2), (60, 2), (62, 2))
SHDR_FIELDS = ((0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8))
SYM_FIELDS = ((0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8))
SYM, RELA, VERSION = 24, 24, 64
SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOBITS = 2, 3, 4, 8
SHF_ALLOC, SHF_EXECINSTR = 2, 4
SPECIAL_SECTIONS = (0, 1, 0xff00, 0xff20, 0xfff1, 0xfff2, 0xffff)
MARK = b"~Module signature appended~\n"
SELF = ".gnu.linkonce.this_module"
INFOS = (b"license=GPL\0", b"license=Proprietary\0", b"vermagic=\0", b"name=\0", b"name=kernel\0",
         b"livepatch=Y\0", b"import_ns=module:x\0", b"import_ns=CXL\0", b"intree=Y\0", b"staging=Y\0",
         b"retpoline=Y\0", b"depends=\0", b"license=\0", b"vermagic=6.1\0", b"=\0", b"\0\0")


@dataclasses.dataclass
class Section:
    """A section's header, by the names of elf(5), and its place among them."""

    position: int
    name: str
    type: int
    flags: int
    offset: int
    size: int
    link: int
    info: int


class Module:
    """A 64-bit, little-endian module."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = bytearray(data)
        self.table = self.word(40, 8)
        count, names = self.word(60, 2), self.word(62, 2)
        text = self.word(self.table + 64 * names + 24, 8)
        self.sections = []
        for i in range(count):
            raw = struct.unpack_from(SHDR, self.data, self.table + 64 * i)
            self.sections.append(Section(i, self.string(text + raw[0]), raw[1], raw[2], raw[4],
                                         raw[5], raw[6], raw[7]))

    def word(self, at: int, width: int) -> int:
        """The integer there."""
        return int.from_bytes(self.data[at:at + width], "little")

    def put(self, at: int, width: int, value: int) -> None:
        """Replace the integer there."""
        self.data[at:at + width] = (value % (1 << 8 * width)).to_bytes(width, "little")

    def string(self, at: int) -> str:
        """The text that begins there."""
        return self.data[at:self.data.index(0, at)].decode(errors="replace")

    def find(self, name: str) -> Section | None:
        """The first section of that name."""
        return next((s for s in self.sections if s.name == name), None)

    def holds(self, name: str) -> bool:
        """Whether there is such a section, with something in it."""
        found = self.find(name)
        return found is not None and found.size > 0

    def relocations(self, target: str) -> list[int]:
        """Where the entries are that relocate a section."""
        wanted = self.find(target)
        if wanted is None:
            return []
        return [at for s in self.sections if s.type == SHT_RELA and s.info == wanted.position
                for at in range(s.offset, s.offset + s.size, RELA)]

    def infos(self) -> list[bytes]:
        """The entries of .modinfo."""
        found = self.find(".modinfo")
        if found is None:
            return []
        return [e for e in bytes(self.data[found.offset:found.offset + found.size]).split(b"\0") if e]

    def unsigned(self) -> None:
        """Drop the signature at the end: it would not fit any more."""
        if self.data.endswith(MARK):
            size = int.from_bytes(self.data[-len(MARK) - 4:-len(MARK)], "big")
            del self.data[len(self.data) - len(MARK) - 12 - size:]

    def harmless(self) -> None:
        """Leave init and exit out of struct module, so that no code of it ever runs."""
        for at in self.relocations(SELF):
            self.put(at + 8, 8, 0)

    def alive(self) -> bool:
        """Keep init and exit, which do nothing but return 0."""
        table = next(s for s in self.sections if s.type == SHT_SYMTAB)
        entries = self.relocations(SELF)
        for at in entries:
            symbol = table.offset + SYM * (self.word(at + 8, 8) >> 32)
            section = self.word(symbol + 6, 2)
            if section >= len(self.sections):
                return False
            home = self.sections[section]
            start = self.word(symbol + 8, 8) + (self.word(at + 16, 8) if not self.word(symbol + 4, 1) else 0)
            if not self._return_at(home, start):
                return False
        return bool(entries)

    def _return_at(self, home: Section, start: int) -> bool:
        """Let the function there return 0, behind what ftrace and CET expect."""
        code = home.offset + start
        if self.data[code:code + 4] == b"\xf3\x0f\x1e\xfa":
            start += 4
        if self.data[home.offset + start] == 0xe8:
            start += 5
        code = home.offset + start
        if start + 3 > home.size:
            return False
        self.data[code:code + 3] = b"\x31\xc0\xc3"
        for at in self.relocations(home.name):
            if start - 8 < self.word(at, 8) < start + 3:
                if self.word(at, 8) <= start - 4:
                    continue
                self.put(at + 8, 8, 0)
        return True


@dataclasses.dataclass
class Recipe:
    """How to make one damaged module, and what was damaged."""

    what: str
    base: str
    size: int
    edits: list[tuple[int, bytes]]
    flags: int = 0

    def line(self, number: int) -> str:
        """As ask_loader reads it."""
        edits = "".join(f" {at}:{data.hex()}" for at, data in self.edits)
        return f"{number} {self.base} {self.size} {self.flags}{edits}\n"

    def apply(self, base: bytes) -> bytes:
        """The damaged module."""
        data = bytearray(base[:self.size].ljust(self.size, b"\0"))
        for at, new in self.edits:
            fits = new[:max(0, self.size - at)]
            data[at:at + len(fits)] = fits
        return bytes(data)


def integer(rng: random.Random, old: int, width: int, hints: list[int]) -> bytes:
    """Another value for a field."""
    top = (1 << 8 * width) - 1
    choices = [0, 1, old + 1, old - 1, old ^ (1 << rng.randrange(8 * width)), top, top >> 1,
               rng.randrange(top + 1), rng.randrange(256), old + 8, old - 8, old + 4096,
               *(rng.choice(hints) for _ in range(3 if hints else 0))]
    value = rng.choice(choices) & top
    return (value if value != old else (old + 1) & top).to_bytes(width, "little")


class Damager:
    """Makes recipes of one base module; each method damages one kind of thing."""

    def __init__(self, module: Module, rng: random.Random) -> None:
        self.module = module
        self.rng = rng
        self.sizes = [s.size for s in module.sections] + [len(module.sections), len(module.data)]
        self.ways: list[tuple[int, Callable[[], tuple[str, list[tuple[int, bytes]]] | None]]] = [
            (8, self.header), (22, self.section), (3, self.section_name), (14, self.symbol),
            (6, self.symbol_name), (10, self.info), (7, self.version), (10, self.relocation),
            (4, self.itself), (4, self.parameter), (6, self.export), (6, self.btf), (3, self.other),
        ]

    def field(self, what: str, at: int, width: int, hints: list[int]) -> tuple[str, list[tuple[int, bytes]]]:
        """One integer."""
        old = self.module.word(at, width)
        return what, [(at, integer(self.rng, old, width, hints))]

    def header(self) -> tuple[str, list[tuple[int, bytes]]]:
        """The ELF header."""
        if self.rng.randrange(4) == 0:
            return self.field("header", self.rng.randrange(16), 1, [])
        at, width = self.rng.choice(EHDR_FIELDS)
        return self.field("header", at, width, self.sizes)

    def section(self) -> tuple[str, list[tuple[int, bytes]]]:
        """The header of a section; those that the loader knows by name more often."""
        known = [s for s in self.module.sections if not s.name.startswith((".rela", ".debug", ".text"))]
        found = self.rng.choice(known if self.rng.randrange(3) else self.module.sections)
        at, width = self.rng.choice(SHDR_FIELDS)
        hints = [*self.sizes, 2, 3, 4, 8, 9, 0x2, 0x3, 0x7, 0x100000]
        return self.field(f"section {found.name} +{at}", self.module.table + 64 * found.position + at,
                          width, hints)

    def byte(self, what: str, section: Section) -> tuple[str, list[tuple[int, bytes]]] | None:
        """One byte of a section."""
        if section.type == SHT_NOBITS or not section.size:
            return None
        at = section.offset + self.rng.randrange(section.size)
        new = self.rng.choice((0, 0, 0x20, 0x5f, 0xff, self.module.data[at] ^ (1 << self.rng.randrange(8)),
                               self.rng.randrange(256)))
        return what, [(at, bytes([new]))]

    def section_name(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """The table of sections' names, often its end."""
        found = self.module.sections[self.module.word(62, 2)]
        if self.rng.randrange(4) == 0:
            return "section names", [(found.offset + found.size - 1, b"x")]
        return self.byte("section names", found)

    def symbol(self) -> tuple[str, list[tuple[int, bytes]]]:
        """An entry of the table of symbols, of those that are not defined more often."""
        table = next(s for s in self.module.sections if s.type == SHT_SYMTAB)
        entries = range(table.offset, table.offset + table.size, SYM)
        undefined = [e for e in entries if not self.module.word(e + 6, 2)]
        entry = self.rng.choice(undefined if self.rng.randrange(2) else entries)
        at, width = self.rng.choice(SYM_FIELDS)
        hints = [*SPECIAL_SECTIONS, len(self.module.sections), 0x10, 0x20, 0x22]
        return self.field(f"symbol +{at}", entry + at, width, hints)

    def symbol_name(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """The names of symbols, and both ends of that table."""
        table = next(s for s in self.module.sections if s.type == SHT_SYMTAB)
        found = self.module.sections[table.link]
        choice = self.rng.randrange(8)
        if choice == 0:
            return "symbol names", [(found.offset + found.size - 1, b"x")]
        if choice == 1:
            return "symbol names", [(found.offset, b"x")]
        return self.byte("symbol names", found)

    def info(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """A byte of .modinfo, a letter of a tag, or an entry in the place of another."""
        found = self.module.find(".modinfo")
        if found is None:
            return None
        if self.rng.randrange(3) == 0:
            return self.byte("modinfo", found)
        raw = bytes(self.module.data[found.offset:found.offset + found.size])
        starts = [i for i in range(len(raw)) if raw[i] and (not i or not raw[i - 1])]
        tags = (b"vermagic", b"license", b"name=", b"import_ns", b"depends")
        start = self.rng.choice([i for i in starts if raw[i:].startswith(tags)] if self.rng.randrange(2)
                                else starts)
        end = raw.index(0, start)
        if self.rng.randrange(2):
            at = self.rng.randrange(start, end)
            return "modinfo", [(found.offset + at, bytes([self.rng.choice((0, raw[at] ^ 1, 0x78))]))]
        new = self.rng.choice(INFOS)
        return "modinfo", [(found.offset + start, new[:end + 1 - start].ljust(end - start, b"\0"))]

    def version(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """The CRC or the name in an entry of __versions."""
        found = self.module.find("__versions")
        if found is None or not found.size:
            return None
        entry = found.offset + VERSION * self.rng.randrange(found.size // VERSION)
        if self.rng.randrange(2):
            return self.field("version", entry + self.rng.choice((0, 0, 4)), 4, [])
        at = entry + 8 + self.rng.randrange(12 if self.rng.randrange(3) else 56)
        return "version", [(at, bytes([self.rng.choice((0, 0x78, 0x41))]))]

    def relocation(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """A field of a relocation."""
        tables = [s for s in self.module.sections if s.type == SHT_RELA and s.size]
        found = self.rng.choice(tables)
        entry = found.offset + RELA * self.rng.randrange(found.size // RELA)
        kind = self.rng.randrange(6)
        if kind < 3:
            at, width, hints = 8, 4, list(range(45))
        elif kind == 3:
            at, width, hints = 0, 8, [self.module.sections[found.info].size]
        elif kind == 4:
            at, width, hints = 12, 4, [1, 2, 3]
        else:
            at, width, hints = 16, 8, []
        return self.field(f"relocation of {found.name[5:]} +{at}", entry + at, width, hints)

    def itself(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """What the file has of struct module, and where init and exit go in it."""
        entries = self.module.relocations(SELF)
        found = self.module.find(SELF)
        if found is None:
            return None
        if entries and self.rng.randrange(2):
            at = self.rng.choice(entries)
            hints = list(range(0, found.size, 8))
            return "struct module", [(at, self.rng.choice(hints).to_bytes(8, "little"))]
        return self.byte("struct module", found)

    def parameter(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """A byte of the parameters, or a field of what relocates them."""
        found = self.module.find("__param")
        if found is None or not found.size:
            return None
        return self.byte("parameters", found)

    def export(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """A byte of what it exports."""
        names = ("__ksymtab", "__ksymtab_gpl", "__ksymtab_strings", "__kcrctab", "__kcrctab_gpl",
                 "__kflagstab", ".rela__ksymtab", ".rela__ksymtab_gpl")
        there = [s for s in self.module.sections if s.name in names and s.size]
        if not there:
            return None
        found = self.rng.choice(there)
        return self.byte(f"export {found.name}", found)

    def btf(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """The types of the module: the header, or any byte."""
        there = [s for s in self.module.sections if s.name in (".BTF", ".BTF.base") and s.size >= 24]
        if not there:
            return None
        found = self.rng.choice(there)
        if self.rng.randrange(2):
            return self.field(f"{found.name} header", found.offset + 4 * self.rng.randrange(6), 4, self.sizes)
        return self.byte(found.name, found)

    def other(self) -> tuple[str, list[tuple[int, bytes]]] | None:
        """A byte of any other section."""
        found = self.rng.choice(self.module.sections)
        return self.byte(f"contents of {found.name}", found)

    def recipes(self) -> Iterator[Recipe]:
        """Endlessly."""
        methods = [way for _, way in self.ways]
        weights = [weight for weight, _ in self.ways]
        while True:
            size = len(self.module.data)
            if self.rng.randrange(25) == 0:
                yield self.end(size)
                continue
            made = self.rng.choices(methods, weights)[0]()
            if made:
                yield Recipe(made[0], self.module.name, size, made[1])

    def end(self, size: int) -> Recipe:
        """Cut off, longer, or with the end of a signature behind it."""
        kind = self.rng.randrange(4)
        if kind == 0:
            return Recipe("cut off", self.module.name, self.rng.randrange(size), [])
        if kind == 1:
            return Recipe("longer", self.module.name, size + self.rng.randrange(1, 5000), [])
        blob = self.rng.choice((0, 1, 40, 300, size))
        head = [0, 0, 2, 0, 0, 0, 0, 0]
        if kind == 3:
            head[self.rng.randrange(8)] = self.rng.choice((1, 2, 255))
        length = self.rng.choice((blob, blob, blob + 1, 0, 0xffffffff, size))
        tail = bytes(head) + (length & 0xffffffff).to_bytes(4, "big") + MARK
        if self.rng.randrange(6) == 0:
            tail = MARK
        return Recipe("signature", self.module.name, size + blob + len(tail), [(size + blob, tail)])
