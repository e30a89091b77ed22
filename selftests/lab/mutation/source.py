# SPDX-License-Identifier: GPL-2.0-only
"""C source as far as a mutant needs it: what is code, and where functions begin and end."""

import re
from dataclasses import dataclass

_HIDDEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", re.MULTILINE)
_FUNCTION = re.compile(r"^(?!struct |union |enum |static const |typedef )\w[^;={}]*?\b(\w+)\([^;{}]*\)[^;={}]*\n\{\n",
                       re.MULTILINE)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


@dataclass(frozen=True)
class Function:
    name: str
    start: int      # of the body, behind its brace
    end: int        # of the brace that closes it


class Source:
    """A file; `code` is its text with everything blanked that is no code."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.code = _DIRECTIVE.sub(_blank, _HIDDEN.sub(_blank, text))

    def functions(self) -> list[Function]:
        """Those in kernel style: braces in the first column."""
        found = []
        for match in _FUNCTION.finditer(self.code):
            end = self.code.find("\n}", match.end() - 1)
            if end > 0:
                found.append(Function(match[1], match.end(), end + 1))
        return found

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def closing(self, offset: int) -> int:
        """Where the parenthesis that opens at offset closes, or -1."""
        depth = 0
        for at in range(offset, len(self.code)):
            if self.code[at] == "(":
                depth += 1
            elif self.code[at] == ")":
                depth -= 1
                if not depth:
                    return at
        return -1
