"""What minimisation found: models, their terms with fit and cases, and what was assumed."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from expertsys._core import references
from expertsys._core.errors import DataError, counted, unknown
from expertsys._core.results import TableResult, number
from expertsys.qca.expression import Expression, Term
from expertsys.qca.fit import Floats, Sufficiency
from expertsys.qca.truth import TruthTable

if TYPE_CHECKING:
    import pandas as pd

    from expertsys.qca.fitter import Fitter


@attrs.frozen(eq=False)
class TermFit:
    """A term of a model.

    Attributes
    ----------
    term : Term
        The conjunction.
    expression : str
        As text, such as ``A*~B``.
    consistency, pri, raw_coverage, unique_coverage : float
        Fit; the unique coverage is what no other term of the model covers (all of it in a model of one term).
    cases : tuple of str
        Cases in the positive rows that the term covers.
    """

    term: Term
    expression: str
    consistency: float
    pri: float
    raw_coverage: float
    unique_coverage: float
    cases: tuple[str, ...]


@attrs.frozen
class Origin:
    """Where an intermediate model comes from.

    Attributes
    ----------
    pair : str
        The conservative and the parsimonious model that it lies between, such as ``C1P1``.
    easy, difficult : tuple of int
        Which assumptions of that parsimonious model agree with the expectations, and which do not.
    """

    pair: str
    easy: tuple[int, ...]
    difficult: tuple[int, ...]


@attrs.frozen(eq=False)
class Model:
    """One solution: a disjunction of terms. Its figures are computed when they are first asked for.

    Attributes
    ----------
    expression : str
        Such as ``A*~B + C``.
    origins : tuple of Origin
        For an intermediate solution, every pair of a conservative and a parsimonious model that it lies between, each
        with its own counterfactuals.
    """

    expression: str
    origins: tuple[Origin, ...]
    _fitter: Fitter
    _places: tuple[int, ...]
    _literals: int

    @property
    def origin(self) -> str:
        """The pairs that it lies between, such as ``C1P1, C1P2``; empty for other solutions."""
        return ", ".join(origin.pair for origin in self.origins)

    @property
    def easy(self) -> tuple[int, ...]:
        """The assumptions of the parsimonious model that an intermediate one keeps, by its first origin."""
        return self.origins[0].easy if self.origins else ()

    @property
    def difficult(self) -> tuple[int, ...]:
        """Those that it does not keep, by its first origin."""
        return self.origins[0].difficult if self.origins else ()

    @property
    def order(self) -> tuple[int, int, str]:
        """By which models are listed: terms, literals, expression."""
        return len(self._places), self._literals, self.expression

    @functools.cached_property
    def terms(self) -> tuple[TermFit, ...]:
        """The terms with their fit and cases, in the order of the expression."""
        return self._fitter.fits(self._places)

    @functools.cached_property
    def assumptions(self) -> tuple[int, ...]:
        """Rows without enough cases that the model takes for positive: its simplifying assumptions."""
        return self._fitter.assumptions(self._places)

    @functools.cached_property
    def _whole(self) -> Sufficiency:
        return self._fitter.whole(self._places)

    @property
    def consistency(self) -> float:
        """How far membership in the model is a subset of the outcome."""
        return float(self._whole.consistency)

    @property
    def pri(self) -> float:
        """Proportional reduction in inconsistency: how far it is no subset of the outcome's absence as well."""
        return float(self._whole.pri)

    @property
    def coverage(self) -> float:
        """How much of the outcome it covers."""
        return float(self._whole.coverage)

    @property
    def factored(self) -> str:
        """The model with common conjuncts taken out, such as ``A*(B + ~C)``; the shortest way of writing it."""
        from expertsys.qca.algebra import factor

        return factor(Expression(tuple(fit.term for fit in self.terms)))[0]

    def membership(self, truth: TruthTable) -> Floats:
        """Membership of each case of the truth table in the model."""
        return Expression(tuple(fit.term for fit in self.terms)).membership(truth.scores.table)


