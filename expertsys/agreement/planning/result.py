"""What a plan holds: how many units, why so many, and what other numbers would give."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.results import Result, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@attrs.frozen(eq=False, repr=False)
class Plan(Result):
    """How many units it takes, and what other numbers of units would give.

    Attributes
    ----------
    units : int
        Units that all coders code.
    coders : int
        How many.
    coefficient : str
        What is to be measured.
    expected, minimum : float
        Agreement that is expected, and that it is to be told from; NaN where not asked.
    width : float
        Wanted width of the interval; NaN where a minimum is asked for.
    power : float
        Probability of success if agreement is as expected; NaN where a width is asked for.
    assurance : float
        Probability that the interval is no wider than wanted; NaN where a minimum is asked for.
    significance : float
        Of the test against the minimum, with ``sided`` ends.
    sided : int
        1 where only agreement above the minimum counts, 2 where either side does.
    confidence : float
        Nominal coverage of the interval.
    population : int or None
        Units that there are in all.
    method, model : str
        In words for a methods section.
    note : str
        What a reader must know; empty where there is nothing.
    sources : tuple of str
        Keys of the references behind it.
    """

    units: int
    coders: int
    coefficient: str
    expected: float
    minimum: float
    width: float
    power: float
    assurance: float
    significance: float
    sided: int
    confidence: float
    population: int | None
    method: str
    model: str
    note: str
    sources: tuple[str, ...]
    _curve: pd.DataFrame

    @property
    def ratings(self) -> int:
        """Ratings that all coders give together."""
        return self.units * self.coders

    @property
    def question(self) -> str:
        """What is asked, in words."""
        if not math.isnan(self.width):
            return (
                f"a {percent(self.confidence)} interval at most {number(self.width)} wide around "
                f"{number(self.expected)}"
            )
        if math.isnan(self.expected):
            return f"to exclude less than {number(self.minimum)}"
        return f"to tell {number(self.expected)} from a minimum of {number(self.minimum)}"

    def to_frame(self) -> pd.DataFrame:
        """What other numbers of units give: index ``units``, column ``power``, ``width`` or ``significance``.

        Of a simulation, the numbers tried, with the column ``error``, its standard error.
        """
        return self._curve.copy()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Power, width or significance by number of units."""
        from expertsys import plot

        return plot.power_curve(self, ax=ax)

    def methods_text(self) -> str:
        """A sentence or two for a methods section, with the figures."""
        text = f"We planned for {self.units:,} units coded by {self.coders} coders, so as {self._aim()} ({self.method}"
        text += f"; model: {self.model})." if self.model else ")."
        if self.population is not None:
            text += f" The number allows for drawing from {self.population:,} units in all."
        return text

    def _aim(self) -> str:
        if not math.isnan(self.width):
            return f"to reach {self.question} for {self.coefficient} with {percent(self.assurance)} assurance"
        sides = "one-sided" if self.sided == 1 else "two-sided"
        aim = f"{self.question} with {self.coefficient} at the {sides} level of {self.significance:g}"
        return aim if math.isnan(self.power) else f"{aim} with power {self.power:g}"

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(self.sources)

    def _title(self) -> str:
        return f"{self.units:,} units × {self.coders} coders: {self.question}"

    def _rows(self) -> tuple[tuple[str, object], ...]:
        return (
            ("coefficient", self.coefficient),
            ("power", "" if math.isnan(self.power) else self.power),
            ("assurance", "" if math.isnan(self.assurance) else self.assurance),
            ("significance", "" if math.isnan(self.significance) else f"{self.significance:g}, {self.sided}-sided"),
            ("method", self.method),
            ("model", self.model),
            ("units in all", "" if self.population is None else self.population),
            ("note", self.note),
        )
