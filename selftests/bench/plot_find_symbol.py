#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""
Draws what a search of the module loader costs beside the number of modules
that are loaded, from the figures of `make bench`, as SVG.

usage: plot_find_symbol.py [bench.json [ROW]] > Documentation/find_symbol.svg
"""

from __future__ import annotations

import json
import math
import re
import sys

WIDTH, HEIGHT = 720, 430
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 30, 50
COLOURS = {"miss": "#b3261e", "module_hit_oldest": "#c77700", "vmlinux_hit": "#1f5fa8"}
WORDS = {"miss": "no such symbol", "module_hit_oldest": "of the oldest module",
         "vmlinux_hit": "of the kernel"}


# (modules, instructions)
Point = tuple[int, float]
# by (kind, "mainline" or "symbol_index")
Curves = dict[tuple[str, str], list[Point]]


def read(path: str, row: str) -> Curves:
    """{(kind, "mainline" or "symbol_index"): [(modules, instructions)]}"""
    with open(path) as text:
        figures = [item for item in json.load(text)["figures"] if item["row"] == row]
    most = [item["value"] for item in figures if item["name"] == "find_symbol.modules_loaded"]
    curves: Curves = {}
    for item in figures:
        found = re.fullmatch(r"find_symbol\.(\w+?)(?:\.(\d+)_modules)?", item["name"])
        if not found or found[1] not in COLOURS or not most:
            continue
        at = int(found[2] or most[0])
        curves.setdefault((found[1], "mainline"), []).append((at, item["reference_value"]))
        curves.setdefault((found[1], "symbol_index"), []).append((at, item["value"]))
    if not curves:
        sys.exit(f"plot_find_symbol: {path}: no figures of find_symbol for row {row}")
    return {key: sorted(points) for key, points in curves.items()}


class Scale:
    """Modules to the right, instructions upwards on a logarithmic scale."""

    def __init__(self, curves: Curves) -> None:
        points = [point for curve in curves.values() for point in curve]
        self.most = math.ceil(max(at for at, _ in points) / 50) * 50
        self.low = math.floor(math.log10(min(cost for _, cost in points)))
        self.high = math.ceil(math.log10(max(cost for _, cost in points)))

    def x(self, modules: float) -> float:
        return LEFT + modules / self.most * (WIDTH - LEFT - RIGHT)

    def y(self, cost: float) -> float:
        share = (math.log10(cost) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def text(x: float, y: float, words: object, anchor: str = "start", **more: object) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{words}</text>'


def axes(scale: Scale) -> list[str]:
    lines = []
    for power in range(scale.low, scale.high + 1):
        y = scale.y(10 ** power)
        lines.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc"/>')
        lines.append(text(LEFT - 8, y + 4, f"{10 ** power:,}", "end"))
    for modules in range(0, scale.most + 1, 50):
        lines.append(text(scale.x(modules), HEIGHT - BOTTOM + 18, modules, "middle"))
    lines.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "modules loaded", "middle"))
    lines.append(text(LEFT - 8, TOP - 12, "instructions", "middle"))
    return lines


def curve(scale: Scale, key: tuple[str, str], points: list[Point]) -> list[str]:
    kind, who = key
    path = "L".join(f"{scale.x(at):.1f} {scale.y(cost):.1f}" for at, cost in points)
    dash = "" if who == "symbol_index" else ' stroke-dasharray="6 4"'
    lines = [f'<path d="M{path}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"{dash}/>']
    lines += [f'<circle cx="{scale.x(at):.1f}" cy="{scale.y(cost):.1f}" r="3" fill="{COLOURS[kind]}">'
              f"<title>{at} modules: {cost:,} instructions</title></circle>" for at, cost in points]
    return lines


def legend(keys: list[tuple[str, str]]) -> list[str]:
    lines = []
    for i, (kind, who) in enumerate(keys):
        y = TOP + 10 + 20 * i
        dash = "" if who == "symbol_index" else ' stroke-dasharray="6 4"'
        lines.append(f'<path d="M{WIDTH - RIGHT + 14} {y}h26" stroke="{COLOURS[kind]}" '
                     f'stroke-width="2"{dash}/>')
        lines.append(text(WIDTH - RIGHT + 46, y + 4, f"{who}: {WORDS[kind]}", **{"font-size": "10"}))
    return lines


def main() -> None:
    path = sys.argv[1] if len(sys.argv) > 1 else "build/results/bench.json"
    row = sys.argv[2] if len(sys.argv) > 2 else "trixie-6.12"
    curves = read(path, row)
    scale = Scale(curves)
    order = sorted(curves, key=lambda key: -curves[key][-1][1])
    lines = ["<!-- SPDX-License-Identifier: GPL-2.0-only -->",
             f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12">',
             f"<title>find_symbol() on {row}: measured by make bench</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', *axes(scale)]
    for key in order:
        lines += curve(scale, key, curves[key])
    print("\n".join([*lines, *legend(order), "</svg>"]))


if __name__ == "__main__":
    main()
