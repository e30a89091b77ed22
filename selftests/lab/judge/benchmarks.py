# SPDX-License-Identifier: GPL-2.0-only
"""The entries of build/results/bench.json."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from lab.host.error import LabError
from lab.judge import result

Figure = dict[str, Any]


def figure(name: str, target: str, value: float, unit: str, reference: str,
           reference_value: float | None) -> Figure:
    """One entry."""
    return {"name": name, "row": target, "value": value, "unit": unit, "reference": reference,
            "reference_value": reference_value,
            "ratio": round(value / reference_value, 4) if reference_value else None}


def parse(text: str, target: str) -> list[Figure]:
    """The figures in the JSON lines of a benchmark; a bad line is an error."""
    figures = []
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        try:
            item = json.loads(line)
            figures.append(figure(item["name"], target, item["value"], item["unit"],
                                  item.get("reference", ""), item.get("reference_value")))
        except (ValueError, KeyError, TypeError) as error:
            raise LabError(f"bench: {target}: no figure: {line[:100]} ({error})") from error
    return figures


def record(results: str, figures: Sequence[Figure]) -> None:
    """Replace the figures of the same name and row in the folder of results, keep the others."""
    path = os.path.join(results, "bench.json")
    try:
        with open(path) as text:
            old: list[Figure] = json.load(text)["figures"]
    except (OSError, ValueError, KeyError):
        old = []
    fresh = {(item["name"], item["row"]) for item in figures}
    kept = [item for item in old if (item["name"], item["row"]) not in fresh]
    merged = sorted([*kept, *figures], key=lambda item: (item["name"], item["row"]))
    result.write_json(path, {"figures": merged})