@attrs.frozen(eq=False, repr=False)
class Solution(TableResult):
    """All models of one kind.

    Attributes
    ----------
    kind : str
        ``"conservative"``, ``"parsimonious"`` or ``"intermediate"``.
    models : tuple of Model
        All that tie, unless `complete` is False; those with the fewest literals first.
    chart : pandas.DataFrame
        The prime-implicant chart: index ``implicant``, a column for each positive row, whether it is covered. Empty for
        an intermediate solution, which has one for each pair of models.
    essential : tuple of str
        Implicants that alone cover some row: they are in every model.
    bound : int
        No model has fewer terms; proven.
    complete : bool
        Whether all models are listed.
    truth : TruthTable
        What was minimised.
    note : str
        What a reader must know: model ambiguity, models left out, nothing to explain.
    how : dict
        The options of `minimise` that gave it.
    """

    kind: str
    models: tuple[Model, ...]
    chart: pd.DataFrame
    essential: tuple[str, ...]
    bound: int
    complete: bool
    truth: TruthTable
    note: str
    how: dict[str, Any] = attrs.field(factory=dict)

    def model(self, number: int | str) -> Model:
        """A model by its number, from 1, or by its expression.

        Parameters
        ----------
        number : int or str
            As in `to_frame`; or an expression such as ``"A*~B + C"``, in whatever order of terms and conditions.
            Numbers change with the settings, expressions do not.
        """
        if isinstance(number, str):
            number = self._numbered(number)
        if not 1 <= number <= len(self.models):
            raise DataError(
                f"there is no model {number}: the {self.kind} solution has {len(self.models)}",
                place="model",
                remedy=self.note,
            )
        return self.models[number - 1]

    def _numbered(self, expression: str) -> int:
        def parts(text: str) -> frozenset[frozenset[str]]:
            return frozenset(frozenset(map(str.strip, term.split("*"))) for term in text.split("+"))

        names = [model.expression for model in self.models]
        for place, name in enumerate(names, start=1):
            if parts(name) == parts(expression):
                return place
        raise unknown("model", expression, names, place="model", remedy="Models are compared by their terms.")

    def to_frame(self) -> pd.DataFrame:
        """A row per term of each model, and one for the whole; index ``model, term``."""
        import pandas as pd

        rows: list[tuple[object, ...]] = []
        for place, model in enumerate(self.models, start=1):
            rows += [
                (
                    place,
                    fit.expression,
                    fit.consistency,
                    fit.pri,
                    fit.raw_coverage,
                    fit.unique_coverage,
                    ", ".join(fit.cases),
                )
                for fit in model.terms
            ]
            rows.append((place, "model", model.consistency, model.pri, model.coverage, np.nan, ""))
        columns = ["model", "term", "consistency", "pri", "raw_coverage", "unique_coverage", "cases"]
        return pd.DataFrame(rows, columns=columns).set_index(["model", "term"]).rename_axis(columns="column")

    def chart_frame(self) -> pd.DataFrame:
        """The prime-implicant chart as a table for print: "x" where an implicant covers a positive row.

        Index ``implicant``; a column for each row, named by its number; ``essential``, "yes" where the implicant alone
        covers some row; ``models``, how many of the listed models have it.
        """
        table = self.chart.astype(object).where(self.chart, "").where(~self.chart, "x")
        table.columns = [str(row) for row in table.columns]
        names = [{fit.expression for fit in model.terms} for model in self.models]
        return table.assign(
            essential=["yes" if name in self.essential else "" for name in table.index],
            models=[sum(name in model for model in names) for name in table.index],
        ).rename_axis(columns="column")

    def assumptions(self) -> pd.DataFrame:
        """The simplifying assumptions: remainders that some model takes for positive.

        Index ``row``; each condition; ``terms``, those of any model that hold it; ``models``, how many of the listed
        models assume it; ``counterfactual``, for an intermediate solution "easy" where a model keeps it and "difficult"
        where the expectations forbid it in every model.
        """
        import pandas as pd

        truth = self.truth
        origins = [origin for model in self.models for origin in model.origins]
        easy = {row for origin in origins for row in origin.easy}
        hard = {row for origin in origins for row in origin.difficult} - easy
        made = {row for model in self.models for row in model.assumptions}
        rows = sorted(made | easy | hard)
        cubes = truth.configuration(rows) if rows else np.empty((0, len(truth.conditions)), dtype=np.int64)
        every = {fit.expression: fit.term for model in self.models for fit in model.terms}
        table = pd.DataFrame(cubes, columns=list(truth.conditions), index=pd.Index(rows, name="row", dtype=np.int64))
        held = {text: term.membership(table) > 0.5 for text, term in every.items()}
        table = table.assign(
            terms=[", ".join(text for text, own in held.items() if own[place]) for place in range(len(rows))],
            models=[sum(row in model.assumptions for model in self.models) for row in rows],
        )
        if self.kind == "intermediate":
            kinds = ["easy" if row in easy else "difficult" if row in hard else "" for row in rows]
            table = table.assign(counterfactual=kinds)
        return table.rename_axis(columns="column")

    def which(self, model: int | str = 1) -> str:
        """Where models tie, which of how many a number stands for, as ", model 1 of 3"; else nothing."""
        if len(self.models) < 2 and self.complete:
            return ""
        if isinstance(model, str):
            model = self._numbered(model)
        return f", model {model} of {len(self.models):,}{'' if self.complete else ' listed'}"

    def plot(self, *, model: int | str = 1, term: str | None = None, ax: Any = None) -> Any:
        """Draw a model, or one of its terms, against the outcome: see `expertsys.plot.xy_plot`.

        Where models tie, the title says which of how many it is.

        Parameters
        ----------
        model : int or str
            Its number, from 1, or its expression.
        term : str, optional
            One of its terms.
        ax : matplotlib axes, optional
            To draw into; by default a new figure.
        """
        import pandas as pd

        from expertsys.plot.qca import xy_plot
        from expertsys.plot.style import title

        chosen, truth = self.model(model), self.truth
        terms = {fit.expression: fit.term for fit in chosen.terms}
        if term is not None and term not in terms:
            raise unknown("term", term, list(terms), place="plot")
        own = chosen.membership(truth) if term is None else terms[term].membership(truth.scores.table)
        index = pd.Index(truth.scores.cases, name="case")
        x = pd.Series(own, index=index, name=term or chosen.expression)
        drawn = xy_plot(x, pd.Series(truth.membership, index=index, name=truth.outcome), ax=ax)
        title(drawn, drawn.get_title(loc="left") + self.which(model))
        return drawn

    def methods_text(self) -> str:
        """A paragraph for a methods section, with the figures."""
        return f"{self.truth.methods_text()} {self.own_text()}"

    def own_text(self) -> str:
        """The same without what is said of the truth table."""
        if not self.models:
            return f"There is no {self.kind} solution: {self.note}."
        first = self.models[0]
        text = (
            f"The {self.kind} solution is {first.expression} (consistency {number(first.consistency)}, PRI "
            f"{number(first.pri)}, coverage {number(first.coverage)})."
        )
        if self.note:
            text += f" {self.note[:1].upper()}{self.note[1:]}."
        if self.how.get("expectations"):
            text += f" Directional expectations: {', '.join(self.how['expectations'])}."
        left_out = len(self.how.get("exclude", ()))
        if left_out:
            text += f" {counted(left_out, 'remainder')} {'was' if left_out == 1 else 'were'} left out as untenable."
        if first.assumptions and self.kind != "conservative":
            told = counted(len(first.assumptions), "simplifying assumption")
            rows = ", ".join(map(str, first.assumptions[:20])) + (", …" if len(first.assumptions) > 20 else "")
            text += (
                f" It rests on {told} about configurations that were not observed "
                f"(row{'' if len(first.assumptions) == 1 else 's'} {rows})."
            )
        return text

    def cite(self) -> tuple[str, ...]:
        """The references behind the method."""
        return references.cite(("ragin2008", "schneider2012", "dusa2019"))

    _widest = 60

    def _title(self) -> str:
        lines = [f"{self.kind.capitalize()} solution for {self.truth.outcome}"]
        between = len({model.origin for model in self.models}) > 1
        lines += [
            f"  M{place}: {model.expression}" + (f"  ({model.origin})" if between else "")
            for place, model in enumerate(self.models[:8], start=1)
        ]
        if len(self.models) > 8:
            lines.append(f"  … and {len(self.models) - 8:,} more")
        notes = {"note": self.note, "note on the truth table": self.truth.note}
        return "\n".join([*lines, *(f"  {name}: {note}" for name, note in notes.items() if note)])
