"""Propositions as relations between sets of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import DataError, check_choice
from expertsys._core.results import TableResult
from expertsys.evidence.propositions import cited
from expertsys.qca import Membership, evaluate
from expertsys.qca import fit as parameters
from expertsys.theory import FRAMEWORK, Framework

Kind = Literal["sufficient", "necessary"]


@attrs.frozen
class Relation:
    """A proposition read as a relation between two sets.

    Parameters
    ----------
    condition : str
        An expression over the table's columns, such as ``"imposed*~ownership"``.
    outcome : str
        Another, such as ``"bypassed"``.
    kind : {"sufficient", "necessary"}
        Whether cases in the condition are said to be in the outcome, or cases in the outcome in the condition.

    Examples
    --------
    >>> Relation("imposed*~ownership", "bypassed").told()
    'imposed*~ownership is sufficient for bypassed'
    """

    condition: str
    outcome: str
    kind: Kind = attrs.field(default="sufficient", kw_only=True)

    def __attrs_post_init__(self) -> None:
        check_choice("kind", self.kind, ("sufficient", "necessary"))

    def told(self) -> str:
        """In words."""
        return f"{self.condition} is {self.kind} for {self.outcome}"


@attrs.frozen(eq=False, repr=False)
class SubsetRelations(TableResult):
    """Propositions as subset relations over cases; see `subset_relations`.

    Attributes
    ----------
    relations : dict
        Proposition's key to the `Relation` that it was read as.
    scores : pandas.DataFrame
        Index ``proposition, case``: membership in ``condition`` and ``outcome``; ``agrees``: as said, contradicts, or
        silent.
    framework : Framework
        Whose propositions they are.
    standing : str
        Always ``"proposed"``: to read a proposition as a set relation is the reader's step, not the study's.
    """

    relations: dict[str, Relation]
    scores: pd.DataFrame
    framework: Framework
    _table: pd.DataFrame

    standing = "proposed"

    def to_frame(self) -> pd.DataFrame:
        """Index ``proposition``; ``read_as``; ``consistency``, ``coverage`` and, where sufficient, ``pri``.

        Beside them ``cases``, how many are in the condition (in the outcome, where necessary), and ``contradicting``:
        those of them that are not in the other set.
        """
        return self._table.copy(deep=False)

    def contradicting(self, proposition: str) -> tuple[str, ...]:
        """The cases that contradict a proposition as it was read: go back to them with `negative_cases`."""
        self.framework.proposition(proposition)
        rows = self.scores[self.scores["agrees"] == "contradicts"]
        return tuple(case for key, case in rows.index if key == proposition)

    def methods_text(self) -> str:
        """A paragraph for a methods section."""
        fits = zip(self.relations.items(), self._table["consistency"], self._table["coverage"], strict=True)
        told = "; ".join(
            f"{key} ({self.framework.proposition(key).standing.value}), read as {relation.told()}: consistency "
            f"{float(consistency):.3f}, coverage {float(coverage):.3f}"
            for (key, relation), consistency, coverage in fits
        )
        return f"Propositions were examined as relations between sets of cases. {told}. The reading is the analyst's."

    def cite(self) -> tuple[str, ...]:
        """The references behind propositions and parameters of fit."""
        return (*cited(self.framework, self.relations), *references.cite(("ragin2008", "schneider2012")))

    _decimals = 3

    def _title(self) -> str:
        return "Propositions as relations between sets (the reading is the analyst's; no verdict)"


def subset_relations(
    table: Membership | Any, relations: Mapping[str, Relation], *, framework: Framework = FRAMEWORK
) -> SubsetRelations:
    """Examine propositions as subset relations over cases, with their fit and the cases that contradict.

    Parameters
    ----------
    table : Membership or dataframe
        Cases × sets with scores in [0, 1], as `expertsys.qca.membership` makes it.
    relations : mapping
        Key of a proposition, such as ``"P1"``, to the `Relation` that it is read as. There is no default reading: a
        proposition says more than a set relation can.
    framework : Framework
        Whose propositions they are.

    Returns
    -------
    SubsetRelations
        A case contradicts sufficiency where it is more in than out of the condition and more out than in the outcome;
        necessity, the other way round. A case at exactly 0.5 says nothing.

    Raises
    ------
    DataError
        For an unknown proposition, a definition, or an expression over absent columns.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"imposed": [1, 1, 0.2], "bypassed": [0.9, 0.3, 0.1]}, index=["X", "Y", "Z"])
    >>> found = subset_relations(table, {"P1": Relation("imposed", "bypassed")})
    >>> found.contradicting("P1"), found.to_frame().loc["P1", "consistency"].round(3)
    (('Y',), np.float64(0.591))
    """
    frame = table.table if isinstance(table, Membership) else table
    if not relations:
        raise DataError("no proposition is named", place="relations", remedy='Give {"P1": Relation(...)}.')
    rows, scored = [], []
    for key, relation in relations.items():
        proposition = framework.proposition(key)
        if proposition.kind.value == "definition":
            raise DataError(
                f"{key} is a definition, which no case can contradict", place="relations", remedy="Leave it out."
            )
        x, y = evaluate(relation.condition, frame), evaluate(relation.outcome, frame)
        inside, other = (x, y) if relation.kind == "sufficient" else (y, x)
        belongs = inside > 0.5
        agrees = np.select([belongs & (other < 0.5), belongs & (other > 0.5)], ["contradicts", "as said"], "silent")
        scored.append(
            pd.DataFrame(
                {"proposition": key, "case": x.index, "condition": x.array, "outcome": y.array, "agrees": agrees}
            )
        )
        against = [str(case) for case, told in zip(x.index, agrees, strict=True) if told == "contradicts"]
        fit = _fit(x.to_numpy(dtype=np.float64), y.to_numpy(dtype=np.float64), relation.kind)
        rows.append((key, relation.told(), *fit, int((inside > 0.5).sum()), ", ".join(against)))
    columns = ["proposition", "read_as", "consistency", "coverage", "pri", "cases", "contradicting"]
    made = pd.DataFrame(rows, columns=columns).set_index("proposition").rename_axis(columns="column")
    scores = pd.concat(scored).set_index(["proposition", "case"]).rename_axis(columns="column")
    return SubsetRelations(dict(relations), scores, framework, made)


def _fit(x: parameters.Floats, y: parameters.Floats, kind: Kind) -> tuple[float, float, float]:
    """Consistency, coverage, and PRI, which necessity has none of."""
    if kind == "necessary":
        needed = parameters.necessity(x, y)
        return float(needed.consistency), float(needed.coverage), float("nan")
    enough = parameters.sufficiency(x, y)
    return float(enough.consistency), float(enough.coverage), float(enough.pri)
