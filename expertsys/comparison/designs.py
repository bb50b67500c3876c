"""Which cases to set beside each other: most similar with different outcomes, most different with the same."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_choice, counted, unknown
from expertsys._core.results import TableResult
from expertsys.comparison.states import ABSENT, PRESENT, States, conditions_of, framed, one_spelling
from expertsys.comparison.variation import spread

Distance = Literal["count", "gower"]
_DISTANCE = {
    "count": "the number of conditions in which they differ",
    "gower": "Gower's distance, the mean over conditions of their difference as a share of its range",
}


@attrs.frozen(eq=False, repr=False)
class CasePairs(TableResult):
    """Pairs of cases by how alike they are; see `most_similar` and `most_different`.

    Attributes
    ----------
    design : {"most similar", "most different"}
        What was looked for.
    outcome : str
        Its name; empty where all pairs are shown.
    measure : {"count", "gower"}
        Of the distance.
    note : str
        What a reader must know; empty where there is nothing.
    """

    design: str
    outcome: str
    measure: Distance
    note: str
    _table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row per pair, the best first: index ``a, b``.

        ``outcome`` of both; ``distance``, over ``known`` conditions, and as a ``share`` of them, by which pairs are
        ranked; the distance within each block; what ``differs``.
        """
        return self._table.copy(deep=False)

    @property
    def best(self) -> tuple[tuple[str, str], ...]:
        """The pairs that no other beats, several where they tie."""
        top = self._table.iloc[0]
        same = np.isclose(self._table["share"], top["share"]) & (self._table["known"] == top["known"])
        return tuple(self._table.index[same])

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        how = {
            "most similar": "the most alike with different outcomes",
            "most different": "the least alike with the same outcome",
        }[self.design]
        wanted = how if self.outcome else how.split(" with ")[0]
        pairs = ", ".join(" and ".join(pair) for pair in self.best[:6])
        found = f"{wanted} are {pairs} (distance {round(float(self._table['distance'].iloc[0]), 3):g})"
        return (
            f"Pairs of cases were ranked by {_DISTANCE[self.measure]}. Of {counted(len(self._table), 'pair')}, "
            f"{found if pairs else 'none has a known distance'}." + (f" {self.note}" if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the design."""
        return references.cite(("przeworski1970", "demeur1994", *(["gower1971"] if self.measure == "gower" else [])))

    _decimals = 3

    def _title(self) -> str:
        which = {"most similar": "different outcomes", "most different": "the same outcome"}[self.design]
        told = f" with {which}" if self.outcome else ""
        return f"Pairs of cases{told}, the {self.design} first: {_DISTANCE[self.measure]}" + (
            f"\n{self.note}" if self.note else ""
        )


def most_similar(
    table: Any,
    *,
    outcome: str | None = None,
    conditions: Sequence[str] | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    measure: Distance = "count",
    present: object = None,
    least: float = 0.5,
) -> CasePairs:
    """Pairs of cases that are alike and yet differ in the outcome: what little differs is where to look.

    Parameters
    ----------
    table : dataframe
        Cases × conditions; its cases are its index or a column ``case``.
    outcome : str, optional
        Only pairs that differ in it; by default all pairs.
    conditions : sequence of str, optional
        Columns; by default all but the outcome.
    blocks : mapping, optional
        Names of groups of conditions: the distance within each stands beside the whole, for two cases may be alike in
        their economy and far apart in their history.
    measure : {"count", "gower"}
        The number of conditions that differ, scores in [0, 1] being present above 0.5; or Gower's distance, for scores
        and numbers as they are (texts differ or not).
    present : object, optional
        The outcome's value that counts as present, where it is a category.
    least : float
        The share of conditions that must be known in both cases for a pair to be ranked; by default half of them.

    Returns
    -------
    CasePairs
        Pairs are ranked by the share of the compared conditions in which they differ (of Gower's distance, by the mean
        difference), and where that is equal, by how many conditions were compared. A condition that is unknown in one
        of the two is left out of their distance, and ``known`` is less. Pairs compared over fewer conditions than
        `least` come last, with a distance of NaN, and the note says how many.

    Raises
    ------
    DataError
        Where there is no such pair, or a table that cannot be used.

    References
    ----------
    De Meur G, Berg-Schlosser D. Eur J Polit Res 1994;26:193–219. doi:10.1111/j.1475-6765.1994.tb00440.x

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"imposed": [1, 1, 0], "rewarded": [1, 0, 0], "bypassed": [1, 0, 0]}, index=["X", "Y", "Z"]
    ... )
    >>> most_similar(table, outcome="bypassed").best
    (('X', 'Y'),)
    """
    return _pairs(table, "most similar", outcome, conditions, blocks, measure, present, least)


def most_different(
    table: Any,
    *,
    outcome: str | None = None,
    conditions: Sequence[str] | None = None,
    blocks: Mapping[str, Sequence[str]] | None = None,
    measure: Distance = "count",
    present: object = None,
    least: float = 0.5,
) -> CasePairs:
    """Pairs of cases that differ and yet have the same outcome: what they share is where to look.

    Parameters
    ----------
    table, outcome, conditions, blocks, measure, present, least
        As in `most_similar`; with an outcome, only pairs that agree in it.

    Returns
    -------
    CasePairs
        Pairs that both have the outcome and pairs that both lack it; the column ``outcome`` tells them apart.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"imposed": [1, 1, 0], "rewarded": [1, 0, 0], "bypassed": [1, 1, 1]}, index=["X", "Y", "Z"]
    ... )
    >>> most_different(table, outcome="bypassed").best
    (('X', 'Z'),)
    """
    return _pairs(table, "most different", outcome, conditions, blocks, measure, present, least)


def _pairs(
    table: Any, design: str, outcome: str | None, conditions: Sequence[str] | None,
    blocks: Mapping[str, Sequence[str]] | None, measure: Distance, present: object,
    least: float,
) -> CasePairs:  # fmt: skip
    place = design.replace(" ", "_")
    check_between("least", least, 0, 1)
    check_choice("measure", measure, tuple(_DISTANCE))
    frame = framed(table, place)
    names = conditions_of(frame, conditions, outcome, place=place)
    frame, respelt = one_spelling(frame, [*names, *([] if outcome is None else [outcome])])
    by_count = measure == "count"
    whole = (
        States.of(frame, outcome=outcome, conditions=names, present=present, place=place)
        if by_count
        else _outcome_only(frame, outcome, present, place)
    )
    apart = _counts(whole, names) if by_count else _gower(frame, names)
    for name, members in (blocks or {}).items():
        for member in members:
            if member not in names:
                raise unknown("condition", member, names, place=f"blocks, {name}")
    rows = []
    for one, other in itertools.combinations(frame.index, 2):
        same = not outcome or whole.outcome[one] == whole.outcome[other]
        if outcome and same is (design == "most similar"):
            continue
        steps = {name: apart[name][one, other] for name in names}
        known = {name: step for name, step in steps.items() if not np.isnan(step)}
        differs = ", ".join(name for name, step in known.items() if step > 0)
        state = (PRESENT if whole.outcome[one] else ABSENT) if outcome and same else "different" if outcome else ""
        inside = [
            _total({name: known[name] for name in group if name in known}, measure) for group in (blocks or {}).values()
        ]
        enough = len(known) >= max(1, least * len(names))
        total = _total(known, measure) if enough else float("nan")
        share = sum(known.values()) / len(known) if enough else float("nan")
        rows.append((one, other, state, total, share, len(known), *inside, differs))
    if not rows and not outcome:
        raise DataError("there are no two cases to compare", place=place, remedy="Add one.")
    if not rows:
        raise DataError(
            f"there are no two cases with {'different outcomes' if design == 'most similar' else 'the same outcome'}",
            place=place,
            remedy="Leave the outcome out to see all pairs.",
        )
    columns = ["a", "b", "outcome", "distance", "share", "known", *(blocks or {}), "differs"]
    found = pd.DataFrame(rows, columns=columns).set_index(["a", "b"]).rename_axis(columns="column")
    found = found.sort_values(["share", "known"], ascending=[design == "most similar", False], kind="stable")
    if not outcome:
        found = found.drop(columns="outcome")
    partly = int((found["known"] < len(names)).sum())
    little = int(found["distance"].isna().sum())
    notes = [respelt] if respelt else []
    if partly:
        told = (
            f"{counted(partly, 'pair')} {'is' if partly == 1 else 'are'} compared over fewer conditions than there are"
        )
        notes.append(f"{told}: cells are missing.")
    if little:
        notes.append(
            f"{counted(little, 'pair')} not ranked: fewer than {least:.0%} of the conditions are known in both."
        )
    note = " ".join(notes)
    return CasePairs(design, outcome or "", measure, note, found)


def _outcome_only(frame: pd.DataFrame, outcome: str | None, present: object, place: str) -> States:
    if outcome is None:
        return States(frame, {}, "")
    blank = frame[[outcome]].assign(**{"(none)": 0}) if outcome in frame else frame
    return States.of(blank, outcome=outcome, conditions=None, present=present, place=place)


def _total(steps: Mapping[str, float], measure: Distance) -> float:
    if not steps:
        return float("nan")
    return int(sum(steps.values())) if measure == "count" else sum(steps.values()) / len(steps)


def _counts(states: States, names: Sequence[str]) -> dict[str, dict[tuple[str, str], float]]:
    found: dict[str, dict[tuple[str, str], float]] = {}
    for name in names:
        here = {case: states.state(case, name) for case in states.table.index}
        found[name] = {
            (one, other): float("nan") if None in (here[one], here[other]) else float(here[one] != here[other])
            for one, other in itertools.combinations(here, 2)
        }
    return found


def _gower(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, dict[tuple[str, str], float]]:
    """Gower (1971): differences as shares of the range, 0 or 1 for texts."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for name in names:
        column = frame[name]
        numeric = pd.api.types.is_numeric_dtype(column)
        reach = spread(column.astype("float64")) if numeric else 1.0
        values = column.astype("float64").to_dict() if numeric else column.to_dict()
        steps = {}
        for one, other in itertools.combinations(frame.index, 2):
            left, right = values[one], values[other]
            if pd.isna(left) or pd.isna(right):
                steps[one, other] = float("nan")
            elif numeric:
                steps[one, other] = abs(left - right) / reach if reach else 0.0
            else:
                steps[one, other] = float(left != right)
        found[name] = steps
    return found
