# SPDX-License-Identifier: GPL-2.0-only
"""All rows there are. A module of this package with rows(lab, wanted) adds its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lab.rows import (coldplug, foreign, gauntlet, laboratory, lifecycle, mutation, sanitizer, static,
                      stock, truth)
from lab.rows.row import Row, Wanted

if TYPE_CHECKING:
    from lab.laboratory import Lab

# Rows that take equally long are reported in this order.
MAKERS: tuple[Callable[[Lab, Wanted], Sequence[Row]], ...] = (
    laboratory.rows, static.rows, lifecycle.rows, sanitizer.rows, gauntlet.rows, stock.rows,
    coldplug.rows, mutation.rows, truth.rows, foreign.rows)


def rows(lab: Lab, wanted: Wanted) -> list[Row]:
    """The longest rows first, so that none of them runs alone at the end."""
    found = [row for make in MAKERS for row in make(lab, wanted)]
    return sorted(found, key=lambda row: row.minutes, reverse=True)
