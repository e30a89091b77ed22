# SPDX-License-Identifier: GPL-2.0-only
"""
Rows that are no line of the matrix. Each of these modules adds its own: rows(lab, tests)
returns row objects (see stock.py): prepare(), run(), `name`, and `minutes`, about how long
it takes in make check (`long_minutes`: in check-long). A row with `long = True` runs in
check-long only.
"""

from lab.rows import gauntlet, laboratory, sanitizer, static


def rows(lab, tests, long=False):
    """The rows of all of them."""
    return [row for module in (laboratory, static, sanitizer, gauntlet)
            for row in module.rows(lab, tests) if long or not getattr(row, "long", False)]
