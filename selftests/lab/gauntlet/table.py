# SPDX-License-Identifier: GPL-2.0-only
"""The table for people and for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence

from lab.gauntlet.verdict import COLUMNS, KEPT, LOST, NONE, WRONG, Entry

SIGNS = {KEPT: "yes", LOST: "no", WRONG: "WRONG", NONE: "-"}
HEADS = [column.replace("by_", "") for column in COLUMNS]


def lines(entries: Sequence[Entry]) -> Iterator[str]:
    width = max((len(entry["name"]) for entry in entries), default=0)
    yield " ".join([" " * width, *(f"{head:>7}" for head in HEADS), "  WRONG"])
    for entry in entries:
        yield " ".join([f"{entry['name']:<{width}}",
                        *(f"{SIGNS[entry['cells'][column]]:>7}" for column in COLUMNS),
                        f"{' '.join(entry['wrong']):>7}"]).rstrip()
    yield ("yes: every port that had such a name kept it; no: a name leads nowhere; "
           "WRONG: it leads to another port; -: no port has such a name. The last column, of roles, "
           "cards and former names that lead to another port, has to be empty")


def write(path: str, entries: Sequence[Entry]) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w") as out:
        json.dump({"scenarios": entries}, out, indent=2)
        out.write("\n")
    os.rename(path + ".tmp", path)
