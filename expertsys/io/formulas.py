"""Cells that a spreadsheet would take for a formula: made harmless in CSV, and given back as they were."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

_BEGINS = re.compile(r"'*[=+\-@]")
_MARKED = r"'+[=+\-@]"


def neutral(cell: str) -> str:
    """The cell, behind an apostrophe where it would begin a formula.

    One that already stands behind apostrophes gets another, so that `plain` gives each back as it was.
    """
    return f"'{cell}" if _BEGINS.match(cell) else cell


def plain(columns: Iterable[pd.Series[str]]) -> tuple[list[pd.Series[str]], int]:
    """Columns without the apostrophes that `neutral` sets, and how many cells had one."""
    found, total = [], 0
    for column in columns:
        marked = column.str.match(_MARKED).fillna(False).astype(bool)
        number = int(marked.sum())
        total += number
        found.append(column.where(~marked, column.str.slice(1)) if number else column)
    return found, total
