"""Conditions that survive one of Mill's methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import listing
from expertsys._core.results import TableResult

Verdict = Literal["yes", "no", "unknown"]
LOGIC = (
    "Elimination takes conditions one by one, causes as certain, and the list of conditions as complete; what survives "
    "is a candidate, not a cause. Combinations of conditions are left to es.qca."
)


@attrs.frozen(eq=False, repr=False)
class Candidates(TableResult):
    """Conditions that survive one of Mill's methods, and why the others do not.

    Attributes
    ----------
    method : str
        Agreement, difference, joint method, or concomitant variation.
    outcome : str
        What is to be explained.
    cases : tuple of str
        The cases that were looked at.
    note : str
        What a reader must know.
    """

    method: str
    outcome: str
    cases: tuple[str, ...]
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Index ``condition``; ``survives`` (yes, no, unknown), ``state`` of what survives, and ``reason``."""
        return self._table.copy(deep=False)

    @property
    def surviving(self) -> tuple[str, ...]:
        """Conditions that survive."""
        return tuple(self._table.index[self._table["survives"] == "yes"])

    @property
    def eliminated(self) -> dict[str, str]:
        """Each condition that does not survive, and why."""
        gone = self._table[self._table["survives"] == "no"]
        return dict(zip(gone.index, gone["reason"], strict=True))

    @property
    def undetermined(self) -> tuple[str, ...]:
        """Conditions of which too little is known."""
        return tuple(self._table.index[self._table["survives"] == "unknown"])

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        cases = ", ".join(self.cases[:8]) + (" ..." if len(self.cases) > 8 else "")
        return (
            f"By Mill's {self.method} over {len(self.cases)} cases ({cases}), {len(self.surviving)} of "
            f"{len(self._table)} conditions survive as candidates for {self.outcome}: {listing(self.surviving)}. "
            f"{self.note}"
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("mill1843", "przeworski1970"))

    def __repr__(self) -> str:
        rows = self._table.reset_index()[["condition", "survives", "state", "reason"]].astype(object)
        width = max((len(str(name)) for name in rows["condition"]), default=0)
        lines = [
            f"  {name:<{width}}  {'survives' if verdict == 'yes' else '–' if verdict == 'no' else '?':<8}  "
            f"{f'{state}: ' if state and not reason.startswith(state) else ''}{reason}"
            for name, verdict, state, reason in rows.itertuples(index=False, name=None)
        ]
        return "\n".join([self._title(), *lines])

    def _title(self) -> str:
        return f"{self.method[:1].upper()}{self.method[1:]}, {self.outcome} over {len(self.cases)} cases\n{self.note}"


def candidates(
    method: str, outcome: str, cases: Sequence[str], rows: Iterable[tuple[str, Verdict, str, str]], note: str
) -> Candidates:
    """The result from a row for each condition: name, verdict, state, reason."""
    table = pd.DataFrame(list(rows), columns=["condition", "survives", "state", "reason"]).set_index("condition")
    return Candidates(method, outcome, tuple(cases), note, table.rename_axis(columns="column"))


def named(cases: Iterable[object]) -> str:
    """Cases, comma-separated, cut after eight with a count of the rest."""
    given = [str(case) for case in cases]
    return ", ".join(given[:8]) + (f" and {len(given) - 8} more" if len(given) > 8 else "")
