"""What every result has: named fields, a table, and a repr that is built from that table."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import attrs

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen
class Interval:
    """An interval estimate.

    Parameters
    ----------
    low, high : float
        Its ends; NaN where the data cannot give them.
    confidence : float
        Nominal coverage, such as 0.95.
    method : str
        How it was made, in words for a methods section.
    note : str
        What a reader must know of it; empty where there is nothing.
    """

    low: float
    high: float
    confidence: float
    method: str
    note: str = ""

    def __str__(self) -> str:
        if math.isnan(self.low) or math.isnan(self.high):
            return f"undefined: {self.note}" if self.note else "undefined"
        return f"{number(self.low)} to {number(self.high)} ({percent(self.confidence)}, {self.method})"


def percent(share: float) -> str:
    """A share as a percentage with the digits that it has: 95%, 97.5%, 99.9%."""
    return f"{100 * share:g}%"


def number(value: object, digits: int = 3) -> str:
    """A figure as a table prints it: a dash for what is undefined, whole numbers with thousands separated."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")
    return str(value)


def probability(value: float, *, name: str = "") -> str:
    """A p value as a table prints it, or as a sentence does, with its name: never 0.000, since none is nought."""
    told = "< 0.001" if value < 0.001 else number(value)
    return told if not name else f"{name} {told}" if value < 0.001 else f"{name} = {told}"


class Result:
    """Base of result objects: `_title` and `_rows` give the repr, the HTML and nothing else.

    Results are frozen, have named fields and cannot be unpacked: two outputs that mean different things are two fields.
    """

    __slots__ = ()

    def _title(self) -> str:
        raise TypeError(f"{type(self).__name__} must say its title")

    def _rows(self) -> Sequence[tuple[str, object]]:
        raise TypeError(f"{type(self).__name__} must say its rows")

    def __repr__(self) -> str:
        rows = [(name, number(value)) for name, value in self._rows() if value != ""]
        width = max((len(name) for name, _ in rows), default=0)
        return "\n".join([self._title(), *(f"  {name:<{width}}  {value}" for name, value in rows)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(number(value))}</td></tr>"
            for name, value in self._rows()
            if value != ""
        )
        return f"<table><caption>{html.escape(self._title())}</caption><tbody>{rows}</tbody></table>"


class TableResult(Result):
    """Base of results whose content is one table: the repr prints a title above it."""

    __slots__ = ()

    def to_frame(self) -> pd.DataFrame:
        """The table as a pandas DataFrame with named index and columns."""
        raise TypeError(f"{type(self).__name__} must give its table")

    #: Decimals of figures in the repr; None leaves them to pandas.
    _decimals: ClassVar[int | None] = None
    #: Characters of a cell's text in the repr; None leaves it whole.
    _widest: ClassVar[int | None] = None

    def __repr__(self) -> str:
        table = self.to_frame()
        if not len(table):
            return f"{self._title()}\n(no rows)"
        form = None if self._decimals is None else f"{{:.{self._decimals}f}}".format
        shown = table.to_string(
            max_rows=40, max_cols=12, line_width=120, na_rep="–", float_format=form, max_colwidth=self._widest
        )
        return f"{self._title()}\n{shown}"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self._title())}</p>{self.to_frame().to_html(max_rows=40, na_rep='–')}"
