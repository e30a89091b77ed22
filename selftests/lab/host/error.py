# SPDX-License-Identifier: GPL-2.0-only
"""The one exception that ends in a line for the user instead of a traceback."""

from __future__ import annotations


class LabError(Exception):
    """What went wrong and what to do about it, in one line; `log` says more."""

    def __init__(self, message: str, log: str | None = None) -> None:
        super().__init__(message)
        self.log = log

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} (log: {self.log})" if self.log else text
