"""What is necessary for the outcome: single conditions, conjunctions, and the shortest disjunctions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice
from typing import Any

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_between, check_positive, counted
from expertsys._core.results import TableResult, number
from expertsys.qca.expression import Literal
from expertsys.qca.fit import TOLERANCE, Floats
from expertsys.qca.fit import necessity as fit
from expertsys.qca.table import Outcome, Scores, column_of, conditions_of, origin_notes, skewness

#: Expressions held at once.
_BLOCK = 20_000
#: Expressions that the methods text names.
MOST_TOLD = 8
_CUTOFFS = {"consistency_cutoff": "consistency", "coverage_cutoff": "coverage", "ron_cutoff": "RoN"}


@attrs.frozen(eq=False, repr=False)
class Necessity(TableResult):
    """Fit of conditions as necessary for an outcome.

    Attributes
    ----------
    outcome : str
        As it was asked for.
    single : pandas.DataFrame
        Index ``condition``, each condition and its negation, or each level: ``consistency``, ``coverage``, ``ron``.
    expressions : pandas.DataFrame
        The same for all expressions that reach the cut-offs; column ``kind``: single, conjunction, disjunction.
    settings : dict
        The cut-offs.
    note : str
        What a reader must know.
    """

    outcome: str
    single: pd.DataFrame
    expressions: pd.DataFrame
    settings: dict[str, float]
    note: str

    def to_frame(self) -> pd.DataFrame:
        """Each condition and its negation."""
        return self.single

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        listed = self.expressions[self.expressions["kind"] != "disjunction"]
        other = len(self.expressions) - len(listed)
        cuts = [f"{told} {self.settings[name]:g}" for name, told in _CUTOFFS.items() if self.settings[name] > 0]
        reached = [
            f"{text} (consistency {number(row.consistency)}, coverage {number(row.coverage)}, RoN {number(row.ron)})"
            for text, row in zip(listed.index[:MOST_TOLD], listed.itertuples(index=False), strict=False)
        ]
        more = f" and {len(listed) - MOST_TOLD:,} more" if len(listed) > MOST_TOLD else ""
        text = (
            f"Conditions, their negations and conjunctions of them were looked at as necessary for {self.outcome}, "
            f"with at least {' and '.join(cuts) or 'no cut-off'}: {', '.join(reached) or 'none'}{more}."
        )
        if other:
            text += (
                f" {counted(other, 'disjunction')} of up to {self.settings['depth']:g} conditions "
                f"reach{'es' * (other == 1)} that far too, and count only where they can be read as one concept."
            )
        return text + (f" Note: {self.note}." if self.note else "")

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("ragin2008", "schneider2012"))

    def _title(self) -> str:
        found = ", ".join(self.expressions.index[:8])
        cut = self.settings["consistency_cutoff"]
        reach = f"{counted(len(self.expressions), 'expression')} reach{'es' * (len(self.expressions) == 1)}"
        told = f"{reach} consistency {cut:g}: {found}" if found else f"no expression reaches consistency {cut:g}"
        return f"Necessity for {self.outcome}; {told}" + (f"\nnote: {self.note}" if self.note else "")


def necessity(
    table: Any,
    *,
    outcome: str,
    conditions: Sequence[str],
    consistency_cutoff: float = 0.9,
    coverage_cutoff: float = 0.0,
    ron_cutoff: float = 0.0,
    depth: int | None = None,
    case: str | None = None,
    not_applicable: str | None = None,
) -> Necessity:
    """How far each condition, its negation, conjunctions and disjunctions are necessary for the outcome.

    Parameters
    ----------
    table : dataframe
        Cases × conditions; see `truth_table`.
    outcome : str
        A column, ``~Y`` for its absence, ``Y[2]`` for a level.
    conditions : sequence of str
        Columns.
    consistency_cutoff, coverage_cutoff, ron_cutoff : float
        What an expression must reach to be listed in `expressions`, by default a consistency of 0.9, the usual least.
        Unlike the cut-off of a truth table it changes no figure and no solution: `single` shows every condition. One
        that nearly all cases have is consistent but trivial: its relevance (RoN) is low.
    depth : int, optional
        Literals in an expression; by default as many as there are conditions, at most 4.
    case : str, optional
        Column with the names of cases.
    not_applicable : str, optional
        How a cell says that a condition does not apply to a case, which then has neither the condition nor its
        negation; see `truth_table`.

    Returns
    -------
    Necessity
        NaN where the outcome has no member.

    Raises
    ------
    DataError
        As `truth_table`.

    Notes
    -----
    Of conjunctions all that reach the cut-offs are listed, of disjunctions those of which no part does so by
    itself. A disjunction of whatever conditions is easily consistent: only one that can be read as one higher-order
    concept is an argument (Schneider & Wagemann 2012, ch. 3.2). In R: ``QCA::superSubset(data, outcome, incl.cut,
    cov.cut)``, ``QCA::pof(..., relation="necessity")``.

    References
    ----------
    Schneider CQ, Wagemann C. Set-Theoretic Methods for the Social Sciences. Cambridge University Press, 2012, ch. 3, 9.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"A": [1, 1, 1, 0], "B": [1, 0, 1, 0], "Y": [1, 1, 0, 0]}, index=list("wxyz"))
    >>> necessity(table, outcome="Y", conditions=["A", "B"]).single.round(2)
    column     consistency  coverage   ron
    condition
    A                  1.0      0.67  0.50
    ~A                 0.0      0.00  0.75
    B                  0.5      0.50  0.67
    ~B                 0.5      0.50  0.67

    Wherever the outcome is, A is; one case with A lacks the outcome.
    """
    check_between("consistency_cutoff", consistency_cutoff, 0, 1 + 1e-9)
    for name, cutoff in (("coverage_cutoff", coverage_cutoff), ("ron_cutoff", ron_cutoff)):
        if not 0 <= cutoff <= 1:
            raise DataError(f"{name} must lie in [0, 1], not {cutoff:g}", place="necessity")
    if depth is not None:
        check_positive("depth", depth)
    names = conditions_of(conditions, column_of(outcome)[0], place="necessity")
    target = Outcome.of(table, outcome, case=case, place="necessity")
    scores = Scores.of(table, names, case=case, place="necessity", not_applicable=not_applicable)
    multi = max(scores.applicable.values()) > 2
    groups = [
        [Literal(name, value, multi) for value in (range(size) if multi else (1, 0))]
        for name, size in scores.applicable.items()
    ]
    flat = [literal for group in groups for literal in group]
    owner = np.array([place for place, group in enumerate(groups) for _ in group])
    x = np.array([literal.membership(scores.table[literal.condition].to_numpy()) for literal in flat])
    y = target.membership
    alone = fit(x, y)
    columns = {"consistency": alone.consistency, "coverage": alone.coverage, "ron": alone.ron}
    single = pd.DataFrame(columns, index=pd.Index([str(literal) for literal in flat], name="condition"))
    most = min(len(groups), 4) if depth is None else min(depth, len(groups))
    cuts = (consistency_cutoff, coverage_cutoff, ron_cutoff)
    rows = [
        (sign.join(str(flat[place]) for place in places), kind, *figures)
        for kind, sign, found in (
            ("conjunction", "*", _conjunctions(x, y, owner, cuts, most)),
            ("disjunction", " + ", _disjunctions(x, y, owner, cuts, most)),
        )
        for places, figures in found
    ]
    listed = pd.DataFrame(rows, columns=["expression", "kind", "consistency", "coverage", "ron"]).set_index(
        "expression"
    )
    listed.loc[listed.index.isin(single.index), "kind"] = "single"
    listed = listed[~listed.index.duplicated()]
    settings = {
        "consistency_cutoff": consistency_cutoff,
        "coverage_cutoff": coverage_cutoff,
        "ron_cutoff": ron_cutoff,
        "depth": most,
    }
    notes = [*origin_notes(table, target, scores), skewness(scores, y, target.expression)]
    notes.append("" if y.sum() else "no case has the outcome: nothing can be necessary for it")
    return Necessity(
        target.expression,
        single.rename_axis(columns="column"),
        listed.rename_axis(columns="column"),
        settings,
        "; ".join(filter(None, notes)),
    )


Found = Iterator[tuple[tuple[int, ...], tuple[float, float, float]]]
Cuts = tuple[float, float, float]


def _figures(x: Floats, y: Floats) -> Floats:
    found = fit(x, y)
    return np.column_stack([found.consistency, found.coverage, found.ron])


def _conjunctions(x: Floats, y: Floats, owner: np.ndarray[Any, Any], cuts: Cuts, most: int) -> Found:
    """All that reach the cut-offs; a part of a consistent conjunction is consistent, so each grows from the last."""
    level: list[tuple[int, ...]] = [(place,) for place in range(len(x))]
    singles: list[int] = []
    for size in range(1, most + 1):
        kept = []
        for low in range(0, len(level), _BLOCK):
            block = level[low : low + _BLOCK]
            figures = _figures(x[np.array(block)].min(axis=1), y)
            for places, row in zip(block, figures, strict=True):
                if row[0] + TOLERANCE > cuts[0]:
                    kept.append(places)
                    if (row + TOLERANCE > cuts).all():
                        yield places, (row[0], row[1], row[2])
        if size == 1:
            singles = [places[0] for places in kept]
        level = [
            (*places, other)
            for places in kept
            for other in singles
            if other > places[-1] and owner[other] not in {owner[place] for place in places}
        ]
        if not level:
            return


def _disjunctions(x: Floats, y: Floats, owner: np.ndarray[Any, Any], cuts: Cuts, most: int) -> Found:
    """The shortest that reach the cut-offs: no part of them reaches them by itself."""
    short: list[frozenset[int]] = []
    for size in range(1, most + 1):
        every = (
            places
            for places in combinations(range(len(x)), size)
            if len({owner[place] for place in places}) == size and not any(part <= set(places) for part in short)
        )
        fresh = []
        while block := list(islice(every, _BLOCK)):
            for places, row in zip(block, _figures(x[np.array(block)].max(axis=1), y), strict=True):
                if (row + TOLERANCE > cuts).all():
                    fresh.append(frozenset(places))
                    yield places, (row[0], row[1], row[2])
        short += fresh
