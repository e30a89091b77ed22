# SPDX-License-Identifier: GPL-2.0-only
"""
What can be wrong in a module, and how one source holds all of it: each fault is an expression
that asks which mutant is alive. A statement that is dropped is a statement under a condition,
so what compiles with one mutant compiles with all, and one build serves every mutant.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .source import Function, Source

KINDS = ("condition", "statement", "constant", "lock")
# Of each kind, how many of a hundred.
SHARES = {"condition": 34, "statement": 30, "constant": 26, "lock": 10}

_IF = re.compile(r"\bif \(")
# In the first columns of a line, behind the end of another statement or a condition.
_STATEMENT = re.compile(
    r"(?:(?<=[;{}):\n])|(?<=\belse))(\n\t+)((?:\*|\+\+|--)?[A-Za-z_]\w*(?:(?:->|\.)\w+|\[[^\]\n]*\])*"
    r"(?: (?:[-+|&^]|<<|>>)?=\s|\+\+;|--;|\()[^;{}]*;?)")
_WORDS = ("return", "if", "while", "for", "switch", "do", "else", "case", "goto", "sizeof", "typeof")
# No test of a kernel without detectors can see these: what is not freed, what only logs or
# asserts, and what only yields.
_UNSEEN = re.compile(r"\*?\b(\w*k\w*free\w*|free_\w+|\w*_put|\w*_destroy|pr_\w+|dev_\w+|WARN\w*|lockdep_\w+|might_\w+|"
                     r"cond_resched|BUILD_BUG\w*|static_assert|barrier|smp_\w+|DEFINE_\w+|DECLARE_\w+)\b")
_NUMBER = re.compile(r"(?<![\w.\"'])(0x[0-9a-f]+|\d+)(?=[UL]*\b)[UL]*(?![\w.\"':])")
# Where a number has to be a constant, or is a first value that is never used.
_FIXED = re.compile(r"\bcase\b|\[\s*$|\bsizeof\b|^\t*(?:static |const )|^\t+\w+ [^(;]*= $")
_ORDER = re.compile(r"(?<=[\w)\]]) (<=?|>=?) (?=[\w(&*-])")
_RETURN = re.compile(r"\breturn (-E[A-Z0-9]+);")
_LOCK = re.compile(r"\n\t+((?:mutex|spin|raw_spin|read|write|rcu_read|down|preempt|rtnl|local_irq|seq)\w*"
                   r"(?:lock|disable|save|down_read|down_write|begin)\w*)\(([^;]*)\);")
_UNLOCK = re.compile(r"\n\t+(\w*(?:unlock|enable|restore|up_read|up_write|_end)\w*)\(([^;]*)\);")


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str       # {alive}: the question whether the mutant is alive


@dataclass(frozen=True)
class Mutant:
    path: str
    function: str
    kind: str
    line: int
    was: str        # the code that is wrong in it
    edits: tuple[Edit, ...] = field(compare=False)

    @property
    def key(self) -> str:
        """Stays the same when the lines around it change."""
        return f"{self.path}:{self.function}: {self.kind}: {self.was}"

    def overlaps(self, other: "Mutant") -> bool:
        return self.path == other.path and any(a.start < b.end and b.start < a.end
                                               for a in self.edits for b in other.edits)


def _brief(text: str) -> str:
    return " ".join(text.split())


def _conditions(source: Source, body: Function) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    for match in _IF.finditer(source.code, body.start, body.end):
        end = source.closing(match.end() - 1)
        if end > 0:
            inner = source.text[match.end():end]
            yield _brief(inner), (Edit(match.end(), end, f"{{alive}} ^ !!({inner})"),)


def _statement_end(source: Source, start: int, limit: int) -> int:
    end = source.code.find(";", start, limit)
    return end if end > 0 and source.code.count("(", start, end) == source.code.count(")", start, end) else -1


def _statements(source: Source, body: Function) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    for match in _STATEMENT.finditer(source.code, body.start - 1, body.end):
        start = match.start(2)
        end = _statement_end(source, start, body.end)
        text = source.text[start:end]
        word = re.match(r"\w*", text.lstrip("*+-"))
        if end < 0 or "{" in text or "}" in text or (word and word[0] in _WORDS) or _UNSEEN.match(text) or "lock" in text.split("(")[0]:
            continue
        yield _brief(text), (Edit(start, end, f"do {{ if (!{{alive}}) {{ {text}; }} }} while (0)"),)


def _constants(source: Source, body: Function) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    for match in _RETURN.finditer(source.code, body.start, body.end):
        yield _brief(match[0]), (Edit(match.start(1), match.end(1), f"{{alive}} ? 0 : {match[1]}"),)
    for match in _ORDER.finditer(source.code, body.start, body.end):
        line = source.code[source.code.rfind("\n", 0, match.start()) + 1:source.code.find("\n", match.end())]
        yield _brief(line), (Edit(match.end(), match.end(), "{alive} + "),)
    for match in _NUMBER.finditer(source.code, body.start, body.end):
        before = source.code[source.code.rfind("\n", 0, match.start()) + 1:match.start()]
        if _FIXED.search(before):
            continue
        line = source.code[match.start() - len(before):source.code.find("\n", match.end())]
        yield f"{match[0]} in {_brief(line)}", (
            Edit(match.start(), match.end(), f"({match[0]} + {{alive}})"),)


def _locks(source: Source, body: Function) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """A lock and all that release it in the same function."""
    for match in _LOCK.finditer(source.code, body.start - 1, body.end):
        if "un" in match[1]:
            continue
        calls = [match, *(other for other in _UNLOCK.finditer(source.code, match.end(), body.end)
                          if other[2].split(",")[0] == match[2].split(",")[0])]
        if len(calls) < 2:
            continue
        edits = []
        for call in calls:
            start, end = call.start(1), call.end() - 1
            edits.append(Edit(start, end, f"do {{ if (!{{alive}}) {source.text[start:end]}; }} while (0)"))
        yield _brief(f"{match[1]}({match[2]})"), tuple(edits)


_MAKERS = {"condition": _conditions, "statement": _statements, "constant": _constants, "lock": _locks}


def possible(source: Source) -> list[Mutant]:
    """Every mutant of a file."""
    return [Mutant(source.path, body.name, kind, source.line(edits[0].start), was, edits)
            for body in source.functions() for kind in KINDS for was, edits in _MAKERS[kind](source, body)]


def choose(sources: list[Source], count: int, seed: int) -> list[Mutant]:
    """So many of them, the same for the same seed, of every kind and none within another."""
    order = random.Random(seed)
    known = [mutant for source in sources for mutant in possible(source)]
    chosen: list[Mutant] = []

    def take(kinds: tuple[str, ...], limit: int) -> None:
        fit = [mutant for mutant in known if mutant.kind in kinds]
        order.shuffle(fit)
        for mutant in fit:
            if len(chosen) >= limit:
                return
            if mutant not in chosen and not any(mutant.overlaps(other) for other in chosen):
                chosen.append(mutant)
    for kind in KINDS:
        take((kind,), len(chosen) + count * SHARES[kind] // 100)
    take(KINDS, count)
    return chosen


HEADER = "extern int waymark_mutant;\n#define MUTANT(nr) (waymark_mutant == (nr))\n"
PARAMETER = ("\nint waymark_mutant;\nmodule_param_named(mutant, waymark_mutant, int, 0644);\n"
             "MODULE_PARM_DESC(mutant, \"which fault is alive\");\n")


def apply(source: Source, numbered: dict[int, Mutant], parameter: bool) -> str:
    """The text of a file with those of the mutants that are in it, by number from one."""
    edits = [(edit, nr) for nr, mutant in numbered.items() if mutant.path == source.path
             for edit in mutant.edits]
    text = source.text
    for edit, nr in sorted(edits, key=lambda item: item[0].start, reverse=True):
        text = text[:edit.start] + edit.text.replace("{alive}", f"MUTANT({nr})") + text[edit.end:]
    # Behind the line of the licence: of what follows, each line is two further down.
    first, _, rest = text.partition("\n")
    return f"{first}\n{HEADER}{rest}{PARAMETER if parameter else ''}"
