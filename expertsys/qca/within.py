"""Which cases to study within: typical and deviant ones of a solution, and pairs to compare."""

from __future__ import annotations

from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from expertsys._core import references
from expertsys._core.errors import check_choice, unknown
from expertsys._core.results import TableResult
from expertsys.qca.fit import Floats
from expertsys.qca.solution import Model, Solution
from expertsys.qca.table import memberships
from expertsys.qca.truth import TruthTable

Pairs = Literal["typical-deviant", "typical-irrelevant", "deviant-irrelevant", "typical-typical"]
PAIRS: tuple[Pairs, ...] = ("typical-deviant", "typical-irrelevant", "deviant-irrelevant", "typical-typical")


@attrs.frozen(eq=False, repr=False)
class CaseTypes(TableResult):
    """Cases of a model by what they can teach.

    Attributes
    ----------
    outcome, expression : str
        What the model explains, and the model.
    typical : pandas.DataFrame
        In a term and in the outcome, the term's membership no higher than the outcome's. Index ``case, term``;
        ``membership``, ``outcome``, ``unique`` (no other term covers the case), ``best`` (the lower, the better a
        choice), ``most``, whether it is the best of its term among the uniquely covered ones.
    deviant_consistency : pandas.DataFrame
        In a term but not in the outcome: what does the term lack? Index ``case, term``; the same without ``unique``.
    deviant_coverage : pandas.DataFrame
        In the outcome but not in the model: which condition or term is missing? Index ``case``; ``row``, its row of the
        truth table; ``membership`` in that row, ``model``, ``outcome``, ``best``, ``most`` (of its row).
    irrelevant : tuple of str
        Neither in the model nor in the outcome: for comparison only.
    note : str
        Cases at exactly 0.5, which are of no type.
    """

    outcome: str
    expression: str
    typical: pd.DataFrame
    deviant_consistency: pd.DataFrame
    deviant_coverage: pd.DataFrame
    irrelevant: tuple[str, ...]
    note: str
    model: Model
    truth: TruthTable

    def to_frame(self) -> pd.DataFrame:
        """The best choices: a row for each type and term (or row of the truth table)."""
        rows = []
        for kind, table in (("typical", self.typical), ("deviant consistency", self.deviant_consistency)):
            rows += [(kind, term, name, best) for (name, term), best in table.loc[table["most"], "best"].items()]
        table = self.deviant_coverage
        rows += [
            ("deviant coverage", f"row {row}", name, best)
            for name, row, best in zip(table.index, table["row"], table["best"], strict=True)
            if table.loc[name, "most"]
        ]
        columns = ["kind", "where", "case", "best"]
        return pd.DataFrame(rows, columns=columns).set_index(["kind", "where"]).rename_axis(columns="column")

    def pairs(self, kind: Pairs, *, most: int = 5) -> pd.DataFrame:
        """Two cases to compare; the lower ``best``, the better the pair.

        Parameters
        ----------
        kind : {"typical-deviant", "typical-irrelevant", "deviant-irrelevant", "typical-typical"}
            A typical case and one that deviates in consistency, for each term: what does the second lack? A typical
            case and one that has neither the term nor the outcome and differs in one conjunct only: does that conjunct
            make the difference? A case that deviates in coverage and one of the same row without the outcome: what is
            missing from the model? Two typical cases of a term that differ most: is the path the same in both?
        most : int
            Pairs for each term or row.

        Returns
        -------
        pandas.DataFrame
            Index ``first, second``; ``where`` (term, or row), ``conjunct`` where one is in focus, ``best``.
        """
        check_choice("kind", kind, PAIRS)
        found = {
            "typical-deviant": _with_deviant,
            "typical-irrelevant": _with_irrelevant,
            "deviant-irrelevant": _same_row,
            "typical-typical": _far_apart,
        }[kind](self)
        columns = ["first", "second", "where", "conjunct", "best"]
        table = pd.DataFrame(found, columns=columns)
        ordered = table.sort_values(["where", "conjunct", "best"], kind="stable")
        return (
            ordered.groupby(["where", "conjunct"], sort=False)
            .head(most)
            .set_index(["first", "second"])
            .rename_axis(columns="column")
        )

    def focus(self, term: str) -> pd.DataFrame:
        """The typical cases of a term for each of its conjuncts, those first in which it would be seen to work.

        Parameters
        ----------
        term : str
            A term of the model, as it is written there.

        Returns
        -------
        pandas.DataFrame
            Index ``conjunct, case``; ``membership`` in the conjunct, ``others`` (the least of the term's other
            conjuncts), ``outcome``, ``rank`` (1 where the conjunct decides the term's membership, else 2), ``clean``
            (no other conjunct lies between it and the outcome), ``consistent`` (conjunct no higher than outcome),
            ``unique``, ``best``.
        """
        fits = {fit.expression: fit.term for fit in self.model.terms}
        if term not in fits:
            raise unknown("term", term, list(fits), place="focus")
        rows = []
        table, y = self.truth.scores.table, _by_case(self.truth, self.truth.membership)
        held = fits[term].membership(table)
        for literal in fits[term].literals:
            own = literal.membership(table[literal.condition].to_numpy(dtype=np.float64))
            others = [
                other.membership(table[other.condition].to_numpy(dtype=np.float64))
                for other in fits[term].literals
                if other != literal
            ]
            least = np.min(others, axis=0) if others else np.ones(len(own))
            for name, _ in [key for key in self.typical.index if key[1] == term]:
                place = self.truth.scores.cases.index(name)
                x, c, o = own[place], least[place], y[name]
                rank = 1 if x <= c else 2
                clean = not min(x, o) <= c <= max(x, o)
                best = 2 * abs(o - x) + abs(x - held[place]) + 1 - x
                unique = bool(self.typical.loc[(name, term), "unique"])
                rows.append((str(literal), name, x, c, o, rank, clean, bool(x <= o), unique, best))
        columns = [
            "conjunct",
            "case",
            "membership",
            "others",
            "outcome",
            "rank",
            "clean",
            "consistent",
            "unique",
            "best",
        ]
        found = pd.DataFrame(rows, columns=columns).sort_values(
            ["rank", "clean", "consistent", "unique", "best"],
            ascending=[True, False, False, False, True],
            kind="stable",
        )
        return (
            found.sort_values("conjunct", kind="stable").set_index(["conjunct", "case"]).rename_axis(columns="column")
        )

    @property
    def uniquely(self) -> pd.DataFrame:
        """The typical cases that one term alone covers, with their term as a column."""
        return self.typical[self.typical["unique"].astype(bool)].reset_index()

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the cases to read."""
        told: dict[str, list[str]] = {}
        for kind, where, case in self.to_frame().reset_index()[["kind", "where", "case"]].to_numpy():
            told.setdefault(kind, []).append(f"{case} ({where})")
        best = "; ".join(f"{kind}: {', '.join(cases)}" for kind, cases in told.items())
        typical, deviant = (
            table.index.get_level_values("case").nunique() for table in (self.typical, self.deviant_consistency)
        )
        return (
            f"Of the cases of {self.expression} for {self.outcome}, {typical} are typical of a term, {deviant} deviate "
            f"in consistency, {len(self.deviant_coverage)} in coverage, and {len(self.irrelevant)} are irrelevant. The "
            f"best to read (Schneider & Rohlfing 2013): {best or 'none'}."
            + (f" Note: {self.note}." if self.note else "")
        )

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("schneider2013", "oana2021"))

    def _title(self) -> str:
        title = (
            f"Cases of {self.expression} for {self.outcome}: {len(self.typical)} typical by term, "
            f"{len(self.deviant_consistency)} deviant in consistency by term, {len(self.deviant_coverage)} deviant in "
            f"coverage, {len(self.irrelevant)} irrelevant"
        )
        return title + (f"\nnote: {self.note}" if self.note else "")


def case_types(solution: Solution, *, model: int | str = 1) -> CaseTypes:
    """Typical and deviant cases of a model, ordered by how well they serve within-case study.

    Parameters
    ----------
    solution : Solution
        As `minimise` gives it.
    model : int or str
        Its number, from 1.

    Returns
    -------
    CaseTypes

    Notes
    -----
    With x the membership in the term, y in the outcome: typical cases have x > 0.5, y > 0.5, x ≤ y, and the best choice
    the least 2(y − x) + (1 − x); deviant in consistency x > 0.5 > y, least 1 − (x − y) + (1 − x); deviant in coverage
    model < 0.5 < y, by row of the truth table, least 1 − membership in the row; a typical and a deviant case together
    |x₁ − x₂| + 1 − (y₁ − y₂) + (1 − x₁) + (1 − x₂). In R: ``SetMethods::smmr``. The measures for the other pairs follow
    the same sum, with what is to differ counted as 1 less the difference.

    References
    ----------
    Schneider CQ, Rohlfing I. Combining QCA and process tracing in set-theoretic multi-method research. Sociol Methods
    Res 2013;42(4):559–597. doi:10.1177/0049124113481341. Oana IE, Schneider CQ, Thomann E. Qualitative Comparative
    Analysis Using R. Cambridge University Press, 2021, ch. 6.

    Examples
    --------
    >>> from expertsys.qca import minimise, truth_table
    >>> table = pd.DataFrame({"A": [0.9, 0.8, 0.3, 0.1, 0.8], "Y": [0.9, 1, 0.9, 0.2, 0.4]}, index=list("pqrst"))
    >>> truth = truth_table(table, outcome="Y", conditions=["A"], consistency_cutoff=0.7)
    >>> found = case_types(minimise(truth, solution="conservative"))
    >>> found.to_frame()["case"].tolist(), found.irrelevant
    (['p', 't', 'r'], ('s',))

    Read p to see how A brings Y about, t to see what it needs besides, r to see what else does.
    """
    chosen, truth = solution.model(model), solution.truth
    table, y, names = truth.scores.table, truth.membership, np.array(truth.scores.cases, dtype=object)
    x = np.array([fit.term.membership(table) for fit in chosen.terms])
    texts = [fit.expression for fit in chosen.terms]
    whole = x.max(axis=0)
    typical, deviant = [], []
    for text, own in zip(texts, x, strict=True):
        for place in np.flatnonzero((own > 0.5) & (y > 0.5) & (own <= y)):
            unique = bool((x[:, place] > 0.5).sum() == 1)
            typical.append(
                (names[place], text, own[place], y[place], unique, 2 * (y[place] - own[place]) + 1 - own[place])
            )
        for place in np.flatnonzero((own > 0.5) & (y < 0.5)):
            deviant.append((names[place], text, own[place], y[place], 1 - (own[place] - y[place]) + 1 - own[place]))
    columns = ["case", "term", "membership", "outcome"]
    first = pd.DataFrame(typical, columns=[*columns, "unique", "best"]).sort_values(["term", "best"], kind="stable")
    first["most"] = _least(first["best"].where(first["unique"].astype(bool)), first["term"])
    second = pd.DataFrame(deviant, columns=[*columns, "best"]).sort_values(["term", "best"], kind="stable")
    second["most"] = _least(second["best"], second["term"])
    corner, placed = truth.scores.corners()
    away = np.flatnonzero((whole < 0.5) & (y > 0.5) & placed)
    held = np.array([memberships(truth.scores, corner[[place]])[0, place] for place in away], dtype=np.float64)
    third = pd.DataFrame(
        {
            "case": names[away],
            "row": truth.number(corner[away]),
            "membership": held,
            "model": whole[away],
            "outcome": y[away],
            "best": 1 - held,
        }
    ).sort_values(["row", "best"], kind="stable")
    third["most"] = _least(third["best"], third["row"])
    irrelevant = tuple(str(name) for name in names[(whole < 0.5) & (y < 0.5)])
    middle = [str(name) for name in names[(whole == 0.5) | (y == 0.5)]]
    note = f"{', '.join(middle)} at exactly 0.5: of no type" if middle else ""
    return CaseTypes(
        truth.outcome,
        chosen.expression,
        first.set_index(["case", "term"]).rename_axis(columns="column"),
        second.set_index(["case", "term"]).rename_axis(columns="column"),
        third.set_index("case").rename_axis(columns="column"),
        irrelevant,
        note,
        chosen,
        truth,
    )


def _least(best: pd.Series[float], group: pd.Series[Any]) -> pd.Series[bool]:
    """Whether each is the first of the least in its group."""
    marked = pd.Series(False, index=best.index)
    known = best.dropna()
    if len(known):
        marked.loc[known.groupby(group.loc[known.index]).idxmin()] = True
    return marked


def _by_case(truth: TruthTable, values: Floats) -> dict[str, float]:
    return dict(zip(truth.scores.cases, map(float, values), strict=True))


Found = list[tuple[str, str, str, str, float]]


def _with_deviant(types: CaseTypes) -> Found:
    found: Found = []
    deviant = types.deviant_consistency.reset_index()
    columns = ["case", "term", "membership", "outcome"]
    for first, term, x1, y1 in types.uniquely[columns].to_numpy():
        for second, _, x2, y2 in deviant.loc[deviant["term"] == term, columns].to_numpy():
            found.append((first, second, term, "", float(abs(x1 - x2) + 1 - (y1 - y2) + (1 - x1) + (1 - x2))))
    return found


def _with_irrelevant(types: CaseTypes) -> Found:
    """The second lacks one conjunct of the term, and the outcome; the other conjuncts it has."""
    table, y = types.truth.scores.table, _by_case(types.truth, types.truth.membership)
    found: Found = []
    typical = types.uniquely
    for fit in types.model.terms:
        literals = {
            str(literal): _by_case(types.truth, literal.membership(table[literal.condition].to_numpy(dtype=np.float64)))
            for literal in fit.term.literals
        }
        for second in types.irrelevant:
            lacked = [text for text, own in literals.items() if own[second] < 0.5]
            if len(lacked) != 1:
                continue
            for first in typical.loc[typical["term"] == fit.expression, "case"]:
                apart = literals[lacked[0]][first] - literals[lacked[0]][second]
                rest = sum(abs(own[first] - own[second]) for text, own in literals.items() if text != lacked[0])
                best = (1 - apart) + (1 - (y[first] - y[second])) + rest
                found.append((first, second, fit.expression, lacked[0], best))
    return found


def _same_row(types: CaseTypes) -> Found:
    corner, placed = types.truth.scores.corners()
    numbers = types.truth.number(corner)
    rows = dict(zip(types.truth.scores.cases, numbers.tolist(), strict=True))
    inside = dict(zip(types.truth.scores.cases, placed.tolist(), strict=True))
    y = _by_case(types.truth, types.truth.membership)
    found: Found = []
    for first, own in types.deviant_coverage.iterrows():
        for second in types.irrelevant:
            if rows[second] == own["row"] and inside[second]:
                place = types.truth.scores.cases.index(second)
                held = memberships(types.truth.scores, corner[[place]])[0, place]
                best = abs(own["membership"] - held) + 1 - (own["outcome"] - y[second])
                best += (1 - own["membership"]) + (1 - held)
                found.append((str(first), second, f"row {own['row']}", "", float(best)))
    return found


def _far_apart(types: CaseTypes) -> Found:
    found: Found = []
    unique = types.uniquely
    for fit in types.model.terms:
        own = [(row["case"], row) for _, row in unique[unique["term"] == fit.expression].iterrows()]
        for place, (first, one) in enumerate(own):
            for second, other in own[place + 1 :]:
                apart = abs(one["membership"] - other["membership"]) + abs(one["outcome"] - other["outcome"])
                off = (one["outcome"] - one["membership"]) + (other["outcome"] - other["membership"])
                found.append((first, second, fit.expression, "", float(2 - apart + off)))
    return found
